package e2e

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"usher/bot"
	"usher/bot/config"
	"usher/bot/slacksim"
	"usher/bot/store"
	"usher/rules/action"
)

// TestMain runs more tests at once than there are processors, unless -parallel
// says how many: they wait much more than they compute.
func TestMain(m *testing.M) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "test.parallel" })
	if !asked {
		if err := flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0))); err != nil {
			panic(err)
		}
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if err := os.RemoveAll(built); err != nil { // nothing, where nothing was built
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(code)
	}))
}

// full reports whether whatever takes long is done in its full size, with the
// machine to itself: so .ci/run has it.
func full() bool { return os.Getenv("USHER_LONG") != "" }

// late is when something that should have happened has not, however slow the
// machine is.
const late = time.Minute

const townFile = `
seed: 7
workspaces:
  - id: T01
    name: acme
    preferences: {remove_from_public: everyone}
    users:
      - {name: alice, real_name: Alice Doe, email: alice@acme.test, admin: true}
      - {name: bob, real_name: Bob Roe, email: bob@acme.test}
      - {name: carol, real_name: Carol Poe, email: carol@acme.test}
      - {name: mallory, real_name: Mallory Moe, email: mallory@acme.test}
    channels:
      - {name: general, general: true}
      - {name: finance-department, private: true, members: [alice, bob, carol, usher]}
      - {name: finance-forecast, private: true, members: [alice, usher]}
      - {name: finance-reports, members: [alice, bob]}
`

const townPolicy = `
version: 1
contact: "#general"
clusters:
  - name: finance
    description: The finance department's rooms
    members: [{channel: finance-department}]
    channels: [finance-.*]
    join: self
    others: remove
    mode: enforce
`

// town is a local Slack with the app as its manifest describes it, and a
// directory for a bot.
type town struct {
	*testing.T
	slack *slacksim.Server
	dir   string
	log   *book
}

func newTown(t *testing.T, change func(*slacksim.Options)) *town {
	t.Helper()
	file, err := slacksim.ParseFile([]byte(townFile))
	if err != nil {
		t.Fatal(err)
	}
	m := loadManifest(t)
	o := slacksim.Options{Workspace: file, BotScopes: m.OAuth.Scopes.Bot, RetryScale: 0.01}
	for _, c := range m.Features.Commands {
		o.Commands = append(o.Commands, c.Command)
	}
	if change != nil {
		change(&o)
	}
	slack, err := slacksim.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := slack.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &town{T: t, slack: slack, dir: t.TempDir(), log: &book{}}
	w.policy(townPolicy)
	return w
}

// book is a log that can be read while it is written.
type book struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *book) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *book) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func (w *town) policy(text string) {
	w.Helper()
	path := filepath.Join(w.dir, "policy.yaml")
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		w.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		w.Fatal(err)
	}
}

// settings are those of a bot in this town, as an operator would give them.
func (w *town) settings() config.Settings {
	w.Helper()
	ready := w.slack.Ready()
	env := map[string]string{"SLACK_BOT_TOKEN": ready.Workspaces[0].BotToken, "SLACK_APP_TOKEN": ready.Workspaces[0].AppToken, "SLACK_API_URL": ready.APIURL}
	s, err := config.Load(config.Sources{
		Flags: map[string]string{"policy": filepath.Join(w.dir, "policy.yaml"), "listen": "127.0.0.1:0", "control": filepath.Join(w.dir, "s")},
		Env:   func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	})
	if err != nil {
		w.Fatal(err)
	}
	return s
}

// start runs a bot until stop, or the test's end, and returns once it is of use.
func (w *town) start() (b *bot.Bot, stop func()) {
	w.Helper()
	b = w.startWith(w.settings())
	return b, func() {
		w.Helper()
		w.stop(b)
	}
}

func (w *town) startWith(s config.Settings, options ...bot.Option) *bot.Bot {
	w.Helper()
	b := w.startAtOnce(s, options...)
	w.ready(b)
	return b
}

// startAtOnce does not wait until the bot is of use.
func (w *town) startAtOnce(s config.Settings, options ...bot.Option) *bot.Bot {
	w.Helper()
	w.log = &book{}
	b, err := bot.Open(w.Context(), s, zerolog.New(w.log).Level(zerolog.InfoLevel), "test", options...)
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { w.stop(b) })
	if err := b.Start(w.Context()); err != nil {
		w.Fatal(err)
	}
	return b
}

