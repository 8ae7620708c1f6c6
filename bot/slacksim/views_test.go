package slacksim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"usher/bot/slacksim"
)

// idOf is the id of a view in an answer.
func idOf(got map[string]any) string {
	view, _ := got["view"].(map[string]any)
	id, _ := view["id"].(string)
	return id
}

func TestModalsStackThreeHigh(t *testing.T) {
	w := start(t, acme)
	seen := w.triggers()
	press := func() string {
		w.act("", slacksim.Act{As: "bob", Do: "slash", Command: "/usher", Wait: "0s"})
		return <-seen
	}
	w.refuses("", w.bot("views.open", "trigger_id", press(), "view", modalView))
	w.refuses("", w.bot("views.push", "trigger_id", press(), "view", modalView))
	third := w.bot("views.push", "trigger_id", press(), "view", buttonView)
	w.refuses("", third)
	w.refuses("push_limit_reached", w.bot("views.push", "trigger_id", press(), "view", modalView))
	if got := len(w.state().Modals[w.id("bob")]); got != 3 {
		t.Errorf("%d modals", got)
	}
	w.act("view_not_found", slacksim.Act{As: "carol", Do: "close", ViewID: idOf(third)})
	w.act("", slacksim.Act{As: "bob", Do: "close", ViewID: idOf(third)})
	w.refuses("not_found", w.bot("views.update", "view_id", idOf(third), "view", modalView))
	w.refuses("", w.bot("views.open", "trigger_id", press(), "view", modalView)) // a new stack
	if got := len(w.state().Modals[w.id("bob")]); got != 1 {
		t.Errorf("%d modals after opening another", got)
	}
}

func TestTriggersAndHashes(t *testing.T) {
	clock := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	w := start(t, acme, func(o *slacksim.Options) { o.Now = func() time.Time { return clock } })
	seen := w.triggers()
	press := func() string {
		w.act("", slacksim.Act{As: "bob", Do: "slash", Command: "/usher", Wait: "0s"})
		return <-seen
	}
	late := press()
	clock = clock.Add(3100 * time.Millisecond)
	w.refuses("expired_trigger_id", w.bot("views.open", "trigger_id", late, "view", modalView))
	w.refuses("invalid_trigger_id", w.bot("views.open", "trigger_id", "mine", "view", modalView))
	w.refuses("invalid_arguments", w.bot("views.open", "view", modalView))
	once := press()
	opened := w.bot("views.open", "trigger_id", once, "view", modalView)
	w.refuses("", opened)
	w.refuses("exchanged_trigger_id", w.bot("views.open", "trigger_id", once, "view", modalView))
	view, _ := opened["view"].(map[string]any)
	hash, _ := view["hash"].(string)
	w.refuses("", w.bot("views.update", "view_id", idOf(opened), "hash", hash, "view", modalView))
	w.refuses("hash_conflict", w.bot("views.update", "view_id", idOf(opened), "hash", hash, "view", modalView))

	home := w.bot("views.publish", "user_id", w.id("bob"), "view", homeView)
	view, _ = home["view"].(map[string]any)
	hash, _ = view["hash"].(string)
	w.refuses("", w.bot("views.publish", "user_id", w.id("bob"), "view", homeView, "hash", hash))
	w.refuses("hash_conflict", w.bot("views.publish", "user_id", w.id("bob"), "view", homeView, "hash", hash))
}

func TestViewsSlackDoesNotTake(t *testing.T) {
	w := start(t, acme)
	bob := w.id("bob")
	publish := func(view string) map[string]any {
		return w.bot("views.publish", "user_id", bob, "view", view)
	}
	w.refuses("invalid_arguments", publish("{"))
	w.refuses("invalid_arguments", publish(modalView))
	w.refuses("view_too_large", publish(`{"type":"home","private_metadata":"`+strings.Repeat("x", 250_001)+`","blocks":[]}`))
	w.refuses("invalid_arguments", w.bot("views.publish", "user_id", "U0", "view", homeView))
	blocks := strings.Repeat(`{"type":"divider"},`, 100)
	w.refuses("", publish(`{"type":"home","blocks":[`+strings.TrimSuffix(blocks, ",")+`]}`))
	got := publish(`{"type":"home","blocks":[` + blocks + `{"type":"divider"}]}`)
	w.refuses("invalid_arguments", got)
	if meta := fmt.Sprint(got["response_metadata"]); !strings.Contains(meta, "[ERROR]") || !strings.Contains(meta, "json-pointer:/view/blocks") {
		t.Errorf("no pointer: %s", meta)
	}
	w.refuses("", publish(`{"type":"home","external_id":"mine","blocks":[{"type":"divider"}]}`))
	w.refuses("duplicate_external_id", w.bot("views.publish", "user_id", w.id("carol"), "view", `{"type":"home","external_id":"mine","blocks":[{"type":"divider"}]}`))
}

