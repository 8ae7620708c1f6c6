package e2e

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"usher/bot"
	"usher/bot/slacksim"
)

const adminPolicy = "admins: [{user: alice@acme.test}]\ncontact:"

// heard are the texts to a person that hold some words.
func heard(s slacksim.State, person, words string) (n int) {
	for _, text := range private(s, person) {
		if strings.Contains(text, words) {
			n++
		}
	}
	return n
}

// nobodyGone checks that nobody was removed since a call.
func (w *town) nobodyGone(since int) {
	w.Helper()
	if n := w.calls("conversations.kick", since); n > 0 {
		w.Errorf("%d people were removed", n)
	}
	for _, person := range []string{"bob", "carol"} {
		if !in(w.slack.State(), person, "finance-forecast") {
			w.Errorf("%s is out of #finance-forecast", person)
		}
	}
}

// furnished is a town in which bob and carol are in #finance-forecast because of
// the master, and the bot has seen it whole.
func furnished(t *testing.T, change func(*slacksim.Options)) (w *town, stop func()) {
	t.Helper()
	w = newTown(t, change)
	w.policy(strings.Replace(townPolicy, "contact:", adminPolicy, 1))
	_, stop = w.start()
	for _, person := range []string{"bob", "carol"} {
		w.act(slacksim.Act{As: person, Do: "slash", Command: "/usher", Text: "join finance-forecast"})
	}
	w.until("bob and carol are in", func(s slacksim.State) bool {
		return in(s, "bob", "finance-forecast") && in(s, "carol", "finance-forecast")
	})
	return w, stop
}

func (w *town) refusedPolitely(person string) {
	w.Helper()
	a := w.act(slacksim.Act{As: person, Do: "slash", Command: "/usher", Text: "join finance-reports"})
	if a.Reply == nil || a.Reply.Text == "" || strings.Contains(a.Reply.Text, "Sorry, something went wrong") {
		w.Errorf("%s was answered %+v", person, a.Reply)
	}
	if in(w.slack.State(), person, "finance-reports") {
		w.Errorf("%s was let in", person)
	}
}

// A master that suddenly reads empty removes nobody, and is reported once; an
// administrator who says that it is right is believed.
func TestAnEmptyMasterRemovesNobody(t *testing.T) {
	t.Parallel()
	w, stop := furnished(t, func(o *slacksim.Options) { // Slack archives a private channel that its last member leaves
		for i, c := range o.Workspace.Workspaces[0].Channels {
			o.Workspace.Workspaces[0].Channels[i].Private = c.Private && c.Name != "finance-department"
		}
	})
	stop()
	for _, person := range []string{"alice", "bob", "carol"} {
		w.act(slacksim.Act{As: person, Do: "leave", Channel: "finance-department"})
	}
	since := w.lastCall()
	w.start()
	reported := func(s slacksim.State) bool { return heard(s, "alice", "is empty. I do not believe that") == 1 }
	w.until("it is reported", reported)
	w.refusedPolitely("mallory")
	out, errs, code := w.cli("apply")
	if code != 1 || !strings.Contains(out+errs, "There is nothing to do") && !strings.Contains(out, "1 held") {
		t.Logf("usher apply: exit code %d\n%s%s", code, out, errs)
	}
	w.nobodyGone(since)
	if !reported(w.slack.State()) {
		t.Errorf("alice was told %q", private(w.slack.State(), "alice"))
	}
	plan, err := bot.Dial(filepath.Join(w.dir, "s")).Plan(t.Context(), "")
	if err != nil || len(plan.Held) != 1 || plan.Held[0].Kind != "empty_source" {
		t.Fatalf("plan: %+v, %v", plan, err)
	}
	if out, errs, code := w.cli("release", plan.Held[0].ID); code != 0 || !strings.Contains(out, "I believe the source") {
		t.Errorf("usher release: exit code %d\n%s%s", code, out, errs)
	}
	w.until("bob and carol are out", func(s slacksim.State) bool {
		return !in(s, "bob", "finance-forecast") && !in(s, "carol", "finance-forecast")
	})
}

