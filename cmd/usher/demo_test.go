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
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

var picture = flag.Bool("picture", false, "take the picture of the demo that the README shows")

// demoPage starts `usher demo` and returns its address. It ends with the test,
// and fails it unless it ended cleanly.
func demoPage(t *testing.T) string {
	t.Helper()
	out, into := io.Pipe()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		err := demoCommand{Listen: "127.0.0.1:0", Dir: t.TempDir()}.Run(ctx, Streams{Out: into, Err: io.Discard}, loggingFlags{Level: "error"}.logger(io.Discard))
		into.CloseWithError(io.EOF)
		ended <- err
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the demo did not end cleanly: %v", err)
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if address, ok := strings.CutPrefix(lines.Text(), "The demo is at "); ok {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return address
		}
	}
	stop()
	t.Fatalf("the demo ended before it printed its address: %v", <-ended)
	return ""
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
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.UserDataDir(t.TempDir()))
	all, stopAll := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stopAll)
	page, stop := chromedp.NewContext(all)
	t.Cleanup(stop)
	run(t, page, chromedp.EmulateViewport(width, height)) // the first step starts the browser and must not be bounded
	page, cancel := context.WithTimeout(page, time.Minute)
	t.Cleanup(cancel)
	return page
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

// until waits for a condition on the page.
func until(condition string) chromedp.Action[chromedp.Void] {
	met := chromedp.Poll[bool](condition, chromedp.WithPollingTimeout(10*time.Second))
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := met(ctx, t)
		return chromedp.Void{}, err
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
	return chromedp.Click(fmt.Sprintf(`//button[normalize-space()=%q] | //a[normalize-space()=%q]`, text, text))
}