const formView = `{"type":"modal","callback_id":"form","notify_on_close":true,"title":{"type":"plain_text","text":"Form"},"submit":{"type":"plain_text","text":"Go"},"blocks":[
{"type":"input","block_id":"who","label":{"type":"plain_text","text":"Who"},"element":{"type":"users_select","action_id":"a"}},
{"type":"input","block_id":"where","label":{"type":"plain_text","text":"Where"},"element":{"type":"multi_channels_select","action_id":"a","max_selected_items":2}},
{"type":"input","block_id":"what","label":{"type":"plain_text","text":"What"},"element":{"type":"static_select","action_id":"a","options":[{"text":{"type":"plain_text","text":"One"},"value":"1"},{"text":{"type":"plain_text","text":"Two"},"value":"2"}]}},
{"type":"input","block_id":"boxes","optional":true,"label":{"type":"plain_text","text":"Boxes"},"element":{"type":"checkboxes","action_id":"a","options":[{"text":{"type":"plain_text","text":"One"},"value":"1"}]}},
{"type":"input","block_id":"why","label":{"type":"plain_text","text":"Why"},"element":{"type":"plain_text_input","action_id":"a","initial_value":"because","max_length":20}},
{"type":"input","block_id":"found","optional":true,"label":{"type":"plain_text","text":"Found"},"element":{"type":"external_select","action_id":"look","min_query_length":2}}]}`

func TestAFormIsFilledIn(t *testing.T) {
	w := start(t, acme)
	sent := make(chan *slack.ViewState, 1)
	closed := make(chan slack.View, 1)
	triggers := make(chan string, 1)
	option := map[string]any{"text": map[string]any{"type": "plain_text", "text": "Found it"}, "value": "F1"}
	w.connect(func(evt socketmode.Event) any {
		switch data := evt.Data.(type) {
		case slack.SlashCommand:
			triggers <- data.TriggerID
		case slack.InteractionCallback:
			switch data.Type {
			case slack.InteractionTypeBlockSuggestion:
				return map[string]any{"options": []any{option}}
			case slack.InteractionTypeViewSubmission:
				sent <- data.View.State
				return map[string]any{"response_action": "update", "view": jsonOf(t, formView)}
			case slack.InteractionTypeViewClosed:
				closed <- data.View
			}
		}
		return nil
	})
	w.act("", slacksim.Act{As: "bob", Do: "slash", Command: "/usher", Wait: "0s"})
	id := idOf(w.bot("views.open", "trigger_id", <-triggers, "view", formView))
	type values = map[string]map[string]any
	good := func() values {
		return values{"who": {"a": "carol"}, "where": {"a": []any{"random", w.id("general")}}, "what": {"a": "2"}, "boxes": {"a": []any{"1"}}}
	}
	for _, c := range []struct {
		block string
		value any
	}{
		{"who", "nobody"}, {"who", nil}, {"where", []any{"nowhere"}}, {"where", []any{"random", "general", "shared"}}, {"where", []any{}},
		{"what", "3"}, {"why", strings.Repeat("x", 21)}, {"why", ""},
	} {
		v := good()
		v[c.block] = map[string]any{"a": c.value}
		if got := w.act("invalid_input", slacksim.Act{As: "bob", Do: "submit", ViewID: id, Values: v}); got.Errors[c.block] == "" {
			t.Errorf("%v in %s: %+v", c.value, c.block, got)
		}
	}
	v := good()
	v["found"] = map[string]any{"look": "F1"}
	w.act("invalid_input", slacksim.Act{As: "bob", Do: "submit", ViewID: id, Values: v}) // never offered
	w.act("query_too_short", slacksim.Act{As: "bob", Do: "suggest", ActionID: "look", Query: "f"})
	if got := w.act("", slacksim.Act{As: "bob", Do: "suggest", ActionID: "look", Query: "fo"}); !strings.Contains(string(got.Options), "Found it") {
		t.Errorf("options %s", got.Options)
	}
	w.act("element_not_found", slacksim.Act{As: "bob", Do: "submit", ViewID: id, Values: values{"who": {"b": "x"}}})
	if got := w.act("", slacksim.Act{As: "bob", Do: "submit", ViewID: id, Values: v}); len(got.View) == 0 {
		t.Errorf("no view follows: %+v", got)
	}
	state := (<-sent).Values
	if state["who"]["a"].SelectedUser != w.id("carol") || state["where"]["a"].SelectedChannels[0] != w.id("random") || state["what"]["a"].SelectedOption.Value != "2" ||
		state["boxes"]["a"].SelectedOptions[0].Value != "1" || state["why"]["a"].Value != "because" || state["found"]["look"].SelectedOption.Value != "F1" {
		t.Errorf("state %+v", state)
	}
	w.act("", slacksim.Act{As: "bob", Do: "close", ViewID: id})
	if view := <-closed; view.ID != id || view.CallbackID != "form" {
		t.Errorf("closed %+v", view)
	}
	if got := len(w.state().Modals); got != 0 {
		t.Errorf("%d people have modals open", got)
	}
}