// A page that cannot be read removes nobody, and is reported once.
func TestAFailedPageRemovesNobody(t *testing.T) {
	t.Parallel()
	w := newTown(t, nil)
	w.policy(strings.Replace(townPolicy, "contact:", adminPolicy, 1))
	w.act(slacksim.Act{As: "alice", Do: "invite", Channel: "finance-forecast", Users: slacksim.Names{"bob", "carol", "mallory"}})
	w.fault(slacksim.Fault{Method: "conversations.members", Error: "access_denied"})
	w.startDoubtful()
	w.until("alice is told", func(s slacksim.State) bool { return heard(s, "alice", "could not read all") == 1 })
	w.refusedPolitely("carol")
	w.nobodyGone(0)
	w.fault(slacksim.Fault{Clear: true})
	w.cli("apply") // it asks for what is missing
	w.until("mallory, and nobody else, is out once it can be read", func(s slacksim.State) bool {
		return !in(s, "mallory", "finance-forecast") && in(s, "bob", "finance-forecast") && in(s, "carol", "finance-forecast")
	})
	if n := heard(w.slack.State(), "alice", "could not read all"); n != 1 {
		t.Errorf("alice was told %d times", n)
	}
}

// Half a page is no page.
func TestHalfAPageRemovesNobody(t *testing.T) {
	t.Parallel()
	w := newTown(t, nil)
	w.act(slacksim.Act{As: "alice", Do: "invite", Channel: "finance-forecast", Users: slacksim.Names{"bob", "carol", "mallory"}})
	w.fault(slacksim.Fault{Method: "conversations.members", Truncate: true, Times: 2})
	w.startDoubtful()
	w.until("mallory is out", func(s slacksim.State) bool { return !in(s, "mallory", "finance-forecast") })
	if s := w.slack.State(); !in(s, "bob", "finance-forecast") || !in(s, "carol", "finance-forecast") {
		t.Error("somebody was removed because of half a page")
	}
}

// startDoubtful starts a bot that cannot become ready.
func (w *town) startDoubtful() *bot.Bot {
	w.Helper()
	w.log = &book{}
	b, err := bot.Open(w.Context(), w.settings(), zerolog.New(w.log).Level(zerolog.InfoLevel), "test")
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { w.stop(b) })
	if err := b.Start(w.Context()); err != nil {
		w.Fatal(err)
	}
	w.until("the bot is connected", func(slacksim.State) bool { return w.slack.Sockets().Open == 2 })
	return b
}

// A master that Usher is taken out of removes nobody, and is reported once.
func TestALostMasterRemovesNobody(t *testing.T) {
	t.Parallel()
	w, _ := furnished(t, nil)
	since := w.lastCall()
	w.act(slacksim.Act{As: "alice", Do: "kick", Channel: "finance-department", Users: slacksim.Names{"usher"}})
	w.until("alice is told", func(s slacksim.State) bool { return heard(s, "alice", "Usher cannot see it any more") == 1 })
	w.act(slacksim.Act{As: "alice", Do: "invite", Channel: "finance-reports", Users: slacksim.Names{"mallory"}})
	w.refusedPolitely("carol")
	w.cli("apply")
	w.nobodyGone(since)
	if !in(w.slack.State(), "mallory", "finance-reports") {
		t.Error("mallory was removed, though nobody knows who may be there")
	}
	if n := len(slices.DeleteFunc(private(w.slack.State(), "alice"), func(s string) bool {
		return !strings.Contains(s, "finance-department") && !strings.Contains(s, "source")
	})); n > 2 {
		t.Errorf("alice was told %d times: %q", n, private(w.slack.State(), "alice"))
	}
}

// A policy that cannot be read changes nothing and is reported.
func TestABrokenPolicyRemovesNobody(t *testing.T) {
	t.Parallel()
	w, _ := furnished(t, nil)
	since := w.lastCall()
	w.policy("version: 1\nclusters: [\n")
	w.until("alice is told", func(s slacksim.State) bool { return heard(s, "alice", "the last good policy stays in force") == 1 })
	w.nobodyGone(since)
}

// While a workspace is read for the first time, much that the policy names is
// not known yet: that is nothing wrong with it. Whoever looked at /readyz at that
// time put it into the log.
func TestWhatIsNotReadYetIsNoProblemOfThePolicy(t *testing.T) {
	w := newTown(t, nil)
	if err := w.slack.Fault(slacksim.Fault{Method: "conversations.list", Status: 503}); err != nil {
		t.Fatal(err)
	}
	b := w.startAtOnce(w.settings())
	w.until("the bot has begun to read", func(slacksim.State) bool {
		return slices.ContainsFunc(w.slack.Calls(0), func(c slacksim.Call) bool { return c.Method == "conversations.list" })
	})
	_, findings := b.Look(t.Context())
	for _, f := range findings {
		if f.Name == "names" && !f.OK {
			t.Errorf("while nothing is read: %s", f.Sentence)
		}
	}
	if err := w.slack.Fault(slacksim.Fault{Clear: true}); err != nil {
		t.Fatal(err)
	}
	w.ready(b)
	w.stop(b)
	if strings.Contains(w.log.String(), "found a problem in the policy") {
		t.Errorf("the log:\n%s", w.log)
	}
}
