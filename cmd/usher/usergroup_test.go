package main

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestUsergroupScripts runs every testdata/usergroup/*.txtar against a local
// Slack of its own, started as `usher sim`. In them `sim FILE` starts it, and
// `post PATH JSON` acts in it or has it go wrong.
func TestUsergroupScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/usergroup",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"sim": startSim, "post": postSim},
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
		}
	}
	ts.Check(json.Unmarshal(line, &ready))
	ts.Setenv("SLACK_API_URL", ready.APIURL)
	ts.Setenv("SLACK_BOT_TOKEN", ready.Workspaces[0].BotToken)
	ts.Setenv("SIM", ready.ControlURL)
}

func postSim(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: post PATH JSON")
	}
	client := http.Client{Timeout: 10 * time.Second}
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
