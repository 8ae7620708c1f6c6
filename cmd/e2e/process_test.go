package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/bot/slacksim"
)

// built is the directory with the program, once there is one.
var built string

// usher builds the program once for all tests of a run.
var usher = sync.OnceValues(func() (string, error) {
	var err error
	if built, err = os.MkdirTemp("", "usher-e2e-"); err != nil {
		return "", err
	}
	path := filepath.Join(built, "usher")
	build := exec.CommandContext(context.Background(), "go", "build", "-o", path, "usher/cmd/usher")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build usher: %w\n%s", err, out)
	}
	return path, nil
})

// process is one running usher.
type process struct {
	*testing.T
	cmd    *exec.Cmd
	stdout *bufio.Reader
	stderr book
}

func run(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	path, err := usher()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{T: t, cmd: exec.Command(path, args...)}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stderr = &p.stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.stdout = bufio.NewReader(out)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	return p
}

// kill is kill -9, and nothing for one that has ended.
func (p *process) kill() {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait() // it was killed
	}
}

// interrupt ends it as Ctrl-C does; it has to end well.
func (p *process) interrupt() {
	p.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		p.Fatal(err)
	}
	timer := time.AfterFunc(late, p.kill)
	defer timer.Stop()
	if err := p.cmd.Wait(); err != nil {
		p.Errorf("usher %s after Ctrl-C: %v\n%s", strings.Join(p.cmd.Args[1:], " "), err, &p.stderr)
	}
}

// distant is a local Slack in a process of its own.
type distant struct {
	*testing.T
	process *process
	ready   slacksim.Ready
	dir     string
	client  *http.Client
}

func newDistant(t *testing.T) *distant {
	t.Helper()
	return newDistantOf(t, townFile, "--retry-scale", "0.01")
}

func newDistantOf(t *testing.T, workspace string, flags ...string) *distant {
	t.Helper()
	d := &distant{T: t, dir: t.TempDir(), client: &http.Client{Timeout: late, Transport: &http.Transport{DisableKeepAlives: true}}}
	for name, text := range map[string]string{"workspace.yaml": workspace, "policy.yaml": townPolicy} {
		if err := os.WriteFile(filepath.Join(d.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d.process = run(t, nil, append([]string{"sim", "--workspace", filepath.Join(d.dir, "workspace.yaml")}, flags...)...)
	line, err := d.process.stdout.ReadBytes('\n')
	if err != nil {
		t.Fatalf("the local Slack did not start: %v\n%s", err, &d.process.stderr)
	}
	if err := json.Unmarshal(line, &d.ready); err != nil {
		t.Fatal(err)
	}
	return d
}

// bot starts usher run and returns once it is of use.
func (d *distant) bot() *process {
	d.Helper()
	p := run(d.T, []string{
		"SLACK_API_URL=" + d.ready.APIURL, "SLACK_BOT_TOKEN=" + d.ready.Workspaces[0].BotToken, "SLACK_APP_TOKEN=" + d.ready.Workspaces[0].AppToken,
	}, "run", "--policy", filepath.Join(d.dir, "policy.yaml"), "--listen", "none", "--log-format", "json", "--control", filepath.Join(d.dir, "s"))
	d.until("the bot is connected and has read the workspace", p, func() bool {
		var sockets struct{ Open int }
		d.get("sockets", &sockets)
		return sockets.Open >= 1 && strings.Contains(p.stderr.String(), "read the workspace")
	})
	return p
}

func (d *distant) get(what string, into any) {
	d.Helper()
	d.do(http.MethodGet, what, nil, into)
}

func (d *distant) post(what string, body, into any) {
	d.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		d.Fatal(err)
	}
	d.do(http.MethodPost, what, bytes.NewReader(b), into)
}

func (d *distant) do(method, what string, body io.Reader, into any) {
	d.Helper()
	req, err := http.NewRequestWithContext(d.Context(), method, d.ready.ControlURL+what, body)
	if err != nil {
		d.Fatal(err)
	}
	resp, err := d.client.Do(req)
	if err != nil {
		d.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		d.Fatal(err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		d.Fatalf("%s: %v: %s", what, err, b)
	}
}

func (d *distant) act(a slacksim.Act) slacksim.ActAnswer {
	d.Helper()
	var answer slacksim.ActAnswer
	if d.post("act", a, &answer); !answer.OK {
		d.Fatalf("%s as %s: %s %s", a.Do, a.As, answer.Error, answer.Detail)
	}
	return answer
}

func (d *distant) fault(f map[string]any) {
	d.Helper()
	var answer struct{ OK bool }
	if d.post("faults", f, &answer); !answer.OK {
		d.Fatalf("fault %v was refused", f)
	}
}

func (d *distant) state() (s slacksim.State) { d.Helper(); d.get("state", &s); return s }

// calls counts a method's calls, those that succeeded and those that did not.
func (d *distant) calls(method string) (ok, failed int) {
	d.Helper()
	var log struct{ Calls []slacksim.Call }
	d.get("calls", &log)
	for _, c := range log.Calls {
		switch {
		case c.Method != method:
		case c.OK:
			ok++
		default:
			failed++
		}
	}
	return ok, failed
}

// until asks now and then, for as long as it may take.
func (d *distant) until(what string, bot *process, is func() bool) {
	d.Helper()
	ctx, cancel := context.WithTimeout(d.Context(), late)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			d.Fatalf("not within %s: %s\nthe bot said:\n%s", late, what, &bot.stderr)
		}
	}
}
