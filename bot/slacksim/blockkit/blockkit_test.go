package blockkit_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"usher/bot/slacksim/blockkit"
)

// words is a text of n characters, of two bytes each.
func words(n int) string { return strings.Repeat("é", n) }

func plain(s string) string { return `{"type":"plain_text","text":"` + s + `"}` }

func md(s string) string { return `{"type":"mrkdwn","text":"` + s + `"}` }

func repeat(s string, n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = strings.ReplaceAll(s, "#", fmt.Sprint(i))
	}
	return "[" + strings.Join(all, ",") + "]"
}

// button has an action_id of its own for each #.
const button = `{"type":"button","action_id":"a#","text":{"type":"plain_text","text":"Join"}}`

// choice is an option.
const choice = `{"text":{"type":"plain_text","text":"One"},"value":"v#"}`

func accessory(element string) string {
	return `[{"type":"section","text":` + md("x") + `,"accessory":` + element + `}]`
}

func input(element string) string {
	return `[{"type":"input","label":` + plain("Reason") + `,"element":` + element + `}]`
}

func TestMessage(t *testing.T) {
	for _, c := range []struct {
		name, blocks string
		want         []string
	}{
		{"none", ``, nil},
		{"empty", `[]`, nil},
		{"not JSON", `[`, []string{"must provide valid JSON [json-pointer:/blocks]"}},
		{"not an array", `{}`, []string{"must provide an array [json-pointer:/blocks]"}},
		{"a string for a block", `["x"]`, []string{"must provide an object [json-pointer:/blocks/0]"}},
		{"no type", `[{}]`, []string{"missing required field: type [json-pointer:/blocks/0]"}},
		{"unknown type", `[{"type":"sektion"}]`, []string{"unsupported type: sektion [json-pointer:/blocks/0/type]"}},
		{"a type that is no string", `[{"type":{}}]`, []string{"missing required field: type [json-pointer:/blocks/0]"}},
		{"50 blocks", repeat(`{"type":"divider"}`, 50), nil},
		{"51 blocks", repeat(`{"type":"divider"}`, 51), []string{"no more than 50 items allowed [json-pointer:/blocks]"}},
		{"unknown field", `[{"type":"divider","color":"red"}]`, []string{"invalid additional property: color [json-pointer:/blocks/0]"}},

		{"section at its limit", `[{"type":"section","text":` + md(words(3000)) + `}]`, nil},
		{"section too long", `[{"type":"section","text":` + md(words(3001)) + `}]`, []string{"must be less than 3001 characters [json-pointer:/blocks/0/text/text]"}},
		{"section empty", `[{"type":"section","text":` + md("") + `}]`, []string{"must be more than 0 characters [json-pointer:/blocks/0/text/text]"}},
		{"section with nothing", `[{"type":"section"}]`, []string{"must define either `text` or `fields` [json-pointer:/blocks/0]"}},
		{"section with a bare string", `[{"type":"section","text":"hello"}]`, []string{"must provide an object [json-pointer:/blocks/0/text]"}},
		{"section with a null accessory", `[{"type":"section","text":` + md("x") + `,"accessory":null}]`, []string{"must provide an object [json-pointer:/blocks/0/accessory]"}},
		{"10 fields", `[{"type":"section","fields":` + repeat(md(words(2000)), 10) + `}]`, nil},
		{"11 fields, one too long", `[{"type":"section","fields":` + repeat(md("x"), 10)[:len(repeat(md("x"), 10))-1] + "," + md(words(2001)) + `]}]`,
			[]string{"no more than 10 items allowed [json-pointer:/blocks/0/fields]", "must be less than 2001 characters [json-pointer:/blocks/0/fields/10/text]"}},
		{"header of mrkdwn", `[{"type":"header","text":` + md("x") + `}]`, []string{"unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]"}},
		{"header too long", `[{"type":"header","text":` + plain(words(151)) + `}]`, []string{"must be less than 151 characters [json-pointer:/blocks/0/text/text]"}},
		{"emoji on mrkdwn", `[{"type":"section","text":{"type":"mrkdwn","text":"x","emoji":true}}]`, []string{"invalid additional property: emoji [json-pointer:/blocks/0/text]"}},
		{"emoji that is no boolean", `[{"type":"section","text":{"type":"plain_text","text":"x","emoji":"yes"}}]`, []string{"must provide a boolean [json-pointer:/blocks/0/text/emoji]"}},
		{"25 buttons", `[{"type":"actions","elements":` + repeat(button, 25) + `}]`, nil},
		{"26 buttons", `[{"type":"actions","elements":` + repeat(button, 26) + `}]`, []string{"no more than 25 items allowed [json-pointer:/blocks/0/elements]"}},
		{"actions of nothing", `[{"type":"actions","elements":[]}]`, []string{"must have at least 1 items [json-pointer:/blocks/0/elements]"}},
		{"an input among actions", `[{"type":"actions","elements":[{"type":"plain_text_input"}]}]`, []string{"unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]"}},
		{"11 in context", `[{"type":"context","elements":` + repeat(md("x"), 11) + `}]`, []string{"no more than 10 items allowed [json-pointer:/blocks/0/elements]"}},
		{"a button in context", `[{"type":"context","elements":[` + button + `]}]`, []string{"unsupported type: button [json-pointer:/blocks/0/elements/0/type]"}},
		{"image without its text", `[{"type":"image","image_url":"https://x.test/a.png"}]`, []string{"missing required field: alt_text [json-pointer:/blocks/0]"}},
		{"image of nothing", `[{"type":"image","alt_text":"x"}]`, []string{"must define either `image_url` or `slack_file` [json-pointer:/blocks/0]"}},
		{"markdown together", repeat(`{"type":"markdown","text":"`+words(6001)+`"}`, 2), []string{"all markdown together must be less than 12001 characters [json-pointer:/blocks/1/text]"}},
		{"a table", `[{"type":"table","rows":[[{"type":"raw_text","text":"x"}]]}]`, nil},
		{"rich text", `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"x"}]}]}]`, nil},
		{"rich text of the wrong thing", `[{"type":"rich_text","elements":[{"type":"text","text":"x"}]}]`, []string{"unsupported type: text [json-pointer:/blocks/0/elements/0/type]"}},
		{"an eleventh child", `[{"type":"container","child_blocks":` + repeat(`{"type":"divider"}`, 11) + `}]`, []string{"no more than 10 items allowed [json-pointer:/blocks/0/child_blocks]"}},
		{"a bad child", `[{"type":"container","child_blocks":[{"type":"header"}]}]`, []string{"missing required field: text [json-pointer:/blocks/0/child_blocks/0]"}},
		{"an alert too long", `[{"type":"alert","text":` + md(words(201)) + `}]`, []string{"must be less than 201 characters [json-pointer:/blocks/0/text/text]"}},

		{"a slice of nothing", `[` + pie(`{"label":"a","value":0}`) + `]`, []string{"must be greater than 0 [json-pointer:/blocks/0/chart/segments/0/value]"}},
		{"block_id twice", repeat(`{"type":"divider","block_id":"same"}`, 2), []string{`block_id "same" already exists [json-pointer:/blocks/1/block_id]`}},
		{"block_id empty twice", repeat(`{"type":"divider","block_id":""}`, 2), nil},
		{"block_id too long", `[{"type":"divider","block_id":"` + words(256) + `"}]`, []string{"must be less than 256 characters [json-pointer:/blocks/0/block_id]"}},
		{"action_id twice in a block", `[{"type":"actions","elements":` + strings.ReplaceAll(repeat(button, 2), "a1", "a0") + `}]`,
			[]string{`action_id "a0" already exists in this block [json-pointer:/blocks/0/elements/1/action_id]`}},
		{"action_id again in another block", repeat(`{"type":"actions","elements":[`+strings.ReplaceAll(button, "#", "0")+`]}`, 2), nil},
	} {
		t.Run(c.name, func(t *testing.T) { same(t, blockkit.Message(json.RawMessage(c.blocks)), c.want) })
	}
}

