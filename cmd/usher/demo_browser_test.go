package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

var picture = flag.Bool("picture", false, "take the picture of the demo that the README shows")

// demoPage starts `usher demo` and returns its address. It ends with the test,
// and fails it unless it ended cleanly.
func demoPage(t *testing.T) string {
	t.Helper()
	address, _ := demoAt(t, "127.0.0.1:0")
	return address
}

// demoAt is demoPage at an address of one's own, and what ends it before the
// test does.
func demoAt(t *testing.T, listen string) (address string, end func()) {
	t.Helper()
	out, into := io.Pipe()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		err := demoCommand{Listen: listen, Dir: t.TempDir()}.Run(ctx, Streams{Out: into, Err: io.Discard}, loggingFlags{Level: "error"})
		into.CloseWithError(io.EOF)
		ended <- err
	}()
	end = sync.OnceFunc(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the demo did not end cleanly: %v", err)
		}
	})
	t.Cleanup(end)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if address, ok := strings.CutPrefix(lines.Text(), "The demo is at "); ok {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return address, end
		}
	}
	stop()
	t.Fatalf("the demo ended before it printed its address: %v", <-ended)
	return "", end
}

// browser is a Chromium with one page. A script error on the page fails the test.
func browser(t *testing.T, width, height int64) context.Context {
	t.Helper()
	if raceDetector {
		t.Skip("the library that drives Chromium races with itself: .ci/run runs these tests without the race detector")
	}
	path, err := exec.LookPath("chromium")
	if err != nil {
		if path, err = exec.LookPath("google-chrome"); err != nil {
			if os.Getenv("USHER_REQUIRE_ALL") != "" {
				t.Fatal("Chromium is not installed, and USHER_REQUIRE_ALL wants this test to run")
			}
			t.Skip("Chromium is not installed: the demo's page is not tried in a browser")
		}
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.UserDataDir(profile(t)))
	all, stopAll := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stopAll)
	page, stop := chromedp.NewContext(all)
	t.Cleanup(stop)
	run(t, page, chromedp.EmulateViewport(width, height)) // the first step starts the browser and must not be bounded
	page, cancel := context.WithTimeout(page, 3*time.Minute)
	t.Cleanup(cancel)
	return page
}

// profile is where a Chromium keeps its files. Some of its processes outlive it
// for a moment and may still write there.
func profile(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "usher-chromium-") //nolint:usetesting // t.TempDir fails a test over what is still written there
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		late := time.After(time.Minute)
		for err := os.RemoveAll(dir); err != nil; err = os.RemoveAll(dir) {
			select {
			case <-time.After(20 * time.Millisecond):
			case <-late:
				t.Error(err)
				return
			}
		}
	})
	return dir
}

func run(t *testing.T, page context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(page, steps...); err != nil {
		t.Fatalf("%v\nthe page said:\n%s", err, body(page))
	}
}

// ask is run for a step with an answer.
func ask[T any](t *testing.T, page context.Context, step chromedp.Action[T]) T {
	t.Helper()
	v, err := chromedp.Run(page, step)
	if err != nil {
		t.Fatalf("%v\nthe page said:\n%s", err, body(page))
	}
	return v
}

// body is what the page says, for a failure's report, also after its time ran out.
func body(page context.Context) string {
	page, cancel := context.WithTimeout(context.WithoutCancel(page), 5*time.Second)
	defer cancel()
	text, err := chromedp.Run(page, chromedp.Evaluate[string](`document.body.innerText`))
	if err != nil {
		return err.Error()
	}
	return text
}

// until waits for a condition on the page. A page that is just going away
// cannot be asked: the one after it is.
func until(condition string) chromedp.Action[chromedp.Void] {
	look := chromedp.Evaluate[bool]("!!(" + condition + ")")
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		for {
			met, err := look(ctx, t)
			if met && err == nil {
				return chromedp.Void{}, nil
			}
			select {
			case <-ctx.Done():
				return chromedp.Void{}, fmt.Errorf("%w: until %s (%v)", ctx.Err(), condition, err)
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
}

// rests waits until the page has not changed for a moment: what is pressed or
// typed while it is first drawn may go with what it replaces.
func rests() chromedp.Action[chromedp.Void] {
	return until(`window.drawn && performance.now() - window.drawn > 500`)
}

// shows waits until the page shows a text, and says how long that took.
func shows(t *testing.T, page context.Context, text string) time.Duration {
	t.Helper()
	began := time.Now()
	run(t, page, until(fmt.Sprintf(`document.querySelector("main").innerText.includes(%q)`, text)))
	return time.Since(began)
}

func pressed(text string) chromedp.Action[chromedp.Void] {
	return click(fmt.Sprintf(`//button[normalize-space()=%q] | //a[normalize-space()=%q]`, text, text))
}

// click presses what is there once the page rests: a click goes to a place, where
// something else may stand by then on a page that is being drawn.
func click(what string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		for _, step := range []chromedp.Action[chromedp.Void]{chromedp.WaitVisible(what), rests(), chromedp.Click(what)} {
			if _, err := step(ctx, t); err != nil {
				return chromedp.Void{}, err
			}
		}
		return chromedp.Void{}, nil
	}
}

// shot keeps a picture of the page where somebody wants to look at it.
func shot(t *testing.T, page context.Context, name string) {
	t.Helper()
	dir := os.Getenv("USHER_PICTURES")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), ask(t, page, chromedp.CaptureScreenshot()), 0o644); err != nil {
		t.Fatal(err)
	}
}