func TestAClickNamesOneElement(t *testing.T) {
	w := start(t, acme)
	clicked := make(chan *slack.BlockAction, 10)
	w.connect(func(evt socketmode.Event) any {
		if data, ok := evt.Data.(slack.InteractionCallback); ok {
			clicked <- data.ActionCallback.BlockActions[0]
		}
		return nil
	})
	button := func(value string) string {
		return `{"type":"button","action_id":"join","text":{"type":"plain_text","text":"Join"},"value":"` + value + `"}`
	}
	blocks := `[{"type":"section","block_id":"one","text":{"type":"mrkdwn","text":"a"},"accessory":` + button("A") + `},
		{"type":"section","block_id":"two","text":{"type":"mrkdwn","text":"b"},"accessory":` + button("B") + `},
		{"type":"actions","block_id":"more","elements":[{"type":"overflow","action_id":"menu","options":[{"text":{"type":"plain_text","text":"One"},"value":"1"},{"text":{"type":"plain_text","text":"Two"},"value":"2"}]},
		{"type":"static_select","action_id":"pick","options":[{"text":{"type":"plain_text","text":"One"},"value":"1"}]}]}]`
	posted := w.bot("chat.postEphemeral", "channel", w.id("random"), "user", w.id("bob"), "text", "rooms", "blocks", blocks)
	ts, _ := posted["message_ts"].(string)
	at := slacksim.Act{As: "bob", Do: "click", ActionID: "join", TS: ts, Wait: "0s"}
	w.act("ambiguous_element", at)
	byValue, byBlock := at, at
	byValue.Value, byBlock.BlockID = "B", "one"
	w.act("", byValue)
	w.act("", byBlock)
	if a, b := <-clicked, <-clicked; a.Value != "B" || a.BlockID != "two" || b.Value != "A" {
		t.Errorf("clicked %+v and %+v", a, b)
	}
	w.act("", slacksim.Act{As: "bob", Do: "click", ActionID: "menu", Value: "2", Wait: "0s"})
	w.act("", slacksim.Act{As: "bob", Do: "click", ActionID: "pick", Value: "1", Wait: "0s"})
	if a, b := <-clicked, <-clicked; a.SelectedOption.Value != "2" || b.SelectedOption.Value != "1" {
		t.Errorf("clicked %+v and %+v", a, b)
	}
	w.act("invalid_value", slacksim.Act{As: "bob", Do: "click", ActionID: "pick", Value: "9"})
	byValue.As = "carol"
	w.act("element_not_found", byValue) // it is bob's alone
	w.act("element_not_found", slacksim.Act{As: "bob", Do: "click", ActionID: "leave"})
}

// A channel in the act means a message there, whatever else is in front of the
// person; a person in it means the direct message with them.
func TestAClickInAChannelIsAboutThatChannel(t *testing.T) {
	w := start(t, acme)
	w.connect(func(socketmode.Event) any { return nil })
	const blocks = `[{"type":"actions","elements":[{"type":"button","action_id":"go","text":{"type":"plain_text","text":"Go"}}]}]`
	for _, to := range []string{"random", "finance-department", "bob"} {
		w.refuses("", w.bot("chat.postMessage", "channel", w.id(to), "text", to, "blocks", blocks))
	}
	for place, text := range map[string]string{"": "bob", "random": "random", "#finance-department": "finance-department", "usher": "bob"} {
		got := w.act("", slacksim.Act{As: "bob", Do: "click", ActionID: "go", Channel: place, Wait: "0s"})
		if got.Message == nil || got.Message.Text != text {
			t.Errorf("in %q: %+v", place, got.Message)
		}
	}
	for _, place := range []string{"general", "secret", "nowhere", "carol"} {
		w.act("element_not_found", slacksim.Act{As: "bob", Do: "click", ActionID: "go", Channel: place})
	}
}

