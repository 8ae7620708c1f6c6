package e2e

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usher/bot"
	"usher/bot/slacksim"
)

// cli runs the program against the town's bot, and says how it ended.
func (w *town) cli(args ...string) (out, errs string, code int) {
	w.Helper()
	path, err := usher()
	if err != nil {
		w.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = w.dir
	cmd.Env = []string{"USHER_CONTROL=" + filepath.Join(w.dir, "s"), "USHER_DB=" + filepath.Join(w.dir, "usher.db")}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		w.Fatal(err)
	}
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
}

func (w *town) fault(f slacksim.Fault) {
	w.Helper()
	if err := w.slack.Fault(f); err != nil {
		w.Fatal(err)
	}
}

// A step that fails shows in the exit code; what is blocked stays so until it
// succeeds there; a plan that is not the one that was seen is not carried out.
func TestApply(t *testing.T) {
	t.Parallel()
	w := newTown(t, nil)
	b, _ := w.start()
	c := bot.Dial(filepath.Join(w.dir, "s"))
	w.fault(slacksim.Fault{Method: "conversations.kick", Error: "restricted_action"})
	w.act(slacksim.Act{As: "alice", Do: "invite", Channel: "finance-forecast", Users: slacksim.Names{"mallory"}})
	blocked := func(slacksim.State) bool { return strings.Contains(sentence(t, b, "blocked"), "1 channel or group") }
	w.until("it is known that Usher may not remove anybody", blocked)

	var plan bot.Plan
	w.until("the plan is about mallory alone", func(slacksim.State) bool {
		var err error
		plan, err = c.Plan(t.Context(), "")
		return err == nil && len(plan.Steps) == 1 && plan.Steps[0].Called == "Mallory Moe" && !slices.ContainsFunc(plan.Actions, func(a string) bool { return strings.HasPrefix(a, "join") })
	})
	if out, errs, code := w.cli("apply", "--plan", "0123456789abcdef"); code != 1 || !strings.Contains(errs, "The world has changed since that plan was made: the plan is "+plan.Hash+" now") {
		t.Errorf("a plan of another time: exit code %d\n%s%s", code, out, errs)
	}
	out, errs, code := w.cli("apply", "--plan", plan.Hash)
	if code != 1 || !strings.Contains(out, "1 failed") || !strings.Contains(errs, "failed: remove Mallory Moe from #finance-forecast: The workspace does not let Usher remove people") {
		t.Errorf("a plan of which a step fails: exit code %d\n%s%s", code, out, errs)
	}
	if told := private(w.slack.State(), "mallory"); len(told) > 1 {
		t.Errorf("mallory, who is still in, was told %q", told)
	}

	w.fault(slacksim.Fault{Clear: true})
	w.act(slacksim.Act{As: "alice", Do: "invite", Channel: "finance-reports", Users: slacksim.Names{"mallory"}})
	w.until("mallory is out of #finance-reports", func(s slacksim.State) bool { return !in(s, "mallory", "finance-reports") })
	if !blocked(slacksim.State{}) {
		t.Error("a success in another channel cleared what is blocked in this one")
	}
	if out, errs, code = w.cli("apply"); code != 0 || !strings.Contains(out, "1 of 1 done") {
		t.Errorf("a plan that goes well: exit code %d\n%s%s", code, out, errs)
	}
	if in(w.slack.State(), "mallory", "finance-forecast") {
		t.Error("mallory is still in")
	}
	w.until("nothing is blocked", func(slacksim.State) bool { return strings.Contains(sentence(t, b, "blocked"), "nothing waits") })
	if out, errs, code = w.cli("apply"); code != 0 || out != "" || errs != "There is nothing to do.\n" {
		t.Errorf("applying again: exit code %d\n%s%s", code, out, errs)
	}
	if out, _, code = w.cli("runs"); code != 0 || !strings.Contains(out, "asked: 1 of 1 done, 0 failed") || !strings.Contains(out, "asked: 0 of 1 done, 1 failed") {
		t.Errorf("usher runs: exit code %d\n%s", code, out)
	}
}

