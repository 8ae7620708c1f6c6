package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// choose picks options of a select, as somebody does with the mouse.
func choose(selector string, values ...string) chromedp.Action[chromedp.Void] {
	picked, _ := json.Marshal(append([]string{}, values...))
	return until(fmt.Sprintf(`(() => {
		const s = document.querySelector(%q), want = %s;
		if (!s || !want.every(v => [...s.options].some(o => o.value === v))) return false;
		for (const o of s.options) o.selected = want.includes(o.value);
		s.dispatchEvent(new Event("input", {bubbles: true}));
		s.dispatchEvent(new Event("change", {bubbles: true}));
		return true;
	})()`, selector, picked))
}

func label(s string) map[string]any { return map[string]any{"type": "plain_text", "text": s} }

func choices(values ...string) []any {
	var all []any
	for _, v := range values {
		all = append(all, map[string]any{"text": label(strings.ToUpper(v)), "value": v})
	}
	return all
}

func with(kind, id string, more map[string]any) map[string]any {
	e := map[string]any{"type": kind, "action_id": id}
	maps.Copy(e, more)
	return e
}

func live(id string, elements ...any) map[string]any {
	return map[string]any{"type": "actions", "block_id": id, "elements": elements}
}

// Each element that is sent at once sends what was chosen, and nothing of its neighbours'.
func TestDemoDrawsLiveElements(t *testing.T) {
	page := browser(t, 1280, 1000)
	b := newWorkbench(t)
	b.answer = func(kind string, payload map[string]any) any {
		if kind == "block_suggestion" {
			return map[string]any{"options": choices("for-"+payload["value"].(string), "other")}
		}
		return nil
	}
	offered := map[string]any{"options": choices("a", "b", "c")}
	sure := map[string]any{"title": label("Sure?"), "text": map[string]any{"type": "mrkdwn", "text": "*Really* <b>now</b>?"}, "confirm": label("Go on"), "deny": label("Stop")}
	b.call(b.ready.BotToken, "views.publish", map[string]any{"user_id": "U0BOB", "view": map[string]any{"type": "home", "blocks": []any{
		live("one", with("button", "spaced", map[string]any{"text": label("Press"), "value": "0 "}), with("button", "asks", map[string]any{"text": label("Ask"), "value": "x", "confirm": sure})),
		live("two", with("static_select", "static", offered), with("users_select", "user", nil), with("channels_select", "channel", nil), with("conversations_select", "talk", nil)),
		live("three", with("checkboxes", "boxes", map[string]any{"options": choices("a", "b", "c"), "initial_options": choices("a")}), with("radio_buttons", "radio", offered)),
		live("four", with("overflow", "more", offered), with("datepicker", "day", nil), with("timepicker", "time", nil)),
		live("five", with("multi_static_select", "several", offered), with("external_select", "asked", map[string]any{"min_query_length": 1})),
	}}}, nil)
	home := func(id string) string { return fmt.Sprintf(`#home [name$=":%s"]:not([type=hidden])`, id) }
	run(t, page, chromedp.Navigate(b.page.URL()+"in/T01/U0BOB/home"), chromedp.WaitVisible("#home"), rests())
	shot(t, page, "elements")

	for _, c := range []struct {
		id    string
		step  chromedp.Action[chromedp.Void]
		field string
		want  string // as JSON
	}{
		{"spaced", pressed("Press"), "value", `"0 "`},
		{"static", choose(home("static"), "b"), "selected_option", `{"text":{"text":"B","type":"plain_text"},"value":"b"}`},
		{"user", choose(home("user"), "U0CAROL"), "selected_user", `"U0CAROL"`},
		{"boxes", click(home("boxes") + `[value="c"]`), "selected_options", `[{"text":{"text":"C","type":"plain_text"},"value":"c"},{"text":{"text":"A","type":"plain_text"},"value":"a"}]`},
		{"radio", click(home("radio") + `[value="b"]`), "selected_option", `{"text":{"text":"B","type":"plain_text"},"value":"b"}`},
		{"day", until(`(() => { const d = document.querySelector('#home [name$=":day"]'); d.value = "2030-01-02"; return d.dispatchEvent(new Event("change", {bubbles: true})); })()`), "selected_date", `"2030-01-02"`},
		{"several", choose(home("several"), "a", "c"), "selected_options", `[{"text":{"text":"A","type":"plain_text"},"value":"a"},{"text":{"text":"C","type":"plain_text"},"value":"c"}]`},
	} {
		run(t, page, c.step)
		got := b.nextAction()
		value, _ := json.Marshal(got[c.field])
		if got["action_id"] != c.id || string(value) != c.want {
			t.Errorf("%s: the app got %v with %s, want %s", c.id, got["action_id"], value, c.want)
		}
	}
	run(t, page, rests(), click(home("boxes")+`[value="a"]`))
	if got, _ := json.Marshal(b.nextAction()["selected_options"]); strings.Contains(string(got), `"a"`) || !strings.Contains(string(got), `"c"`) {
		t.Errorf("a was unticked, c is ticked, and the app got %s", got)
	}
	run(t, page, rests(), click(home("boxes")+`[value="c"]`))
	if got, _ := json.Marshal(b.nextAction()["selected_options"]); string(got) != `[]` {
		t.Errorf("no box is ticked, and the app got %s", got)
	}

	run(t, page, click("#home .overflow summary"), click(`//div[@id="home"]//details//button[normalize-space()="B"]`))
	if got := b.nextAction(); got["action_id"] != "more" {
		t.Errorf("the menu sent %v", got)
	}

	run(t, page, chromedp.SendKeys(`#home .suggest`, "fin"), choose(home("asked"), "for-fin"))
	if got := fmt.Sprint(b.nextAction()); !strings.Contains(got, "value:for-fin") {
		t.Errorf("the app's own option arrived as %s", got)
	}

	run(t, page, rests(), pressed("Ask"), chromedp.WaitVisible("#confirm[open]"), until(`document.querySelector("#confirm .text").innerHTML === "<b>Really</b> &lt;b&gt;now&lt;/b&gt;?"`), pressed("Stop"))
	run(t, page, pressed("Ask"), chromedp.WaitVisible("#confirm[open]"), pressed("Go on"))
	if got := b.nextAction(); got["action_id"] != "asks" {
		t.Errorf("the confirmed button sent %v", got)
	}
}

