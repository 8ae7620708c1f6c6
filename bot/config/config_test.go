package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The tokens are put together here so that no search for tokens finds one.
var (
	bot   = "xoxb-" + "111-secret"
	bot2  = "xoxb-" + "222-secret"
	app   = "xapp-" + "1-A01-secret"
	admin = "xoxp-" + "9-secret"
)

func sources(t *testing.T, env map[string]string, flags map[string]string, file string) (Sources, string) {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "policy.yaml"), "version: 1\n")
	from := Sources{Flags: flags, Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}
	if file != "" {
		from.File = filepath.Join(dir, "settings.yaml")
		write(t, from.File, file)
	}
	return from, dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFileAlone(t *testing.T) {
	from, dir := sources(t, nil, nil, `
app_token: `+app+`
workspaces:
  - {bot_token: `+bot+`, team: T01}
  - bot_token: `+bot2+`
    admin_token: `+admin+`
policy: policy.yaml
sockets: 4
listen: none
command: /groupmgr
replan: 30m
keep: 30d
`)
	s, err := Load(from)
	if err != nil {
		t.Fatal(err)
	}
	if s.AppToken.Reveal() != app || len(s.Workspaces) != 2 || s.Workspaces[0].Team != "T01" ||
		s.Workspaces[1].BotToken.Reveal() != bot2 || s.Workspaces[1].AdminToken.Reveal() != admin || !s.Workspaces[0].AdminToken.Empty() {
		t.Error("tokens were not read as written")
	}
	if s.Policy != filepath.Join(dir, "policy.yaml") || s.Database() != filepath.Join(dir, "usher.db") || s.Control != filepath.Join(dir, "usher.sock") {
		t.Errorf("paths: policy %s, db %s, control %s; want them beside the file", s.Policy, s.Database(), s.Control)
	}
	if s.Sockets != 4 || s.Listen != "" || s.Command != "/groupmgr" || s.Replan != 30*time.Minute || s.Keep != 30*24*time.Hour || s.APIURL != slackAPI {
		t.Errorf("got %+v", s)
	}
}

func TestStrongerSourceWins(t *testing.T) {
	env := map[string]string{"SLACK_APP_TOKEN": app, "SLACK_BOT_TOKEN": bot + ", " + bot2, "USHER_SOCKETS": "3", "USHER_COMMAND": "/env", "SLACK_API_URL": "http://127.0.0.1:9/api"}
	from, dir := sources(t, env, map[string]string{"sockets": "5"}, "sockets: 1\ncommand: /file\nlog_level: debug\npolicy: policy.yaml\nworkspaces: [{bot_token: "+admin+"}]\n")
	s, err := Load(from)
	if err != nil {
		t.Fatal(err)
	}
	if s.Sockets != 5 || s.Command != "/env" || s.LogLevel != "debug" {
		t.Errorf("sockets %d (want the flag's 5), command %s (want the environment's), log level %s (want the file's)", s.Sockets, s.Command, s.LogLevel)
	}
	if len(s.Workspaces) != 2 || s.Workspaces[1].BotToken.Reveal() != bot2 {
		t.Errorf("%d workspaces, want the two of the environment", len(s.Workspaces))
	}
	if s.APIURL != "http://127.0.0.1:9/api/" {
		t.Errorf("API URL %s, want a slash at its end", s.APIURL)
	}
	if path, err := ControlPath(from); err != nil || path != s.Control || path != filepath.Join(dir, "usher.sock") {
		t.Errorf("control path %q (%v), the bot's is %q", path, err, s.Control)
	}
}