func TestElements(t *testing.T) {
	const at = " [json-pointer:/blocks/0/accessory"
	for _, c := range []struct {
		name, element string
		want          []string
	}{
		{"button", `{"type":"button","text":` + plain(words(75)) + `,"value":"` + words(2000) + `","style":"danger","action_id":"join"}`, nil},
		{"button without text", `{"type":"button"}`, []string{"missing required field: text" + at + "]"}},
		{"button beyond its limits", `{"type":"button","text":` + plain(words(76)) + `,"value":"` + words(2001) + `","style":"green","url":"` + words(3001) + `"}`, []string{
			"must be one of primary, danger" + at + "/style]", "must be less than 76 characters" + at + "/text/text]",
			"must be less than 3001 characters" + at + "/url]", "must be less than 2001 characters" + at + "/value]"}},
		{"button of mrkdwn", `{"type":"button","text":` + md("x") + `}`, []string{"unsupported type: mrkdwn" + at + "/text/type]"}},
		{"confirm", `{"type":"button","text":` + plain("x") + `,"confirm":{"title":` + plain(words(100)) + `,"text":` + md(words(300)) + `,"confirm":` + plain(words(30)) + `,"deny":` + plain("no") + `}}`, nil},
		{"confirm beyond its limits", `{"type":"button","text":` + plain("x") + `,"confirm":{"title":` + plain(words(101)) + `,"confirm":` + plain(words(31)) + `}}`, []string{
			"missing required field: text" + at + "/confirm]", "must be less than 31 characters" + at + "/confirm/confirm/text]",
			"must be less than 101 characters" + at + "/confirm/title/text]"}},
		{"select", `{"type":"static_select","options":` + repeat(choice, 100) + `,"initial_option":` + strings.ReplaceAll(choice, "#", "7") + `}`, nil},
		{"select of 101", `{"type":"static_select","options":` + repeat(choice, 101) + `}`, []string{"no more than 100 items allowed" + at + "/options]"}},
		{"select of nothing", `{"type":"static_select","options":[]}`, []string{"must have at least 1 items" + at + "/options]"}},
		{"select without options", `{"type":"static_select"}`, []string{"must define either `options` or `option_groups`" + at + "]"}},
		{"select with both", `{"type":"static_select","options":` + repeat(choice, 1) + `,"option_groups":` + repeat(`{"label":`+plain("x")+`,"options":[`+choice+`]}`, 1) + `}`,
			[]string{"only one of `options` and `option_groups` is allowed" + at + "]"}},
		{"select in groups", `{"type":"static_select","option_groups":` + repeat(`{"label":`+plain("x")+`,"options":[`+choice+`]}`, 100) + `,"initial_option":` + strings.ReplaceAll(choice, "#", "3") + `}`, nil},
		{"an empty group", `{"type":"static_select","option_groups":[{"label":` + plain(words(76)) + `,"options":[]}]}`, []string{
			"must be less than 76 characters" + at + "/option_groups/0/label/text]", "must have at least 1 items" + at + "/option_groups/0/options]"}},
		{"initial option from elsewhere", `{"type":"static_select","options":` + repeat(choice, 2) + `,"initial_option":` + strings.ReplaceAll(choice, "#", "9") + `}`,
			[]string{"must be one of the options" + at + "/initial_option]"}},
		{"option beyond its limits", `{"type":"static_select","options":[{"text":` + plain(words(76)) + `,"value":"` + words(151) + `","description":` + plain(words(76)) + `}]}`, []string{
			"must be less than 76 characters" + at + "/options/0/description/text]", "must be less than 76 characters" + at + "/options/0/text/text]",
			"must be less than 151 characters" + at + "/options/0/value]"}},
		{"option without a value", `{"type":"static_select","options":[{"text":` + plain("x") + `}]}`, []string{"missing required field: value" + at + "/options/0]"}},
		{"option with a URL", `{"type":"static_select","options":[{"text":` + plain("x") + `,"value":"v","url":"https://x.test"}]}`, []string{"invalid additional property: url" + at + "/options/0]"}},
		{"option of mrkdwn in a select", `{"type":"static_select","options":[{"text":` + md("x") + `,"value":"v"}]}`, []string{"unsupported type: mrkdwn" + at + "/options/0/text/type]"}},
		{"option of mrkdwn in checkboxes", `{"type":"checkboxes","options":[{"text":` + md("x") + `,"value":"v"}]}`, nil},
		{"placeholder too long", `{"type":"users_select","placeholder":` + plain(words(151)) + `}`, []string{"must be less than 151 characters" + at + "/placeholder/text]"}},
		{"external select", `{"type":"external_select","min_query_length":0,"action_id":"channel"}`, nil},
		{"external select, negative", `{"type":"external_select","min_query_length":-1}`, []string{"must be greater than -1" + at + "/min_query_length]"}},
		{"external select, a half", `{"type":"external_select","min_query_length":1.5}`, []string{"must provide an integer" + at + "/min_query_length]"}},
		{"external select with options", `{"type":"external_select","options":[]}`, []string{"invalid additional property: options" + at + "]"}},
		{"several, at most none", `{"type":"multi_users_select","max_selected_items":0}`, []string{"must be greater than 0" + at + "/max_selected_items]"}},
		{"conversations of a kind", `{"type":"conversations_select","filter":{"include":["public","secret"]}}`, []string{"must be one of im, mpim, private, public" + at + "/filter/include/1]"}},
		{"overflow of 5", `{"type":"overflow","options":` + repeat(choice, 5) + `}`, nil},
		{"overflow of 6", `{"type":"overflow","options":` + repeat(choice, 6) + `}`, []string{"no more than 5 items allowed" + at + "/options]"}},
		{"overflow with a URL", `{"type":"overflow","options":[{"text":` + plain("x") + `,"value":"v","url":"https://x.test"}]}`, nil},
		{"11 checkboxes", `{"type":"checkboxes","options":` + repeat(choice, 11) + `}`, []string{"no more than 10 items allowed" + at + "/options]"}},
		{"11 radio buttons", `{"type":"radio_buttons","options":` + repeat(choice, 11) + `}`, []string{"no more than 10 items allowed" + at + "/options]"}},
		{"nothing ticked, said aloud", `{"type":"checkboxes","options":` + repeat(choice, 1) + `,"initial_options":[]}`, []string{"must have at least 1 items" + at + "/initial_options]"}},
		{"a day", `{"type":"datepicker","initial_date":"2026-11-22"}`, nil},
		{"no day", `{"type":"datepicker","initial_date":"2026-02-30"}`, []string{"must be in the form YYYY-MM-DD" + at + "/initial_date]"}},
		{"no time", `{"type":"timepicker","initial_time":"25:00"}`, []string{"must be in the form HH:mm" + at + "/initial_time]"}},
		{"a text input in a section", `{"type":"plain_text_input"}`, []string{"unsupported type: plain_text_input" + at + "/type]"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			same(t, blockkit.Message(json.RawMessage(accessory(strings.ReplaceAll(c.element, "#", "0")))), c.want)
		})
	}
}