func field(id string, element map[string]any) map[string]any {
	return map[string]any{"type": "input", "block_id": id, "optional": true, "label": label("Field " + id), "element": element}
}

// A modal sends what was typed and chosen, what was cleared as cleared, keeps
// all of it while a field is complained about, and closes with Escape.
func TestDemoFillsInAModal(t *testing.T) {
	page := browser(t, 1280, 1000)
	b := newWorkbench(t)
	complain := true
	b.answer = func(kind string, _ map[string]any) any {
		if kind == "view_submission" && complain {
			complain = false
			return map[string]any{"response_action": "errors", "errors": map[string]any{"text": "Say it nicer."}}
		}
		return nil
	}
	b.call(b.ready.BotToken, "views.publish", map[string]any{"user_id": "U0BOB", "view": map[string]any{"type": "home", "blocks": []any{
		live("one", with("button", "open", map[string]any{"text": label("Open"), "value": "x"})),
	}}}, nil)
	open := func() {
		run(t, page, rests(), pressed("Open"))
		b.call(b.ready.BotToken, "views.open", map[string]any{"trigger_id": b.next()["trigger_id"], "view": map[string]any{
			"type": "modal", "title": label("Everything"), "submit": label("Send it"), "close": label("Never mind"), "blocks": []any{
				field("text", with("plain_text_input", "v", map[string]any{"initial_value": "old", "max_length": 50})),
				field("long", with("plain_text_input", "v", map[string]any{"multiline": true})),
				field("number", with("number_input", "v", map[string]any{"is_decimal_allowed": false})),
				field("boxes", with("checkboxes", "v", map[string]any{"options": choices("a", "b"), "initial_options": choices("a", "b")})),
				field("people", with("multi_users_select", "v", map[string]any{"initial_users": []string{"U0BOB", "U0CAROL"}})),
				field("rooms", with("multi_conversations_select", "v", map[string]any{"filter": map[string]any{"include": []string{"public"}}})),
				field("moment", with("datetimepicker", "v", nil)),
			},
		}}, nil)
		run(t, page, chromedp.WaitVisible("dialog.modal[open]"), until(`document.activeElement.closest("dialog.modal")`), rests())
	}
	run(t, page, chromedp.Navigate(b.page.URL()+"in/T01/U0BOB/home"), chromedp.WaitVisible("#home"))
	open()
	shot(t, page, "modal")
	run(t, page, chromedp.KeyEvent("\x1b"), chromedp.WaitNotPresent("dialog.modal"), until(`document.activeElement.textContent.trim() === "Open"`))

	open()
	if offered := ask(t, page, chromedp.Evaluate[string](`document.querySelector('.modal [name="v:rooms:v"]:not([type=hidden])').innerText`)); strings.Contains(offered, "finance-audit") || !strings.Contains(offered, "general") {
		t.Errorf("a select of public channels offers %q", offered)
	}
	run(t, page,
		chromedp.SetValue(`.modal [name="v:text:v"]`, "new"), chromedp.SendKeys(`.modal [name="v:long:v"]`, "two\nlines"), chromedp.SendKeys(`.modal [name="v:number:v"]`, "42"),
		click(`.modal [name="v:boxes:v"][value="a"]`), click(`.modal [name="v:boxes:v"][value="b"]`),
		choose(`.modal [name="v:people:v"]:not([type=hidden])`),
		click(".modal footer .primary"), chromedp.WaitVisible(".modal .bad"))
	b.next()
	// The complaint may be drawn before the answer that moves the focus to it.
	run(t, page, until(`document.activeElement.getAttribute("aria-invalid") === "true"`), rests())
	shot(t, page, "modal-refused")
	run(t, page, click(".modal footer .primary"), chromedp.WaitNotPresent(".modal"))
	view, _ := b.next()["view"].(map[string]any)
	state, _ := json.Marshal(view["state"])
	for _, want := range []string{`"value":"new"`, `"value":"two\nlines"`, `"value":"42"`, `"boxes":{"v":{"selected_options":[]`, `"people":{"v":{"selected_users":[]`, `"moment":{"v":{"selected_date_time":null`} {
		if !strings.Contains(string(state), want) {
			t.Errorf("the submission lacks %s: %s", want, state)
		}
	}
}