// A pause stops everything, outlives the program, and shows.
func TestPause(t *testing.T) {
	t.Parallel()
	w := newTown(t, nil)
	w.policy(strings.Replace(townPolicy, "contact:", "admins: [{user: alice@acme.test}]\ncontact:", 1))
	_, stop := w.start()
	if a := w.act(slacksim.Act{As: "bob", Do: "slash", Command: "/usher", Text: "pause"}); a.Reply == nil || strings.Contains(a.Reply.Text, "I am paused") {
		t.Errorf("bob, who may not, was answered %+v", a.Reply)
	}
	if a := w.act(slacksim.Act{As: "alice", Do: "slash", Command: "/usher", Text: "pause the rule is wrong"}); a.Reply == nil || !strings.Contains(a.Reply.Text, "I am paused") {
		t.Fatalf("alice was answered %+v", a.Reply)
	}
	w.act(slacksim.Act{As: "alice", Do: "invite", Channel: "finance-forecast", Users: slacksim.Names{"mallory"}})
	if a := w.act(slacksim.Act{As: "bob", Do: "slash", Command: "/usher", Text: "join finance-forecast"}); !strings.Contains(a.Reply.Text, "paused") {
		t.Errorf("bob was answered %q", a.Reply.Text)
	}
	stop()
	w.start()
	w.act(slacksim.Act{As: "bob", Do: "open_home"})
	w.until("bob's Home says so", func(s slacksim.State) bool {
		return strings.Contains(string(s.Workspaces["T01"].Homes[user(s, "bob")]), "I am paused")
	})
	if out, errs, code := w.cli("apply"); code != 1 || !strings.Contains(errs, "paused") {
		t.Errorf("applying while paused: exit code %d\n%s%s", code, out, errs)
	}
	if !in(w.slack.State(), "mallory", "finance-forecast") || len(private(w.slack.State(), "mallory")) > 0 {
		t.Error("something was done to mallory while paused")
	}
	if out, errs, code := w.cli("resume"); code != 0 || !strings.Contains(out, "I go on") {
		t.Errorf("resuming: exit code %d\n%s%s", code, out, errs)
	}
	w.until("mallory is out, and was told once", func(s slacksim.State) bool {
		return !in(s, "mallory", "finance-forecast") && len(private(s, "mallory")) == 1
	})
	w.until("bob's Home says nothing of it any more", func(s slacksim.State) bool {
		return !strings.Contains(string(s.Workspaces["T01"].Homes[user(s, "bob")]), "I am paused")
	})
}

// Somebody who is added again and again is a question for administrators.
func TestFlapping(t *testing.T) {
	t.Parallel()
	w := newTown(t, nil)
	w.policy(strings.Replace(townPolicy, "contact:", "admins: [{user: alice@acme.test}]\nbrakes: {flapping: 2}\ncontact:", 1))
	w.start()
	c := bot.Dial(filepath.Join(w.dir, "s"))
	add := func() {
		w.act(slacksim.Act{As: "bob", Do: "invite", Channel: "finance-reports", Users: slacksim.Names{"mallory"}})
	}
	w.until("Usher is in #finance-reports", func(s slacksim.State) bool { return in(s, "usher", "finance-reports") })
	w.heard("settled:refresh") // whom it finds there at first was not added again
	for n := range 2 {
		add()
		w.until("mallory is out, and Usher knows", func(s slacksim.State) bool {
			return !in(s, "mallory", "finance-reports") && strings.Count(w.log.String(), `"kind":"settled:remove","outcome":"ok"`) == n+1
		})
	}
	told := len(private(w.slack.State(), "mallory"))
	add()
	var held []bot.Held
	w.until("it is held", func(slacksim.State) bool {
		plan, err := c.Plan(t.Context(), "")
		held = plan.Held
		return err == nil && len(held) == 1
	})
	w.until("alice is asked", func(s slacksim.State) bool {
		return strings.Contains(strings.Join(private(s, "alice"), "\n"), "2 times within a day")
	})
	if !in(w.slack.State(), "mallory", "finance-reports") || held[0].Kind != "flapping" {
		t.Errorf("mallory was removed again; held: %+v", held)
	}
	if out, errs, code := w.cli("apply"); code != 0 {
		t.Errorf("a plan removes whom administrators have to decide about: exit code %d\n%s%s", code, out, errs)
	}
	if n := len(private(w.slack.State(), "mallory")); n > told+1 {
		t.Errorf("mallory was told %d times more", n-told)
	}
	if out, errs, code := w.cli("release", held[0].ID); code != 0 {
		t.Errorf("releasing: exit code %d\n%s%s", code, out, errs)
	}
	if in(w.slack.State(), "mallory", "finance-reports") {
		t.Error("mallory is still in")
	}
}
