package e2e

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"usher/bot"
	"usher/bot/slacksim"
)

func TestBobLetsHimselfIn(t *testing.T) {
	w := newTown(t, nil)
	b, stop := w.start()
	answer := w.act(slacksim.Act{As: "bob", Do: "slash", Command: "/usher", Text: "join #finance-forecast"})
	if answer.Reply == nil || !answer.Reply.Ephemeral || !strings.Contains(answer.Reply.Text, "finance-forecast") {
		t.Errorf("bob was answered %+v", answer.Reply)
	}
	w.promptly("bob is in #finance-forecast", func(s slacksim.State) bool { return in(s, "bob", "finance-forecast") })

	// Usher joins the public channel that its policy claims by itself.
	w.until("Usher is in #finance-reports", func(s slacksim.State) bool { return in(s, "usher", "finance-reports") })

	refused := w.act(slacksim.Act{As: "mallory", Do: "slash", Command: "/usher", Text: "join #finance-reports"})
	if refused.Reply == nil || !strings.Contains(refused.Reply.Text, "finance") {
		t.Errorf("mallory was answered %+v", refused.Reply)
	}
	if in(w.slack.State(), "mallory", "finance-reports") {
		t.Error("mallory is in")
	}
	if ok, findings := b.Look(t.Context()); !ok {
		t.Errorf("not ready: %+v", findings)
	}
	stop()
	w.noSecrets("the log", w.log.String())
	state, err := json.Marshal(w.slack.State().Workspaces["T01"].Messages)
	if err != nil {
		t.Fatal(err)
	}
	w.noSecrets("a message", string(state))
}

func TestMalloryIsTakenOut(t *testing.T) {
	w := newTown(t, nil)
	w.start()
	w.act(slacksim.Act{As: "alice", Do: "invite", Channel: "finance-forecast", Users: slacksim.Names{"mallory"}})
	w.promptly("mallory is out, and she and alice know why", func(s slacksim.State) bool {
		return !in(s, "mallory", "finance-forecast") && len(private(s, "mallory")) > 0 && len(private(s, "alice")) > 0
	})
	s := w.slack.State()
	for person, texts := range map[string][]string{"mallory": private(s, "mallory"), "alice": private(s, "alice")} {
		if len(texts) != 1 || !strings.Contains(texts[0], "finance") {
			t.Errorf("%s was told %q, want one message that names the rule", person, texts)
		}
	}
	if told := private(s, "mallory"); strings.Contains(told[0], "finance-department") {
		t.Errorf("mallory was told the name of a private channel: %q", told)
	}
	if texts := public(s); len(texts) > 0 {
		t.Errorf("said in public: %q", texts)
	}
	if !in(s, "alice", "finance-forecast") || !in(s, "usher", "finance-forecast") {
		t.Error("somebody else was taken out")
	}
}

// Leaving the master ends what hung on it.
func TestLeavingTheMasterEndsWhatHungOnIt(t *testing.T) {
	t.Parallel()
	w := newTown(t, nil)
	w.start()
	w.act(slacksim.Act{As: "bob", Do: "slash", Command: "/usher", Text: "join finance-forecast"})
	w.until("bob is in #finance-forecast", func(s slacksim.State) bool { return in(s, "bob", "finance-forecast") })
	w.act(slacksim.Act{As: "bob", Do: "leave", Channel: "finance-department"})
	w.until("bob is out of every room of finance", func(s slacksim.State) bool {
		return !in(s, "bob", "finance-forecast")
	})
}

// A grace ends by itself, without an event or a comparison of everything.
func TestAGraceEndsByItself(t *testing.T) {
	t.Parallel()
	w := newTown(t, nil)
	w.policy(strings.Replace(townPolicy, "    others: remove\n", "    others: remove\n    grace: 1s\n", 1))
	w.start()
	w.act(slacksim.Act{As: "bob", Do: "slash", Command: "/usher", Text: "join finance-forecast"})
	w.until("bob is in #finance-forecast", func(s slacksim.State) bool { return in(s, "bob", "finance-forecast") })
	w.act(slacksim.Act{As: "bob", Do: "leave", Channel: "finance-department"})
	w.until("bob is told of his grace, then taken out and told of that", func(s slacksim.State) bool {
		told := private(s, "bob")
		return !in(s, "bob", "finance-forecast") && len(told) > 1 && strings.Contains(strings.Join(told, "\n"), "You can stay in") &&
			strings.Contains(told[len(told)-1], "I am taking you out")
	})
}

