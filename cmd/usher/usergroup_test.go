package main

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rs/zerolog"

	"usher/bot"
	"usher/bot/config"
)

// TestUsergroupScripts runs every testdata/usergroup/*.txtar against a local
// Slack of its own, started as `usher sim`. In them `sim FILE` starts it,
// `post PATH JSON` acts in it or has it go wrong, and `bot POLICY
// HANDLE…` starts a bot and waits until these groups are as its policy says.
func TestUsergroupScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/usergroup",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"sim": startSim, "post": postSim, "bot": startBot},
	})
}

func startSim(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: sim FILE")
	}
	sim := exec.Command("usher", "sim", "--no-rate-limits", "--workspace", ts.MkAbs(args[0]))
	out, err := sim.StdoutPipe()
	ts.Check(err)
	ts.Check(sim.Start())
	ts.Defer(func() {
		ts.Check(sim.Process.Signal(os.Interrupt))
		_ = sim.Wait() // how it ends is TestSim's
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	ts.Check(err)
	var ready struct {
		APIURL     string `json:"api_url"`
		ControlURL string `json:"control_url"`
		Workspaces []struct {
			BotToken string `json:"bot_token"`
			AppToken string `json:"app_token"`
		}
	}
	ts.Check(json.Unmarshal(line, &ready))
	ts.Setenv("SLACK_API_URL", ready.APIURL)
	ts.Setenv("SLACK_BOT_TOKEN", ready.Workspaces[0].BotToken)
	ts.Setenv("SLACK_APP_TOKEN", ready.Workspaces[0].AppToken)
	ts.Setenv("SIM", ready.ControlURL)
}

func startBot(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: bot POLICY HANDLE…")
	}
	dir, err := os.MkdirTemp("", "bot") // a socket's path is short
	ts.Check(err)
	ts.Defer(func() { ts.Check(os.RemoveAll(dir)) })
	socket := filepath.Join(dir, "s")
	settings, err := config.Load(config.Sources{
		Flags: map[string]string{"policy": ts.MkAbs(args[0]), "db": filepath.Join(dir, "u.db"), "control": socket, "listen": "none"},
		Env:   func(name string) (string, bool) { v := ts.Getenv(name); return v, v != "" },
	})
	ts.Check(err)
	// In this process, because only here it can be told not to keep to Slack's limits.
	b, err := bot.Open(context.Background(), settings, zerolog.Nop(), "test", bot.Unlimited())
	ts.Check(err)
	ts.Defer(func() { ts.Check(b.Stop()) })
	ts.Check(b.Start(context.Background()))
	ts.Setenv("USHER_CONTROL", socket)
	ts.Setenv("USHER_DB", filepath.Join(dir, "u.db"))
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for _, handle := range args[1:] {
		for {
			g, err := bot.Dial(socket).Usergroups("").Find(ctx, handle)
			if err == nil && g.Count > 0 {
				break
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				ts.Fatalf("@%s is not as the policy says: %v", handle, err)
			}
		}
	}
}

func postSim(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: post PATH JSON")
	}
	client := http.Client{Timeout: time.Minute}
	answer, err := client.Post(ts.Getenv("SIM")+args[0], "application/json", strings.NewReader(args[1]))
	ts.Check(err)
	defer answer.Body.Close()
	var said struct {
		OK    bool   `json:"ok"`
		Error string `json:"error"`
	}
	ts.Check(json.NewDecoder(answer.Body).Decode(&said))
	if !said.OK {
		ts.Fatalf("%s %s: %s", args[0], args[1], said.Error)
	}
}