// The client offers and accepts only what makes sense: people who are active,
// channels the person can see, dates, times and numbers within their bounds.
func TestWhatTheClientLetsAPersonEnter(t *testing.T) {
	w := start(t, acme)
	seen := w.triggers()
	w.act("", slacksim.Act{As: "bob", Do: "slash", Command: "/usher", Wait: "0s"})
	input := func(block, kind, more string) string {
		return `{"type":"input","optional":true,"block_id":"` + block + `","label":{"type":"plain_text","text":"x"},"element":{"type":"` + kind + `","action_id":"a"` + more + `}}`
	}
	opened := w.bot("views.open", "trigger_id", <-seen, "view", `{"type":"modal","title":{"type":"plain_text","text":"t"},"submit":{"type":"plain_text","text":"s"},"blocks":[`+strings.Join([]string{
		input("user", "users_select", ""), input("public", "channels_select", ""), input("any", "conversations_select", ""),
		input("day", "datepicker", ""), input("time", "timepicker", ""), input("moment", "datetimepicker", ""),
		input("number", "number_input", `,"is_decimal_allowed":false,"min_value":"1","max_value":"9"`), input("share", "number_input", `,"is_decimal_allowed":true`),
		input("mail", "email_text_input", ""), input("other", "email_text_input", ""), input("link", "url_text_input", ""),
	}, ",")+`]}`)
	w.refuses("", opened)
	for _, c := range []struct {
		block string
		value any
		taken bool
	}{
		{block: "user", value: "@carol", taken: true}, {block: "user", value: "old"},
		{block: "public", value: "#shared", taken: true}, {block: "public", value: "finance-department"}, {block: "public", value: "attic"},
		{block: "any", value: "finance-department", taken: true}, {block: "any", value: "carol", taken: true}, {block: "any", value: "secret"},
		{block: "day", value: "2026-11-25", taken: true}, {block: "day", value: "2026-13-01"}, {block: "time", value: "23:59", taken: true}, {block: "time", value: "24:30"},
		{block: "moment", value: 1795646143, taken: true}, {block: "moment", value: float64(1795646143), taken: true}, {block: "moment", value: "soon"},
		{block: "number", value: 7, taken: true}, {block: "number", value: "7.5"}, {block: "number", value: 0}, {block: "number", value: 10}, {block: "number", value: "NaN"}, {block: "share", value: "7.5", taken: true},
		{block: "mail", value: "a@acme.test", taken: true}, {block: "mail", value: "acme"}, {block: "link", value: "https://acme.test", taken: true}, {block: "link", value: "acme"},
	} {
		act := slacksim.Act{As: "bob", Do: "submit", ViewID: idOf(opened), Values: map[string]map[string]any{c.block: {"a": c.value}}}
		if c.taken { // beside something that holds the form back
			act.Values["other"] = map[string]any{"a": "no address"}
		}
		got := w.act("invalid_input", act)
		if complaint := got.Errors[c.block]; (complaint == "") != c.taken {
			t.Errorf("%v in %s: %q", c.value, c.block, complaint)
		}
	}
}

// A modal that clears on close takes those below with it, and the app hears of
// each that wants it to.
func TestClosingAModalThatClears(t *testing.T) {
	w := start(t, acme)
	triggers, closed := make(chan string, 1), make(chan slack.InteractionCallback, 3)
	w.connect(func(evt socketmode.Event) any {
		switch data := evt.Data.(type) {
		case slack.SlashCommand:
			triggers <- data.TriggerID
		case slack.InteractionCallback:
			closed <- data
		}
		return nil
	})
	modal := func(more string) string {
		return strings.Replace(modalView, `"type":"modal"`, `"type":"modal"`+more, 1)
	}
	for i, view := range []string{modal(`,"callback_id":"low","notify_on_close":true`), modal(``), modal(`,"callback_id":"top","notify_on_close":true,"clear_on_close":true`)} {
		w.act("", slacksim.Act{As: "bob", Do: "slash", Command: "/usher", Wait: "0s"})
		method := "views.push"
		if i == 0 {
			method = "views.open"
		}
		w.refuses("", w.bot(method, "trigger_id", <-triggers, "view", view))
	}
	w.act("", slacksim.Act{As: "bob", Do: "close"})
	if got := w.state().Modals; len(got) != 0 {
		t.Errorf("still open: %v", got)
	}
	told := map[string]bool{}
	for range 2 {
		c := <-closed
		told[c.View.CallbackID] = c.IsCleared
	}
	if !told["low"] || !told["top"] {
		t.Errorf("the app was told %v", told)
	}
}