// A private channel that Usher is added to is taken under its rules, and those
// who answer for them hear of it once.
func TestUsherIsAddedToAPrivateChannel(t *testing.T) {
	t.Parallel()
	w := newTown(t, nil)
	w.policy(strings.Replace(townPolicy, "    join: self\n", "    join: everyone\n    owners: [{user: carol@acme.test}]\n", 1))
	w.start()
	w.act(slacksim.Act{As: "alice", Do: "create_channel", Name: "finance-quiet", Private: true})
	w.act(slacksim.Act{As: "alice", Do: "invite", Channel: "finance-quiet", Users: slacksim.Names{"mallory"}})
	w.act(slacksim.Act{As: "alice", Do: "invite", Channel: "finance-quiet", Users: slacksim.Names{"usher"}})
	told := func(s slacksim.State) int {
		return strings.Count(strings.Join(private(s, "carol"), "\n"), "is now under the rule *finance*")
	}
	w.until("its people are in, the outsider is out, and carol knows", func(s slacksim.State) bool {
		return in(s, "bob", "finance-quiet") && in(s, "carol", "finance-quiet") && !in(s, "mallory", "finance-quiet") && told(s) == 1
	})
	w.act(slacksim.Act{As: "alice", Do: "rename", Channel: "finance-quiet", Name: "finance-still"})
	w.act(slacksim.Act{As: "alice", Do: "kick", Channel: "finance-still", Users: slacksim.Names{"usher"}})
	w.act(slacksim.Act{As: "bob", Do: "leave", Channel: "finance-still"})
	// On two sockets news may overtake each other.
	w.until("Usher has heard that it is out", func(slacksim.State) bool { return strings.Contains(w.log.String(), `"kind":"event:group_left"`) })
	w.act(slacksim.Act{As: "alice", Do: "invite", Channel: "finance-still", Users: slacksim.Names{"usher"}})
	w.until("bob is brought in again", func(s slacksim.State) bool { return in(s, "bob", "finance-still") })
	if n := told(w.slack.State()); n != 1 {
		t.Errorf("carol was told %d times", n)
	}
	if texts := public(w.slack.State()); len(texts) > 0 {
		t.Errorf("said in public: %q", texts)
	}
}

// A changed policy is followed while the bot runs; a broken one is not.
func TestPolicyIsFollowed(t *testing.T) {
	t.Parallel()
	w := newTown(t, nil)
	b, _ := w.start()
	w.act(slacksim.Act{As: "alice", Do: "create_channel", Name: "sales-forecast", Private: true})
	w.act(slacksim.Act{As: "alice", Do: "invite", Channel: "sales-forecast", Users: slacksim.Names{"usher", "mallory"}})
	w.policy("version: 1\nclusters: [\n")
	w.until("the broken policy is refused", func(slacksim.State) bool {
		return strings.Contains(sentence(t, b, "policy"), "the last good policy stays in force")
	})
	if !in(w.slack.State(), "mallory", "sales-forecast") {
		t.Error("mallory was taken out of a channel that no rule claims")
	}
	w.policy(strings.Replace(townPolicy, "[finance-.*]", "[finance-.*, sales-.*]", 1))
	w.until("mallory is out of #sales-forecast", func(s slacksim.State) bool { return !in(s, "mallory", "sales-forecast") })
}

func sentence(t *testing.T, b *bot.Bot, check string) string {
	t.Helper()
	_, findings := b.Look(t.Context())
	for _, f := range findings {
		if f.Name == check {
			return f.Sentence
		}
	}
	return ""
}

// A restart reads back what was known: nothing is done or said again, what
// happened meanwhile is found, and few calls are made.
func TestRestartKeepsState(t *testing.T) {
	t.Parallel()
	w := newTown(t, nil)
	_, stop := w.start()
	w.act(slacksim.Act{As: "alice", Do: "invite", Channel: "finance-forecast", Users: slacksim.Names{"mallory"}})
	w.until("mallory is out", func(s slacksim.State) bool {
		return !in(s, "mallory", "finance-forecast") && len(private(s, "mallory")) > 0 && len(private(s, "alice")) > 0
	})
	stop()
	w.act(slacksim.Act{As: "alice", Do: "invite", Channel: "finance-reports", Users: slacksim.Names{"mallory"}})
	since := w.lastCall()
	said := len(private(w.slack.State(), "mallory"))

	w.start()
	w.until("mallory, who came in while the bot was away, is out", func(s slacksim.State) bool {
		return !in(s, "mallory", "finance-reports") && len(private(s, "mallory")) > said
	})
	if n := w.calls("users.list", since); n > 0 {
		t.Errorf("the second start read the list of accounts in %d calls, though it was known", n)
	}
	if kicks := w.calls("conversations.kick", since); kicks != 1 {
		t.Errorf("%d people were taken out after the restart, want 1", kicks)
	}
	if texts := private(w.slack.State(), "mallory"); len(texts) != said+1 {
		t.Errorf("mallory was told %d times after the restart: %q", len(texts)-said, texts)
	}
}

