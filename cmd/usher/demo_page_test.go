package main

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"usher/bot/slacksim"
	"usher/cmd/demo"
)

func (b *workbench) act(a slacksim.Act) slacksim.ActAnswer {
	b.t.Helper()
	a.Team = "T01"
	answer := b.slack.Act(b.t.Context(), a)
	if !answer.OK {
		b.t.Fatalf("%s: %s %s", a.Do, answer.Error, answer.Detail)
	}
	return answer
}

// Whatever people write, it is shown as written: nothing runs, nothing is asked
// for from elsewhere, and nothing is wider than the screen.
func TestDemoShowsHostileText(t *testing.T) {
	page := browser(t, 380, 800)
	b := newWorkbench(t)
	long := strings.Repeat("unendingly", 30)
	topic := `<img src=x onerror="document.title='owned'"> *not* <https://x.test|here> ` + long[:150]
	c := b.act(slacksim.Act{As: "bob", Do: "create_channel", Name: "hostile"}).Channel.ID
	b.act(slacksim.Act{As: "bob", Do: "set_topic", Channel: c, Topic: &topic})
	for _, text := range []string{
		`<script>document.title='owned'</script>`, "&lt;script&gt;", "<!channel> look", "<javascript:document.title='owned'|press>", "*bold* _no_ ~gone~ `code` " + long,
		"שלום <@U0CAROL> مرحبا", "```" + long + "```", "🎉 :tada: \u202etxt.exe",
	} {
		b.act(slacksim.Act{As: "bob", Do: "post", Channel: c, Text: text})
	}
	name := `"><script>document.title='owned'</script> ` + long
	title := name
	b.act(slacksim.Act{As: "grace", Do: "set_profile", User: "mallory", RealName: &name, Title: &title})
	b.act(slacksim.Act{As: "bob", Do: "invite", Channel: c, Users: slacksim.Names{"mallory", "usher"}})
	b.call(b.ready.BotToken, "chat.postMessage", map[string]any{"channel": c, "text": "x", "blocks": []any{
		map[string]any{"type": "image", "image_url": "https://elsewhere.test/spy.png", "alt_text": "a <b>spy</b>"},
		map[string]any{"type": "rich_text", "elements": []any{map[string]any{"type": "rich_text_section", "elements": []any{
			map[string]any{"type": "text", "text": "<b>rich</b> " + long, "style": map[string]any{"bold": true}}, map[string]any{"type": "link", "url": "javascript:alert(1)", "text": "no"},
		}}}},
	}}, nil)

	run(t, page, chromedp.Navigate(b.page.URL()+"in/T01/U0BOB/"+c), chromedp.WaitVisible(`//*[@role="log"]//*[contains(., "spy")]`), rests(), click("#members summary"))
	shot(t, page, "hostile")
	for what, wrong := range map[string]string{
		"something ran":                     `document.title.includes("owned")`,
		"a script or a picture is there":    `!!document.querySelector("#app script, #app img")`,
		"the page is wider than the screen": `document.documentElement.scrollWidth > innerWidth`,
		"something came from elsewhere":     `performance.getEntriesByType("resource").some(e => !e.name.startsWith(location.origin))`,
		"a link runs something":             `[...document.links].some(a => !/^(https?|mailto):/.test(a.href))`,
		"somebody's name is not shown":      `!document.querySelector("#members").innerText.includes("</script>")`,
	} {
		if ask(t, page, chromedp.Evaluate[bool](wrong)) {
			t.Error(what)
		}
	}
}

// The page says when the demo is gone, and goes on by itself when it is back;
// what was typed is still there.
func TestDemoPageComesBack(t *testing.T) {
	page := browser(t, 1280, 800)
	b := newWorkbench(t)
	general := b.act(slacksim.Act{As: "bob", Do: "create_channel", Name: "back-again"}).Channel.ID
	address := strings.TrimSuffix(strings.TrimPrefix(b.page.URL(), "http://"), "/")
	run(t, page, chromedp.Navigate(b.page.URL()+"in/T01/U0BOB/"+general), chromedp.WaitVisible("#say"), rests(), chromedp.SendKeys("#say", "half a sent"))
	if err := b.page.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	run(t, page, chromedp.WaitVisible("#offline"))
	b.act(slacksim.Act{As: "bob", Do: "post", Channel: general, Text: "said meanwhile"})
	var err error
	if b.page, err = demo.New(demo.Options{Slack: b.slack, Insight: still{}, Command: "/usher", Listen: address}); err != nil {
		t.Fatal(err)
	}
	run(t, page, until(`document.querySelector("#messages").innerText.includes("said meanwhile")`), until(`document.querySelector("#offline").hidden`))
	if value := ask(t, page, chromedp.Value("#say")); value != "half a sent" {
		t.Errorf("the draft is %q afterwards", value)
	}
}