func TestDemoGuidedMinute(t *testing.T) {
	page := browser(t, 1280, 900)
	address := demoPage(t)

	run(t, page, chromedp.Navigate(address), chromedp.WaitVisible("#home"), rests())
	run(t, page, pressed("Be mallory"), chromedp.WaitVisible(`//h1[contains(., "Mallory Moe")]`))
	run(t, page, rests())
	began := time.Now()
	run(t, page, pressed("Alice adds mallory"))
	shows(t, page, "#finance-forecast")
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("it took %s until mallory was told why she is out; 3 s is the promise", took)
	} else {
		t.Logf("mallory was told after %s", took)
	}
	run(t, page, chromedp.WaitVisible(`//*[contains(@class,"behind")]//*[contains(., "Mallory Moe in #finance-forecast")]/span[contains(@class,"remove")]`))
	run(t, page, until(`[...document.querySelectorAll(".guide li")].filter(li => li.classList.contains("done")).length >= 3`))

	run(t, page, chromedp.Navigate(address+"in/T01/U0ALICE/dm"))
	shows(t, page, "Mallory Moe")

	run(t, page, chromedp.Navigate(address+"in/T01/U0BOB/home"), chromedp.WaitVisible("#home"))
	shows(t, page, "#finance-forecast")
	run(t, page, rests())
	began = time.Now()
	run(t, page, chromedp.Click(`//div[contains(@class,"block")][contains(., "#finance-forecast")]//button[normalize-space()="Join"]`),
		chromedp.WaitVisible(`//nav//a[contains(., "finance-forecast")]`))
	t.Logf("bob was in after %s", time.Since(began))
	began = time.Now()
	run(t, page, pressed("Ivan opens #inc-42-db"), until(`[...document.querySelectorAll(".guide li")].every(li => li.classList.contains("done"))`))
	t.Logf("the incident's channel was furnished after %s", time.Since(began))
	if *picture {
		run(t, page, chromedp.WaitVisible(`//div[contains(@class,"block")][contains(., "#finance-forecast")]//button[normalize-space()="Leave"]`))
		png := ask(t, page, chromedp.CaptureScreenshot())
		if err := os.WriteFile(filepath.Join("..", "..", "deploy", "demo.png"), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDemoLeaveAsksFirst(t *testing.T) {
	page := browser(t, 1280, 900)
	address := demoPage(t)
	leave := chromedp.Click(`//div[contains(@class,"block")][contains(., "#finance-audit")]//button[normalize-space()="Leave"]`)
	in := chromedp.WaitVisible(`//nav//a[contains(., "finance-audit")]`)
	run(t, page, chromedp.Navigate(address+"in/T01/U0BOB/home"), chromedp.WaitVisible("#home"), rests(), leave,
		chromedp.WaitVisible(`#confirm[open]`), chromedp.Click(`#confirm .deny`), in)
	run(t, page, rests(), leave, chromedp.WaitVisible(`#confirm[open]`), chromedp.Click(`#confirm .yes`),
		chromedp.WaitNotPresent(`//nav//a[contains(., "finance-audit")]`))
}

func TestDemoSlashCommands(t *testing.T) {
	page := browser(t, 1280, 900)
	address := demoPage(t)
	say := func(text string) {
		run(t, page, chromedp.SetValue("#say", text), chromedp.SendKeys("#say", "\r"))
	}
	run(t, page, chromedp.Navigate(address+"in/T01/U0BOB/dm"), chromedp.WaitVisible("#say"), rests())
	say("/usher help")
	shows(t, page, "/usher list")
	say("/usher jion #finance-forecast")
	shows(t, page, "join")
	say("/usher join #finance-forcast")
	shows(t, page, "finance-forecast")
	say("/usher why #leads")
	shows(t, page, "leads")
}

func TestDemoOnAPhone(t *testing.T) {
	page := browser(t, 380, 800)
	address := demoPage(t)
	run(t, page, chromedp.Navigate(address), chromedp.WaitVisible("#home"))
	if ask(t, page, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > window.innerWidth`)) {
		t.Error("the page is wider than a phone's screen")
	}
}

// Typing must survive the page's changes: somebody else's message arrives while
// a draft stands in the box.
func TestDemoKeepsWhatIsTyped(t *testing.T) {
	page := browser(t, 1280, 900)
	address := demoPage(t)
	run(t, page, chromedp.Navigate(address+"in/T01/U0BOB/home"), chromedp.WaitVisible("#say"), rests(), chromedp.SendKeys("#say", "half a sent"),
		chromedp.SetValue(`input[name=name]`, "inc-42-db"), chromedp.Click(`//nav//button[normalize-space()="Create"]`),
		chromedp.WaitVisible(`//nav//a[contains(., "inc-42-db")]`))
	if value := ask(t, page, chromedp.Value("#say")); value != "half a sent" {
		t.Errorf("the draft is %q after the page changed", value)
	}
}

func TestDemoRuleDetails(t *testing.T) {
	page := browser(t, 1280, 900)
	address := demoPage(t)
	run(t, page, chromedp.Navigate(address+"in/T01/U0ALICE/home"), chromedp.WaitVisible("#home"), rests(),
		until(`(() => { const b = document.querySelector('[data-action="cluster"]'); if (b) b.click(); return !!b; })()`),
		chromedp.WaitVisible(`.modal`), until(`document.querySelector(".modal").innerText.includes("finance-forecast")`))
	shot(t, page, "details")
	run(t, page, pressed("Close"), chromedp.WaitNotPresent(`.modal`))
}

func TestDemoSearch(t *testing.T) {
	page := browser(t, 1280, 900)
	address := demoPage(t)
	run(t, page, chromedp.Navigate(address+"in/T01/U0BOB/home"), chromedp.WaitVisible("#home"), rests(),
		chromedp.SendKeys(`#home input`, "payroll\r"), until(`!document.querySelector("#home").innerText.includes("finance-forecast")`),
		until(`document.querySelector("#home").innerText.includes("finance-payroll")`))
	shot(t, page, "search")
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

func TestDemoRenamesABadName(t *testing.T) {
	page := browser(t, 1280, 900)
	address := demoPage(t)
	run(t, page, chromedp.Navigate(address+"in/T01/U0IVAN/dm"), chromedp.WaitVisible("#say"), rests(),
		chromedp.SetValue(`input[name=name]`, "random-name"), chromedp.Click(`//nav//button[normalize-space()="Create"]`),
		chromedp.Click(`//main//button[contains(., "Rename")]`), chromedp.WaitVisible(`.modal input:not([type=hidden])`))
	shot(t, page, "rename")
	run(t, page, chromedp.SetValue(`.modal input:not([type=hidden])`, "nonsense"), chromedp.Click(`.modal footer .primary`), chromedp.WaitVisible(`.modal .bad`))
	shot(t, page, "rename-refused")
	run(t, page, chromedp.SetValue(`.modal input:not([type=hidden])`, "team-random"), chromedp.Click(`.modal footer .primary`),
		chromedp.WaitVisible(`//nav//a[contains(., "team-random")]`))
	shot(t, page, "renamed")
}