func TestSecretsFromFiles(t *testing.T) {
	from, dir := sources(t, nil, map[string]string{"db": "postgres://usher:geheim@db.acme.test/usher"}, "policy: policy.yaml\n")
	write(t, filepath.Join(dir, "bot"), bot+"\n")
	write(t, filepath.Join(dir, "app"), app+"\n")
	env := map[string]string{"SLACK_BOT_TOKEN_FILE": filepath.Join(dir, "bot"), "SLACK_APP_TOKEN_FILE": filepath.Join(dir, "app")}
	from.Env = func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	s, err := Load(from)
	if err != nil {
		t.Fatal(err)
	}
	if s.Workspaces[0].BotToken.Reveal() != bot || s.AppToken.Reveal() != app {
		t.Error("tokens were not read from the files")
	}
	if s.Database() != "postgres://db.acme.test/usher" || s.Control != "" {
		t.Errorf("database in words %q, control %q", s.Database(), s.Control)
	}
	env["SLACK_BOT_TOKEN"] = bot2
	if _, err := Load(from); err == nil || !strings.Contains(err.Error(), "SLACK_BOT_TOKEN: set twice") {
		t.Errorf("both set: %v", err)
	}
}

// Everything wrong at once: each has its place, what is wrong and what is
// allowed, the file's first and in its order; no token is repeated.
func TestEverythingWrongAtOnce(t *testing.T) {
	env := map[string]string{"SLACK_BOT_TOKEN": app, "SLACK_APP_TOKEN": bot, "USHER_REPLAN": "soon", "USHER_KEEP": "-1"}
	from, _ := sources(t, env, map[string]string{"sockets": "11", "listen": "8080"}, `
colour: red
command: Usher
api_url: http://slack.example/api/
log_level: [loud]
profile: perhaps
policy: nowhere.yaml
db: mysql://db/usher
`)
	_, err := Load(from)
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatalf("got %v, want Problems", err)
	}
	want := []string{
		"settings.yaml:2:1: colour: unknown key colour; allowed are app_token",
		"settings.yaml:3:1: command: \"Usher\" is not a slash command's name; set a slash",
		"settings.yaml:4:1: api_url: would send tokens in clear to slack.example; set an https://",
		"settings.yaml:5:1: log_level: not a single value; write one",
		"settings.yaml:6:1: profile: \"perhaps\" is not allowed; set true or false",
		"settings.yaml:7:1: policy: ", // the rest is the system's
		"settings.yaml:8:1: db: not a database; set a file name for SQLite, or postgres://",
		"--listen: \"8080\" is not an address; set host:port",
		"--sockets: \"11\" is not allowed; set a number from 1 to 9",
		"SLACK_APP_TOKEN: is a bot token; set a token that begins with xapp-: the app token and the bot token are swapped",
		"SLACK_BOT_TOKEN: is an app-level token; set a token that begins with xoxb-: the app token and the bot token are swapped",
		"USHER_KEEP: \"-1\" is not allowed; set a number of days",
		"USHER_REPLAN: \"soon\" is not allowed; set a duration",
	}
	if len(problems) != len(want) {
		t.Errorf("%d problems, want %d:\n%v", len(problems), len(want), err)
	}
	for i := range min(len(want), len(problems)) {
		if got := problems[i].Error(); !strings.Contains(got, want[i]) || problems[i].Allowed == "" {
			t.Errorf("problem %d\n got %s\nwant %s", i, got, want[i])
		}
	}
	if strings.Contains(err.Error(), "secret") {
		t.Error("a token is in the error")
	}
}

func TestMissing(t *testing.T) {
	_, err := Load(Sources{})
	for _, want := range []string{"SLACK_APP_TOKEN: missing", "SLACK_BOT_TOKEN: missing", "--policy: missing"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}

func TestTokenShapes(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "missing",
		"hello":                       "is not a Slack token",
		admin:                         "is a user token",
		"xoxe." + bot:                 "turn token rotation off",
		"xoxb-1":                      "is cut short",
		`"` + bot + `"`:               "a space or a quote",
		bot + "," + bot:               "the same bot token twice",
		"xoxb-111-aaaa,xapp-1-A01-bb": "is an app-level token",
	} {
		from, _ := sources(t, map[string]string{"SLACK_APP_TOKEN": app, "SLACK_BOT_TOKEN": text}, nil, "policy: policy.yaml\n")
		if _, err := Load(from); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("bot token %q: %v, want %q", text, err, want)
		}
	}
}