func TestInputs(t *testing.T) {
	const at = " [json-pointer:/blocks/0"
	for _, c := range []struct {
		name, blocks string
		want         []string
	}{
		{"text", input(`{"type":"plain_text_input","multiline":true,"min_length":2,"max_length":3000}`), nil},
		{"text too long", input(`{"type":"plain_text_input","max_length":3001}`), []string{"must be less than 3001" + at + "/element/max_length]"}},
		{"text that cannot be typed", input(`{"type":"plain_text_input","min_length":9,"max_length":3}`), []string{"must not be greater than max_length" + at + "/element/min_length]"}},
		{"number", input(`{"type":"number_input","is_decimal_allowed":false,"min_value":"1"}`), nil},
		{"number that does not say", input(`{"type":"number_input"}`), []string{"missing required field: is_decimal_allowed" + at + "/element]"}},
		{"dispatch", input(`{"type":"plain_text_input","dispatch_action_config":{"trigger_actions_on":["on_enter_pressed","on_sneeze"]}}`),
			[]string{"must be one of on_enter_pressed, on_character_entered" + at + "/element/dispatch_action_config/trigger_actions_on/1]"}},
		{"files", input(`{"type":"file_input","max_files":11}`), []string{"must be less than 11" + at + "/element/max_files]"}},
		{"a button for an input", input(strings.ReplaceAll(button, "#", "")), []string{"unsupported type: button" + at + "/element/type]"}},
		{"no label", `[{"type":"input","element":{"type":"plain_text_input"}}]`, []string{"missing required field: label" + at + "]"}},
		{"a label too long", `[{"type":"input","label":` + plain(words(2001)) + `,"element":{"type":"plain_text_input"}}]`, []string{"must be less than 2001 characters" + at + "/label/text]"}},
	} {
		t.Run(c.name, func(t *testing.T) { same(t, blockkit.Message(json.RawMessage(c.blocks)), c.want) })
	}
}