// Everything can be done with the keyboard, and the focus stays where it is
// while the page changes around it.
func TestDemoByKeyboard(t *testing.T) {
	page := browser(t, 1280, 800)
	b := newWorkbench(t)
	focused := func(what string) chromedp.Action[chromedp.Void] {
		return until(`document.activeElement.innerText.trim() === ` + "`" + what + "`")
	}
	run(t, page, chromedp.Navigate(b.page.URL()+"in/T01/U0BOB/home"), chromedp.WaitVisible("#say"), rests(), chromedp.KeyEvent("\t"), focused("Skip to the conversation"))
	shot(t, page, "skip")
	run(t, page, chromedp.KeyEvent("\t"), focused("Skip to the channels"), chromedp.KeyEvent("\r"), until(`document.activeElement.id === "side"`), chromedp.KeyEvent("\t"), focused("Home"))

	random := `document.querySelector('.side a[href$="/` + b.act(slacksim.Act{As: "bob", Do: "create_channel", Name: "zz-mine"}).Channel.ID + `"]')`
	run(t, page, until(random), rests(), until(random+`.focus() || true`), focused("# zz-mine"))
	b.act(slacksim.Act{As: "bob", Do: "create_channel", Name: "aa-first"})
	run(t, page, chromedp.WaitVisible(`//nav//a[contains(., "aa-first")]`), rests(), focused("# zz-mine"), chromedp.KeyEvent("\r"), chromedp.WaitVisible(`//h1[contains(., "zz-mine")]`))

	run(t, page, rests(), until(`document.querySelector("#say").focus() || true`), chromedp.KeyEvent("/usher jo"), chromedp.WaitVisible("#hints"))
	if shown := ask(t, page, chromedp.Evaluate[string](`[...document.querySelectorAll("#hints li:not([hidden]) code")].map(c => c.innerText).join()`)); shown != "/usher join #channel" {
		t.Errorf("the hints are %q", shown)
	}
	shot(t, page, "hint")
	run(t, page, chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent("\r"), until(`document.activeElement.id === "say" && document.activeElement.value === "/usher join "`),
		chromedp.KeyEvent("\x1b"), until(`document.querySelector("#hints").hidden`))
}

// Whoever reads old messages is left where they are; whoever reads the newest
// goes on reading the newest.
func TestDemoKeepsThePlaceInAList(t *testing.T) {
	page := browser(t, 1280, 800)
	b := newWorkbench(t)
	c := b.act(slacksim.Act{As: "bob", Do: "create_channel", Name: "busy"}).Channel.ID
	say := func(text string) { b.act(slacksim.Act{As: "bob", Do: "post", Channel: c, Text: text}) }
	for range 40 {
		say("one more")
	}
	end := `(() => { const m = document.querySelector("#messages"); return m.scrollHeight - m.scrollTop - m.clientHeight < 5; })()`
	run(t, page, chromedp.Navigate(b.page.URL()+"in/T01/U0BOB/"+c), chromedp.WaitVisible("#messages"), rests(), until(end))
	say("the newest")
	run(t, page, until(`document.querySelector("#messages").innerText.includes("the newest")`), until(end))
	run(t, page, until(`(document.querySelector("#messages").scrollTop = 30) === 30`))
	say("the very newest")
	run(t, page, until(`document.querySelector("#messages").innerText.includes("the very newest")`), rests())
	if top := ask(t, page, chromedp.Evaluate[int](`document.querySelector("#messages").scrollTop`)); top != 30 {
		t.Errorf("the list was moved to %d", top)
	}
}

// On a screen that is too narrow for three columns, what Usher did stands beside
// the channels, below the conversation, and not below both.
func TestDemoInTwoColumns(t *testing.T) {
	page := browser(t, 768, 1024)
	b := newWorkbench(t)
	run(t, page, chromedp.Navigate(b.page.URL()+"in/T01/U0BOB/home"), chromedp.WaitVisible("#say"), rests())
	for what, wrong := range map[string]string{
		"what Usher did is below the channels":         `document.querySelector("#behind").getBoundingClientRect().top >= document.querySelector("#side").getBoundingClientRect().bottom`,
		"what Usher did is not below the conversation": `document.querySelector("#behind").getBoundingClientRect().top < document.querySelector("#main").getBoundingClientRect().bottom`,
		"something is wider than its column":           `[...document.querySelectorAll("#side *")].some(e => e.getBoundingClientRect().right > document.querySelector("#side").getBoundingClientRect().right)`,
		"the page is wider than the screen":            `document.documentElement.scrollWidth > innerWidth`,
		"the page fades while it is drawn again":       `[document.body, document.querySelector("#app")].some(e => { e.classList.add("htmx-request"); return getComputedStyle(e).opacity !== "1"; })`,
	} {
		if ask(t, page, chromedp.Evaluate[bool](wrong)) {
			t.Error(what)
		}
	}
}