func TestProfileOnlyOnThisMachine(t *testing.T) {
	env := map[string]string{"SLACK_APP_TOKEN": app, "SLACK_BOT_TOKEN": bot}
	for listen, fine := range map[string]bool{"127.0.0.1:0": true, "localhost:9": true, "[::1]:9": true, "0.0.0.0:8080": false, ":8080": false, "none": false} {
		from, _ := sources(t, env, map[string]string{"listen": listen, "profile": "true"}, "policy: policy.yaml\n")
		if _, err := Load(from); (err == nil) != fine {
			t.Errorf("profile with --listen %s: %v", listen, err)
		}
	}
}

func TestControlPathTooLong(t *testing.T) {
	from, _ := sources(t, map[string]string{"SLACK_APP_TOKEN": app, "SLACK_BOT_TOKEN": bot}, map[string]string{"control": strings.Repeat("a", 101) + "s"}, "policy: policy.yaml\n")
	if _, err := Load(from); err == nil || !strings.Contains(err.Error(), "--control: the path is longer") {
		t.Errorf("got %v", err)
	}
}

// What a file that cannot be read may say is not missed, what is no mapping is
// not passed over, and a token in the wrong place is not repeated.
func TestSettingsFilesThatCannotBeUsed(t *testing.T) {
	for text, want := range map[string]string{
		"sockets: 3\nsockets: 4\n":                                 "settings.yaml:2:1: mapping key",
		"policy: \"policy.yaml\n":                                  "settings.yaml:1:9: could not find end character",
		"- a\n- b\n":                                               "settings.yaml:1:1: no settings; the file is YAML",
		"just words\n":                                             "settings.yaml:1:1: no settings; the file is YAML",
		"policy: policy.yaml\nsockets: " + bot + "\n":              `settings.yaml:2:1: sockets: "*** is not allowed`,
		"policy: policy.yaml\n" + bot + ": 2\n":                    "settings.yaml:2:1: ***",
		"policy: " + app + "\n":                                    "no such file or directory",
		"policy: policy.yaml\nworkspaces:\n- " + bot + "\n":        "settings.yaml:3:3: workspaces: not a workspace",
		"policy: policy.yaml\nworkspaces:\n- {admin_token: x}\n":   "workspaces: missing; set a token that begins with xoxb-",
		"policy: policy.yaml\nworkspaces:\n- team: T1\n- team: T2": "settings.yaml:4:3: workspaces: missing",
	} {
		from, _ := sources(t, map[string]string{"SLACK_APP_TOKEN": app}, nil, text)
		if !strings.Contains(text, "workspaces") {
			from, _ = sources(t, map[string]string{"SLACK_APP_TOKEN": app, "SLACK_BOT_TOKEN": bot2}, nil, text)
		}
		_, err := Load(from)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v\nwant %q", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "--policy: missing") {
			t.Errorf("%q: what the file may say is missed: %v", text, err)
		}
	}
	for _, fine := range []string{"# nothing yet\n", "", "---\n"} {
		from, dir := sources(t, map[string]string{"SLACK_APP_TOKEN": app, "SLACK_BOT_TOKEN": bot}, nil, fine)
		from.Flags = map[string]string{"policy": filepath.Join(dir, "policy.yaml")}
		if _, err := Load(from); err != nil {
			t.Errorf("%q: %v", fine, err)
		}
	}
	from, _ := sources(t, map[string]string{"SLACK_APP_TOKEN": app, "SLACK_BOT_TOKEN_FILE": "/no/such"}, nil, "policy: policy.yaml\n")
	if _, err := Load(from); err == nil || !strings.Contains(err.Error(), "SLACK_BOT_TOKEN_FILE: open /no/such") || strings.Contains(err.Error(), "missing") {
		t.Errorf("a token's file that is not there: %v", err)
	}
}