// The first start says how far its reading is, and is not ready before it is over.
func TestFirstReadingSaysHowFarItIs(t *testing.T) {
	t.Parallel()
	w := newTown(t, nil)
	// Until members may be asked for, the reading is not over, however slow the machine is.
	faults := []slacksim.Fault{{Method: "conversations.members", RetryAfter: 1}}
	for _, method := range []string{"usergroups.list", "conversations.list", "users.list"} {
		faults = append(faults, slacksim.Fault{Method: method, Delay: time.Second})
	}
	for _, f := range faults {
		if err := w.slack.Fault(f); err != nil {
			t.Fatal(err)
		}
	}
	b, err := bot.Open(t.Context(), w.settings(), zerolog.New(w.log).Level(zerolog.InfoLevel), "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Stop(); err != nil {
			t.Error(err)
		}
	})
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ready, _ := b.Look(t.Context()); ready || !strings.Contains(sentence(t, b, "mirror"), "T01 is still being read") {
		t.Errorf("ready %t before the reading is over: %s", ready, sentence(t, b, "mirror"))
	}
	w.until("Slack is connected", func(slacksim.State) bool { return w.slack.Sockets().Open > 0 })
	rooms, err := bot.Dial(filepath.Join(w.dir, "s")).Rooms(t.Context(), "", "bob@acme.test")
	if err == nil && !rooms.Reading || err != nil && !strings.Contains(err.Error(), "still being read") {
		t.Errorf("usher list before the reading is over: %+v, %v", rooms, err)
	}
	answer := w.act(slacksim.Act{As: "bob", Do: "slash", Command: "/usher", Text: "list"})
	if answer.Reply == nil || !strings.Contains(answer.Reply.Text, "I am still reading this workspace") {
		t.Errorf("list before the reading is over: %+v", answer.Reply)
	}
	w.until("a line says how far it is", func(slacksim.State) bool {
		return strings.Contains(w.log.String(), `"message":"reading the workspace"`)
	})
	for _, fact := range []string{`"pages":`, `"calls_left":`, `"time_left":"`} {
		if !strings.Contains(w.log.String(), fact) {
			t.Errorf("the line lacks %s:\n%s", fact, w.log)
		}
	}
	if ready, _ := b.Look(t.Context()); ready {
		t.Error("ready before it is known who is in which channel")
	}
	if err := w.slack.Fault(slacksim.Fault{Clear: true}); err != nil {
		t.Fatal(err)
	}
	w.ready(b)
	w.until("list answers", func(slacksim.State) bool {
		answer := w.act(slacksim.Act{As: "bob", Do: "slash", Command: "/usher", Text: "list"})
		return answer.Reply != nil && strings.Contains(answer.Reply.Text, "finance-forecast")
	})
}

// The command line reaches the running bot over its socket.
func TestCommandLineReachesTheBot(t *testing.T) {
	t.Parallel()
	w := newTown(t, nil)
	w.start()
	socket := filepath.Join(w.dir, "s")
	info, err := os.Stat(socket)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket: %v, %v; want it for its owner alone", info, err)
	}
	c := bot.Dial(socket)
	joined, err := c.Join(t.Context(), "", "carol@acme.test", "#finance-forecast")
	if err != nil || !joined.In {
		t.Errorf("carol: %+v, %v", joined, err)
	}
	refused, err := c.Join(t.Context(), "T01", "@mallory", "finance-forecast")
	if err != nil || refused.In || refused.Text == "" || strings.ContainsAny(refused.Text, "<>*") {
		t.Errorf("mallory: %+v, %v", refused, err)
	}
	rooms, err := c.Rooms(t.Context(), "", "Carol Poe")
	if err != nil {
		t.Fatal(err)
	}
	standing := map[string]bool{}
	for _, r := range rooms.Rooms {
		standing[r.Name] = r.In
	}
	if !standing["finance-forecast"] || !standing["finance-department"] {
		t.Errorf("carol's rooms: %+v", rooms.Rooms)
	}
	plan, err := c.Plan(t.Context(), "")
	if err != nil || len(plan.Steps) != 0 || plan.Hash == "" {
		t.Errorf("plan: %+v, %v", plan, err)
	}
	for _, wrong := range []struct{ team, person, want string }{
		{"T99", "carol", "say which workspace with --team: T01"},
		{"", "nobody", `nobody called "nobody"`},
		{"", "", "say who"},
	} {
		if _, err := c.Rooms(t.Context(), wrong.team, wrong.person); err == nil || !strings.Contains(err.Error(), wrong.want) {
			t.Errorf("rooms of %q in %q: %v, want %q", wrong.person, wrong.team, err, wrong.want)
		}
	}
}

// Who waits for Listening loses nothing of what happens next.
func TestListeningIsTrueOnceASocketIsOpen(t *testing.T) {
	t.Parallel()
	w := newTown(t, nil)
	if err := w.slack.Fault(slacksim.Fault{Method: "apps.connections.open", Delay: 500 * time.Millisecond, Times: 1}); err != nil {
		t.Fatal(err)
	}
	b := w.startAtOnce(w.settings())
	if !b.Listening(t.Context()) || w.slack.Sockets().Open == 0 {
		t.Errorf("it says it listens while %d sockets are open", w.slack.Sockets().Open)
	}
	w.stop(b)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if b.Listening(over) {
		t.Error("it says it listens after its end")
	}
}