func TestView(t *testing.T) {
	const submit = `,"submit":{"type":"plain_text","text":"Send"}`
	modal := func(blocks, more string) string {
		return `{"type":"modal","title":` + plain("Join") + `,"blocks":` + blocks + more + `}`
	}
	asking := input(`{"type":"plain_text_input"}`)
	for _, c := range []struct {
		name, view string
		want       []string
	}{
		{"nothing", ``, []string{"must provide an object [json-pointer:/view]"}},
		{"no type", `{}`, []string{"missing required field: type [json-pointer:/view]"}},
		{"unknown type", `{"type":"page"}`, []string{"unsupported type: page [json-pointer:/view/type]"}},
		{"home", `{"type":"home","blocks":` + repeat(`{"type":"divider"}`, 100) + `}`, nil},
		{"home of 101", `{"type":"home","blocks":` + repeat(`{"type":"divider"}`, 101) + `}`, []string{"no more than 100 items allowed [json-pointer:/view/blocks]"}},
		{"home of nothing", `{"type":"home","blocks":[]}`, []string{"must have at least 1 items [json-pointer:/view/blocks]"}},
		{"home without blocks", `{"type":"home"}`, []string{"missing required field: blocks [json-pointer:/view]"}},
		{"home with an input", `{"type":"home","blocks":` + asking + `}`, nil},
		{"markdown on a home", `{"type":"home","blocks":[{"type":"markdown","text":"x"}]}`, []string{"unsupported type: markdown [json-pointer:/view/blocks/0/type]"}},
		{"modal", modal(asking, submit), nil},
		{"modal without a title", `{"type":"modal","blocks":[{"type":"divider"}]}`, []string{"missing required field: title [json-pointer:/view]"}},
		{"inputs without submit", modal(asking, ""), []string{"missing required field: submit (there is 1 input block) [json-pointer:/view]"}},
		{"no inputs, no submit", modal(`[{"type":"divider"}]`, ""), nil},
		{"beyond the limits", `{"type":"modal","title":` + plain(words(25)) + `,"submit":` + plain(words(25)) + `,"close":` + plain(words(25)) +
			`,"callback_id":"` + words(256) + `","private_metadata":"` + words(3001) + `","external_id":"` + words(256) + `","blocks":[{"type":"divider"}]}`, []string{
			"must be less than 256 characters [json-pointer:/view/callback_id]", "must be less than 25 characters [json-pointer:/view/close/text]",
			"must be less than 256 characters [json-pointer:/view/external_id]", "must be less than 3001 characters [json-pointer:/view/private_metadata]",
			"must be less than 25 characters [json-pointer:/view/submit/text]", "must be less than 25 characters [json-pointer:/view/title/text]"}},
		{"two with focus", modal(`[`+strings.Trim(input(`{"type":"plain_text_input","focus_on_load":true}`), "[]")+`,`+strings.Trim(input(`{"type":"users_select","focus_on_load":true}`), "[]")+`]`, submit),
			[]string{"only one element may have focus_on_load [json-pointer:/view/blocks/1/element/focus_on_load]"}},
		{"too large", modal(repeat(`{"type":"section","text":`+plain(strings.Repeat("x", 2990))+`}`, 90), ""), []string{"must be less than 250001 bytes [json-pointer:/view]"}},
		{"unknown field", modal(`[{"type":"divider"}]`, `,"colour":"red"`), []string{"invalid additional property: colour [json-pointer:/view]"}},
	} {
		t.Run(c.name, func(t *testing.T) { same(t, blockkit.View(json.RawMessage(c.view)), c.want) })
	}
}