func (w *town) stop(b *bot.Bot) {
	w.Helper()
	if err := b.Stop(); err != nil {
		w.Errorf("stop: %v", err)
	}
}

// ready waits until every check is well and every socket is open.
func (w *town) ready(b *bot.Bot) {
	w.Helper()
	w.until("the bot is ready", func(slacksim.State) bool {
		ok, _ := b.Look(w.Context())
		return ok && w.slack.Sockets().Open == 2
	})
}

// until waits for a state of the local Slack, looking after every change of
// it and, for what changes elsewhere, now and then.
func (w *town) until(what string, is func(slacksim.State) bool) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), late)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !is(w.slack.State()) {
		select {
		case <-w.slack.Changed(w.slack.Version()):
		case <-tick.C:
		case <-ctx.Done():
			w.Fatalf("not within %s: %s\nlog:\n%s", late, what, w.log)
		}
	}
}

// heard waits until Usher has handled something of a kind.
func (w *town) heard(kind string) {
	w.Helper()
	w.until("Usher has heard of "+kind, func(slacksim.State) bool {
		return strings.Contains(w.log.String(), `"kind":"`+kind+`","outcome":"ok"`)
	})
}

// idle waits until nothing is left to be done but what is due another day.
func (w *town) idle(b *bot.Bot) {
	w.Helper()
	w.until("nothing is left to be done", func(slacksim.State) bool {
		_, actions, err := b.Lately(w.Context(), "T01", 1000)
		return err == nil && !slices.ContainsFunc(actions, func(a store.Stored) bool { return a.Settled.IsZero() && a.Kind != action.KindRecheck })
	})
}

// promptly is until for what is promised within three seconds. Beside other
// tests the clock says nothing: then the promise is only looked at.
func (w *town) promptly(what string, is func(slacksim.State) bool) {
	w.Helper()
	began := time.Now()
	w.until(what, is)
	if took := time.Since(began); took > promised && full() {
		w.Errorf("not within %s, but after %s: %s\nlog:\n%s", promised, took, what, w.log)
	} else {
		w.Logf("after %s: %s", took.Round(time.Millisecond), what)
	}
}

const promised = 3 * time.Second

func (w *town) act(a slacksim.Act) slacksim.ActAnswer {
	w.Helper()
	answer := w.slack.Act(w.Context(), a)
	if !answer.OK {
		w.Fatalf("%s as %s: %s %s\nlog:\n%s", a.Do, a.As, answer.Error, answer.Detail, w.log)
	}
	return answer
}

func user(s slacksim.State, name string) string {
	for id, u := range s.Workspaces["T01"].Users {
		if u.Name == name {
			return id
		}
	}
	return ""
}

func channel(s slacksim.State, name string) slacksim.Channel {
	for _, c := range s.Workspaces["T01"].Channels {
		if c.Name == name {
			return c
		}
	}
	return slacksim.Channel{}
}

func in(s slacksim.State, person, room string) bool {
	return slices.Contains(channel(s, room).Members, user(s, person))
}

// private are the texts that only one person, and Usher, can see.
func private(s slacksim.State, person string) []string {
	var texts []string
	for _, m := range s.Workspaces["T01"].Messages {
		if slices.Contains(m.To, user(s, person)) {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

// public are the texts of Usher's that stand in channels.
func public(s slacksim.State) []string {
	var texts []string
	for _, m := range s.Workspaces["T01"].Messages {
		if len(m.To) == 0 && m.User == user(s, "usher") {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

// calls are the successful calls of a method since a call's number.
func (w *town) calls(method string, since int) (n int) {
	for _, c := range w.slack.Calls(since) {
		if c.Method == method && c.OK {
			n++
		}
	}
	return n
}

func (w *town) lastCall() int {
	all := w.slack.Calls(0)
	if len(all) == 0 {
		return 0
	}
	return all[len(all)-1].N
}

// noSecrets checks that no token of the town is in a text.
func (w *town) noSecrets(where, text string) {
	w.Helper()
	for _, ready := range w.slack.Ready().Workspaces {
		for _, token := range []string{ready.BotToken, ready.AppToken, ready.AdminToken} {
			if strings.Contains(text, token) {
				w.Errorf("a token is in %s", where)
			}
		}
	}
	if strings.Contains(text, "@acme.test") {
		w.Errorf("an e-mail address is in %s", where)
	}
}
