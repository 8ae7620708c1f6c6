package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"usher/bot/slacksim"
)

// The same as in one process, over usher sim and usher run as two.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	d := newDistant(t)
	bot := d.bot()
	d.act(slacksim.Act{As: "bob", Do: "slash", Command: "/usher", Text: "join #finance-forecast"})
	d.until("bob is in", bot, func() bool { return in(d.state(), "bob", "finance-forecast") })
	d.act(slacksim.Act{As: "alice", Do: "invite", Channel: "finance-forecast", Users: slacksim.Names{"mallory"}})
	d.until("mallory is out, and she and alice know why", bot, func() bool {
		s := d.state()
		return !in(s, "mallory", "finance-forecast") && len(private(s, "mallory")) == 1 && len(private(s, "alice")) == 1
	})
	bot.interrupt()
	for _, token := range []string{d.ready.Workspaces[0].BotToken, d.ready.Workspaces[0].AppToken} {
		if s := bot.stderr.String(); len(s) == 0 || strings.Contains(s, token) {
			t.Error("a token is in the bot's log, or it has none")
		}
	}
	d.process.interrupt()
}

// Killed between an event and its action, and started again: the action happens
// once, and people are told once.
func TestKilledBetweenEventAndAction(t *testing.T) {
	t.Parallel()
	d := newDistant(t)
	bot := d.bot()
	d.fault(map[string]any{"method": "conversations.kick", "status": 503})
	d.act(slacksim.Act{As: "alice", Do: "invite", Channel: "finance-forecast", Users: slacksim.Names{"mallory"}})
	d.until("the removal was tried and mallory was told", bot, func() bool {
		_, failed := d.calls("conversations.kick")
		s := d.state()
		return failed > 0 && len(private(s, "mallory")) == 1
	})
	bot.kill()
	if !in(d.state(), "mallory", "finance-forecast") {
		t.Fatal("mallory is out already: nothing is left to be done after the crash")
	}
	d.fault(map[string]any{"clear": true})
	before, _ := d.calls("users.list")

	bot = d.bot()
	d.until("mallory is out and alice was told", bot, func() bool {
		s := d.state()
		return !in(s, "mallory", "finance-forecast") && len(private(s, "alice")) == 1
	})
	bot.interrupt()
	s := d.state()
	if ok, _ := d.calls("conversations.kick"); ok != 1 {
		t.Errorf("mallory was taken out %d times", ok)
	}
	if told := private(s, "mallory"); len(told) != 1 {
		t.Errorf("mallory was told %d times: %q", len(told), told)
	}
	if told := private(s, "alice"); len(told) != 1 {
		t.Errorf("alice was told %d times: %q", len(told), told)
	}
	if after, _ := d.calls("users.list"); after != before {
		t.Errorf("the second start read the list of accounts again in %d calls", after-before)
	}
}

// Killed at whatever moment the event has reached by then, several times over.
func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	const rounds = 4
	d := newDistant(t)
	often := strings.Replace(townPolicy, "contact:", "brakes: {flapping: 0}\ncontact:", 1)
	if err := os.WriteFile(filepath.Join(d.dir, "policy.yaml"), []byte(often), 0o600); err != nil {
		t.Fatal(err)
	}
	for round := 1; round <= rounds; round++ {
		bot := d.bot()
		d.act(slacksim.Act{As: "alice", Do: "invite", Channel: "finance-forecast", Users: slacksim.Names{"mallory"}})
		bot.kill()
		bot = d.bot()
		d.until("mallory is out", bot, func() bool { return !in(d.state(), "mallory", "finance-forecast") })
		bot.interrupt()
		s := d.state()
		if ok, _ := d.calls("conversations.kick"); ok != round {
			t.Errorf("taken out %d times in %d rounds", ok, round)
		}
		if !in(s, "alice", "finance-forecast") {
			t.Fatal("alice was taken out")
		}
	}
}

// Whoever starts the bot may tell it to end and its whole group as well: that is
// the same wish twice, and the end is an orderly one.
func TestTwoSignalsAtOnceAreOne(t *testing.T) {
	d := newDistant(t)
	for range 5 {
		p := d.bot()
		began := time.Now()
		for range 2 {
			if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
		}
		together := time.Since(began) < time.Second/2
		err := p.cmd.Wait()
		if !together {
			continue // the machine stood still between the two
		}
		if err != nil || !strings.Contains(p.stderr.String(), "stopped the bot") {
			t.Errorf("after two signals: %v\n%s", err, &p.stderr)
		}
		return
	}
	t.Error("no two signals came together in five tries")
}
