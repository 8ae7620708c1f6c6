package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestSim starts the program with the example's workspace as somebody else's test
// would, uses it over HTTP and interrupts it.
func TestSim(t *testing.T) {
	sim := exec.CommandContext(t.Context(), "usher", "sim", "--no-rate-limits", "--log-format", "json", "--workspace", "../../deploy/examples/workspace.yaml")
	out, err := sim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	sim.Stderr = &logged
	sim.WaitDelay = 5 * time.Second
	if err := sim.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	line, err := lines.ReadBytes('\n')
	if err != nil {
		t.Fatalf("no line: %v", err)
	}
	var ready struct {
		APIURL     string `json:"api_url"`
		ControlURL string `json:"control_url"`
		SCIMURL    string `json:"scim_url"`
		Workspaces []struct {
			TeamID     string `json:"team_id"`
			BotToken   string `json:"bot_token"`
			AppToken   string `json:"app_token"`
			AdminToken string `json:"admin_token"`
			BotUserID  string `json:"bot_user_id"`
			BotID      string `json:"bot_id"`
			AppID      string `json:"app_id"`
		}
	}
	if err := json.Unmarshal(line, &ready); err != nil || len(ready.Workspaces) != 1 {
		t.Fatalf("%v, %d workspaces", err, len(ready.Workspaces))
	}
	w := ready.Workspaces[0]
	for what, form := range map[string][3]string{
		"api_url":     {ready.APIURL, "http://127.0.0.1:", "/api/"},
		"control_url": {ready.ControlURL, "http://127.0.0.1:", "/sim/"},
		"scim_url":    {ready.SCIMURL, "http://127.0.0.1:", "/scim/v2/"},
		"bot_token":   {w.BotToken, "xoxb-", ""},
		"app_token":   {w.AppToken, "xapp-", ""},
		"admin_token": {w.AdminToken, "xoxp-", ""},
		"team_id":     {w.TeamID, "T", ""},
		"bot_user_id": {w.BotUserID, "U", ""},
		"bot_id":      {w.BotID, "B", ""},
		"app_id":      {w.AppID, "A", ""},
	} {
		if !strings.HasPrefix(form[0], form[1]) || !strings.HasSuffix(form[0], form[2]) {
			t.Errorf("%s has not the form %s…%s", what, form[1], form[2])
		}
	}

	answer, err := http.PostForm(ready.APIURL+"auth.test", url.Values{"token": {w.BotToken}})
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var me struct {
		OK     bool
		UserID string `json:"user_id"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&me); err != nil || !me.OK || me.UserID != w.BotUserID {
		t.Errorf("auth.test: %+v, %v", me, err)
	}

	if err := sim.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(lines)
	if err != nil || len(rest) > 0 {
		t.Errorf("after the line it printed %q, %v", rest, err)
	}
	if err := sim.Wait(); err != nil {
		t.Errorf("after an interrupt: %v", err)
	}
	for _, secret := range []string{w.BotToken, w.AppToken, w.AdminToken} {
		if strings.Contains(logged.String(), secret) {
			t.Error("a token is in the log")
		}
	}
	if !strings.Contains(logged.String(), "local slack stopped") {
		t.Errorf("log: %s", logged.String())
	}
}
