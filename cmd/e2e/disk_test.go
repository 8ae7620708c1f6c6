package e2e

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"usher/bot"
	"usher/bot/config"
	"usher/bot/slacksim"
	"usher/bot/store"
)

// onDatabase are the town's settings with another database.
func (w *town) onDatabase(url string) config.Settings {
	w.Helper()
	ready := w.slack.Ready()
	env := map[string]string{"SLACK_BOT_TOKEN": ready.Workspaces[0].BotToken, "SLACK_APP_TOKEN": ready.Workspaces[0].AppToken, "SLACK_API_URL": ready.APIURL}
	s, err := config.Load(config.Sources{
		Flags: map[string]string{"policy": filepath.Join(w.dir, "policy.yaml"), "db": url, "listen": "127.0.0.1:0", "control": filepath.Join(w.dir, "s")},
		Env:   func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	})
	if err != nil {
		w.Fatal(err)
	}
	return s
}

// A disk that is full is said so; once there is room again everything goes on,
// and nothing was damaged.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	w := newTown(t, nil)
	path := filepath.Join(w.dir, "usher.db")
	_, stop := w.start()
	stop()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	const page, room = 4096, 6
	b := w.startWith(w.onDatabase(fmt.Sprintf("file:%s?_pragma=max_page_count(%d)", path, info.Size()/page+room)))
	full := func(slacksim.State) bool { return strings.Contains(w.log.String(), "the disk is full; make room") }
	for n := 0; n < 500 && !full(slacksim.State{}); n++ {
		w.act(slacksim.Act{As: "alice", Do: "add_user", Name: fmt.Sprintf("extra%03d", n)})
	}
	w.until("the log says so", full)
	w.slack.Act(t.Context(), slacksim.Act{As: "alice", Do: "invite", Channel: "finance-forecast", Users: slacksim.Names{"mallory"}})
	if err := b.Stop(); err != nil && !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("stop: %v", err)
	}
	w.start()
	w.until("mallory is out once there is room", func(s slacksim.State) bool { return !in(s, "mallory", "finance-forecast") })
	if out, errs, code := w.cli("audit", "verify"); code != 0 {
		t.Errorf("the audit: exit code %d\n%s%s", code, out, errs)
	}
}

// A second program on the same file, and a file that is something else, are
// refused with a sentence; nothing is touched.
func TestRefusedDatabases(t *testing.T) {
	t.Parallel()
	w := newTown(t, nil)
	w.start()
	ready := w.slack.Ready()
	notes := filepath.Join(w.dir, "notes.db")
	text := strings.Repeat("Milk, bread. ", 100)
	if err := os.WriteFile(notes, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for db, want := range map[string]string{
		filepath.Join(w.dir, "usher.db"): "another process is using this database",
		notes:                            "not a database of Usher's",
	} {
		p := run(t, []string{"SLACK_API_URL=" + ready.APIURL, "SLACK_BOT_TOKEN=" + ready.Workspaces[0].BotToken, "SLACK_APP_TOKEN=" + ready.Workspaces[0].AppToken},
			"run", "--policy", filepath.Join(w.dir, "policy.yaml"), "--db", db, "--listen", "none", "--control", filepath.Join(w.dir, "s2"))
		if err := p.cmd.Wait(); err == nil || p.cmd.ProcessState.ExitCode() != 1 || !strings.Contains(p.stderr.String(), want) || strings.Count(p.stderr.String(), "open "+db) != 1 {
			t.Errorf("usher run on %s: %v\n%s", filepath.Base(db), err, &p.stderr)
		}
	}
	if now, err := os.ReadFile(notes); err != nil || string(now) != text {
		t.Errorf("the file that is something else was changed: %v", err)
	}
	if _, err := bot.Dial(filepath.Join(w.dir, "s")).Plan(t.Context(), ""); err != nil {
		t.Errorf("the first program: %v", err)
	}
}

// While nothing can be stored the bot says that it is not ready. Once it can, it
// makes up for what it could not acknowledge: Slack does not send it for ever.
func TestWhatCouldNotBeStoredIsMadeUpFor(t *testing.T) {
	w := newTown(t, nil)
	path := filepath.Join(w.dir, "usher.db")
	b := w.startWith(w.onDatabase("file:" + path + "?_pragma=busy_timeout(50)"))
	other, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(60000)") // the bot may be writing at this moment
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	hold := func(query string) {
		t.Helper()
		if _, err := other.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	hold("BEGIN IMMEDIATE")
	w.act(slacksim.Act{As: "alice", Do: "invite", Channel: "finance-forecast", Users: slacksim.Names{"mallory"}})
	w.until("the bot is not ready, and says why", func(slacksim.State) bool {
		ready, _ := b.Look(t.Context())
		return !ready && strings.Contains(sentence(t, b, "store"), "nothing was stored since")
	})
	w.until("Slack has given up sending the event", func(slacksim.State) bool { return w.slack.Sockets().Expired > 0 })
	hold("ROLLBACK")
	w.until("mallory is out", func(s slacksim.State) bool { return !in(s, "mallory", "finance-forecast") })
	w.ready(b)
}

// Another file in the place of the database may be another bot's: this one ends.
func TestADatabaseThatIsReplaced(t *testing.T) {
	w := newTown(t, nil)
	b, err := bot.Open(t.Context(), w.settings(), zerolog.Nop(), "test")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Stop() }() // what it answers is looked at below
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.ready(b)
	path := filepath.Join(w.dir, "usher.db")
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	if got := sentence(t, b, "store"); !strings.Contains(got, "moved or deleted while it was in use") {
		t.Errorf("readyz says %q", got)
	}
	another, err := os.ReadFile(path + ".away")
	if err == nil {
		err = os.WriteFile(path, another, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-b.Ended():
	case <-time.After(late):
		t.Fatal("it goes on")
	}
	if err := b.Stop(); !errors.Is(err, store.ErrReplaced) {
		t.Errorf("stop: %v", err)
	}
}