func TestOptions(t *testing.T) {
	for _, c := range []struct {
		name, reply string
		want        []string
	}{
		{"100", `{"options":` + repeat(choice, 100) + `}`, nil},
		{"none found", `{"options":[]}`, nil},
		{"101", `{"options":` + repeat(choice, 101) + `}`, []string{"no more than 100 items allowed [json-pointer:/options]"}},
		{"neither", `{}`, []string{"must define either `options` or `option_groups` [json-pointer:]"}},
		{"nothing", ``, []string{"must provide an object [json-pointer:]"}},
	} {
		t.Run(c.name, func(t *testing.T) { same(t, blockkit.Options(json.RawMessage(c.reply)), c.want) })
	}
}

// What slack-go builds and Slack takes must pass.
func TestBlocksOfSlackGo(t *testing.T) {
	text := slack.NewTextBlockObject(slack.PlainTextType, "Choose", true, false)
	one := slack.NewOptionBlockObject("1", text, text)
	danger := slack.NewButtonBlockElement("leave", "C1", text).WithStyle(slack.StyleDanger).
		WithConfirm(slack.NewConfirmationBlockObject(text, slack.NewTextBlockObject(slack.MarkdownType, "*Sure?*", false, false), text, text))
	minimum := 0
	external := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, text, "channel")
	external.MinQueryLength = &minimum
	view := slack.ModalViewRequest{
		Type: slack.VTModal, Title: text, Submit: text, Close: text, CallbackID: "join", PrivateMetadata: "{}", NotifyOnClose: true,
		Blocks: slack.Blocks{BlockSet: []slack.Block{
			slack.NewHeaderBlock(text),
			slack.NewSectionBlock(text, []*slack.TextBlockObject{text}, slack.NewAccessory(danger)),
			slack.NewActionBlock("acts", danger, slack.NewOverflowBlockElement("more", one),
				slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, text, "one", one), external,
				slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeUser, text, "people")),
			slack.NewContextBlock("ctx", text, slack.NewImageBlockElement("https://x.test/a.png", "alt")),
			slack.NewDividerBlock(),
			slack.NewInputBlock("why", text, text, slack.NewPlainTextInputBlockElement(text, "reason")),
			slack.NewInputBlock("boxes", text, nil, slack.NewCheckboxGroupsBlockElement("boxes", one)),
			slack.NewInputBlock("radio", text, nil, slack.NewRadioButtonsBlockElement("radio", one)),
			slack.NewInputBlock("day", text, nil, slack.NewDatePickerBlockElement("day")),
			slack.NewInputBlock("channel", text, nil, slack.NewOptionsSelectBlockElement(slack.OptTypeConversations, text, "conv")),
		}},
	}
	raw, err := json.Marshal(view)
	if err != nil {
		t.Fatal(err)
	}
	same(t, blockkit.View(raw), nil)
}

func same(t *testing.T, problems []blockkit.Problem, want []string) {
	t.Helper()
	var got []string
	for _, p := range problems {
		got = append(got, p.String())
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}
