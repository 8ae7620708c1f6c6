package bot

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/fx"
	"go.uber.org/goleak"

	"usher/bot/config"
	"usher/bot/metrics"
	"usher/bot/slacksim"
	"usher/bot/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestGraphIsWhole(t *testing.T) {
	err := fx.ValidateApp(Module(), fx.Supply(
		config.Settings{}, zerolog.Nop(), &store.Store{}, &policy{}, metrics.New("test"), &failure{}, Version("test"),
	))
	if err != nil {
		t.Error(err)
	}
}

// town is a local Slack with settings for a bot in it.
func town(t *testing.T) (*slacksim.Server, config.Settings) {
	t.Helper()
	s, err := slacksim.Start(slacksim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	dir := t.TempDir()
	path := filepath.Join(dir, "policy.yaml")
	writePolicy(t, path, financePolicy)
	ready := s.Ready()
	return s, config.Settings{
		AppToken: config.NewSecret(ready.Workspaces[0].AppToken), APIURL: ready.APIURL,
		Workspaces: []config.Workspace{{BotToken: config.NewSecret(ready.Workspaces[0].BotToken)}},
		Policy:     path, DB: config.NewSecret(filepath.Join(dir, "usher.db")), Control: filepath.Join(dir, "s"),
		Command: "/usher", Sockets: 2, Listen: "127.0.0.1:0", Replan: time.Hour,
	}
}

// What cannot work ends the start with a sentence that says what to change, and
// nothing is left running.
func TestStartsThatCannotWork(t *testing.T) {
	for name, c := range map[string]struct {
		change func(t *testing.T, s *config.Settings)
		want   string
	}{
		"bot token":   {func(_ *testing.T, s *config.Settings) { s.Workspaces[0].BotToken = config.NewSecret("xoxb-1-wrong") }, "connect to Slack: "},
		"app token":   {func(_ *testing.T, s *config.Settings) { s.AppToken = config.NewSecret("xapp-1-wrong") }, "app-level token"},
		"other team":  {func(_ *testing.T, s *config.Settings) { s.Workspaces[0].Team = "T99" }, "the bot token given for T99 belongs to T01"},
		"token twice": {func(_ *testing.T, s *config.Settings) { s.Workspaces = append(s.Workspaces, s.Workspaces[0]) }, "two bot tokens belong to the workspace T01"},
		"port in use": {func(_ *testing.T, s *config.Settings) {
			s.Listen = strings.TrimPrefix(strings.TrimSuffix(s.APIURL, "/api/"), "http://")
		}, "listen for health and metrics"},
		"other policy": {func(t *testing.T, s *config.Settings) { writePolicy(t, s.Policy, "version: 1\nworkspace: T77\n") }, "about the workspace T77"},
	} {
		t.Run(name, func(t *testing.T) {
			_, settings := town(t)
			c.change(t, &settings)
			var log strings.Builder
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			err := Run(ctx, settings, zerolog.New(zerolog.SyncWriter(&log)), "test")
			if err == nil || ctx.Err() != nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if all := log.String(); strings.Contains(all, "wrong") || strings.Contains(all, "xoxb-") || strings.Contains(all, "xapp-") {
				t.Errorf("a token is in the log:\n%s", all)
			}
		})
	}
}

func TestALoopThatEndsEndsTheProgram(t *testing.T) {
	_, settings := town(t)
	b, err := Open(t.Context(), settings, zerolog.Nop(), "test")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.failure.end(errors.New("the queue: broken"))
	select {
	case <-b.Ended():
	case <-time.After(time.Minute):
		t.Fatal("Ended is not closed")
	}
	if err := b.Stop(); err == nil || !strings.Contains(err.Error(), "the queue: broken") {
		t.Errorf("Stop says %v", err)
	}
	if err := b.Stop(); err == nil {
		t.Error("Stop says something else the second time")
	}
}

// A second bot on the same file or socket would undo what the first one does.
func TestSecondBotIsRefused(t *testing.T) {
	_, settings := town(t)
	b, err := Open(t.Context(), settings, zerolog.Nop(), "test")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := b.Stop(); err != nil {
			t.Error(err)
		}
	}()
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := Run(t.Context(), settings, zerolog.Nop(), "test"); !errors.Is(err, store.ErrInUse) {
		t.Errorf("on the same database: %v", err)
	}
	settings.DB = config.NewSecret(filepath.Join(t.TempDir(), "other.db"))
	settings.Listen = ""
	if err := Run(t.Context(), settings, zerolog.Nop(), "test"); err == nil || !strings.Contains(err.Error(), "another usher run answers") {
		t.Errorf("on the same socket: %v", err)
	}
}
