package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp"
)

// A signal ends the demo with exit code 0, without a word, and what it wrote
// goes with it.
func TestDemoEndsOnASignal(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			files := t.TempDir()
			t.Setenv("TMPDIR", files)
			t.Setenv("USHER_LOG_LEVEL", "")
			out, into := io.Pipe()
			var errs bytes.Buffer
			code := make(chan int, 1)
			go func() {
				code <- execute([]string{"demo"}, Streams{strings.NewReader(""), into, &errs})
				into.Close()
			}()
			lines := bufio.NewScanner(out)
			if !lines.Scan() || !strings.HasPrefix(lines.Text(), "The demo is at http://127.0.0.1:") {
				t.Fatalf("the demo printed %q", lines.Text())
			}
			go func() { _, _ = io.Copy(io.Discard, out) }()
			if err := syscall.Kill(os.Getpid(), signal); err != nil {
				t.Fatal(err)
			}
			if got := <-code; got != exitOK || errs.Len() > 0 {
				t.Errorf("exit code %d, %q", got, errs.String())
			}
			if left, err := os.ReadDir(files); err != nil || len(left) > 0 {
				t.Errorf("it left %v behind: %v", left, err)
			}
		})
	}
}

// A Home that is looked at when the demo is started again is there again: the
// new Slack has never heard that it was opened.
func TestDemoHomeComesBack(t *testing.T) {
	page := browser(t, 1280, 800)
	address, end := demoAt(t, "127.0.0.1:0")
	run(t, page, chromedp.Navigate(address+"in/T01/U0BOB/home"), chromedp.WaitVisible("#home"), rests())
	end()
	run(t, page, chromedp.WaitVisible("#offline"))
	demoAt(t, strings.TrimSuffix(strings.TrimPrefix(address, "http://"), "/"))
	run(t, page, until(`document.querySelector("#offline").hidden && document.querySelector("#home")`), until(`document.querySelector("#home").innerText.includes("finance-forecast")`))
}
