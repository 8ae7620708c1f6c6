package blockkit_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"usher/bot/slacksim/blockkit"
	"usher/bot/slacksim/spec"
)

// sample makes a message (an array) or a view (an object) in which one thing
// measures n.
type sample func(n int) string

func inSection(element func(n int) string) sample {
	return func(n int) string { return accessory(element(n)) }
}

func inButton(field, value string) sample {
	return inSection(func(n int) string {
		return `{"type":"button","text":` + plain("x") + `,"` + field + `":` + strings.ReplaceAll(value, "@", words(n)) + `}`
	})
}

func inConfirm(field string) sample {
	return inSection(func(n int) string {
		return `{"type":"button","text":` + plain("x") + `,"confirm":{"text":` + plain("x") + `,"` + field + `":` + plain(words(n)) + `}}`
	})
}

func inOption(option string) sample {
	return inSection(func(n int) string {
		return `{"type":"overflow","options":[` + strings.ReplaceAll(option, "@", words(n)) + `]}`
	})
}

// blockOf puts a text of n characters for the @ of a block.
func blockOf(block string) sample {
	return func(n int) string { return `[` + strings.ReplaceAll(block, "@", words(n)) + `]` }
}

// blockWith puts n times an item for the @ of a block.
func blockWith(block, item string) sample {
	return func(n int) string {
		return `[` + strings.ReplaceAll(block, "@", inner(repeat(item, n))) + `]`
	}
}

// numbered puts n itself for the @ of a block.
func numbered(block string) sample {
	return func(n int) string { return `[` + strings.ReplaceAll(block, "@", fmt.Sprint(n)) + `]` }
}

func inner(array string) string { return array[1 : len(array)-1] }

func viewOf(more string) sample {
	return func(n int) string {
		return `{"type":"modal","title":` + plain("x") + `,"blocks":[{"type":"divider"}],` + strings.ReplaceAll(more, "@", words(n)) + `}`
	}
}

const (
	text   = `{"type":"plain_text","text":"@"}`
	x      = `{"type":"plain_text","text":"x"}`
	group  = `{"label":` + x + `,"options":[{"text":` + x + `,"value":"v"}]}`
	point  = `{"label":"a","value":1}`
	series = `{"name":"s","data":[` + point + `]}`
	axis   = `{"categories":["a"]}`
)

func pie(segments string) string {
	return `{"type":"data_visualization","title":"x","chart":{"type":"pie","segments":[` + segments + `]}}`
}

func bar(series, axis string) string {
	return `{"type":"data_visualization","title":"x","chart":{"type":"bar","series":[` + series + `],"axis_config":` + axis + `}}`
}

// samples has one entry for every path of the limits file.
var samples = map[string]sample{
	"text":                       blockOf(`{"type":"section","text":` + text + `}`),
	"action_id":                  inButton("action_id", `"@"`),
	"block_id":                   blockOf(`{"type":"divider","block_id":"@"}`),
	"button.text":                inSection(func(n int) string { return `{"type":"button","text":` + plain(words(n)) + `}` }),
	"button.url":                 inButton("url", `"@"`),
	"button.value":               inButton("value", `"@"`),
	"button.accessibility_label": inButton("accessibility_label", `"@"`),
	"confirmation.title":         inConfirm("title"),
	"confirmation.text":          inConfirm("text"),
	"confirmation.confirm":       inConfirm("confirm"),
	"confirmation.deny":          inConfirm("deny"),
	"option.text":                inOption(`{"text":` + text + `,"value":"v"}`),
	"option.value":               inOption(`{"text":` + x + `,"value":"@"}`),
	"option.description":         inOption(`{"text":` + x + `,"value":"v","description":` + text + `}`),
	"option.url":                 inOption(`{"text":` + x + `,"value":"v","url":"@"}`),
	"option_group.label": inSection(func(n int) string {
		return `{"type":"static_select","option_groups":[` + strings.Replace(group, x, plain(words(n)), 1) + `]}`
	}),
	"option_group.options": inSection(func(n int) string {
		return `{"type":"static_select","option_groups":[{"label":` + x + `,"options":` + repeat(choice, n) + `}]}`
	}),
	"select.placeholder":                  inSection(func(n int) string { return `{"type":"users_select","placeholder":` + plain(words(n)) + `}` }),
	"select.options":                      inSection(func(n int) string { return `{"type":"static_select","options":` + repeat(choice, n) + `}` }),
	"select.option_groups":                inSection(func(n int) string { return `{"type":"static_select","option_groups":` + repeat(group, n) + `}` }),
	"overflow.options":                    inSection(func(n int) string { return `{"type":"overflow","options":` + repeat(choice, n) + `}` }),
	"checkboxes.options":                  inSection(func(n int) string { return `{"type":"checkboxes","options":` + repeat(choice, n) + `}` }),
	"radio_buttons.options":               inSection(func(n int) string { return `{"type":"radio_buttons","options":` + repeat(choice, n) + `}` }),
	"url_source.url":                      blockOf(`{"type":"task_card","task_id":"t","title":"x","sources":[{"type":"url","text":"x","url":"@"}]}`),
	"file_input.max_files":                numbered(`{"type":"input","label":` + x + `,"element":{"type":"file_input","max_files":@}}`),
	"plain_text_input.max_length":         numbered(`{"type":"input","label":` + x + `,"element":{"type":"plain_text_input","max_length":@}}`),
	"actions.elements":                    blockWith(`{"type":"actions","elements":[@]}`, button),
	"alert.text":                          blockOf(`{"type":"alert","text":` + text + `}`),
	"card.title":                          blockOf(`{"type":"card","title":` + text + `}`),
	"card.subtitle":                       blockOf(`{"type":"card","subtitle":` + text + `}`),
	"card.body":                           blockOf(`{"type":"card","body":` + text + `}`),
	"card.subtext":                        blockOf(`{"type":"card","subtext":` + text + `}`),
	"card.actions":                        blockWith(`{"type":"card","actions":[@]}`, button),
	"carousel.elements":                   blockWith(`{"type":"carousel","elements":[@]}`, `{"type":"card"}`),
	"container.title":                     blockOf(`{"type":"container","child_blocks":[],"title":` + text + `}`),
	"container.subtitle":                  blockOf(`{"type":"container","child_blocks":[],"subtitle":` + text + `}`),
	"container.child_blocks":              blockWith(`{"type":"container","child_blocks":[@]}`, `{"type":"divider"}`),
	"context.elements":                    blockWith(`{"type":"context","elements":[@]}`, x),
	"context_actions.elements":            blockWith(`{"type":"context_actions","elements":[@]}`, `{"type":"icon_button","icon":"trash","action_id":"a#","text":`+x+`}`),
	"feedback_button.text":                blockOf(feedbackOf(`{"text":` + text + `,"value":"v"}`)),
	"feedback_button.value":               blockOf(feedbackOf(`{"text":` + x + `,"value":"@"}`)),
	"feedback_button.accessibility_label": blockOf(feedbackOf(`{"text":` + x + `,"value":"v","accessibility_label":"@"}`)),
	"icon_button.visible_to_user_ids":     blockWith(`{"type":"context_actions","elements":[{"type":"icon_button","icon":"trash","text":`+x+`,"visible_to_user_ids":[@]}]}`, `"U#"`),
	"data_table.rows":                     blockWith(`{"type":"data_table","caption":"x","rows":[@]}`, `[{"type":"raw_text","text":"x"}]`),
	"data_table.columns":                  blockWith(`{"type":"data_table","caption":"x","rows":[[@],[{"type":"raw_text","text":"x"}]]}`, `{"type":"raw_text","text":"x"}`),
	"data_table.page_size":                numbered(`{"type":"data_table","caption":"x","page_size":@,"rows":[[{"type":"raw_text","text":"x"}],[{"type":"raw_text","text":"x"}]]}`),
	"data_table.cell_text":                blockOf(`{"type":"data_table","caption":"x","rows":[[{"type":"raw_text","text":"@"}],[{"type":"raw_text","text":"x"}]]}`),
	"data_table.content":                  blockOf(`{"type":"data_table","caption":"x","rows":[[{"type":"raw_text","text":"@"}],[{"type":"raw_number","value":1}]]}`),
	"data_visualization.title":            blockOf(strings.Replace(pie(point), `"title":"x"`, `"title":"@"`, 1)),
	"data_visualization.segments":         blockWith(pie("@"), point),
	"data_visualization.segment.label":    blockOf(pie(`{"label":"@","value":1}`)),
	"data_visualization.series":           blockWith(bar("@", axis), series),
	"data_visualization.series_name":      blockOf(bar(`{"name":"@","data":[`+point+`]}`, axis)),
	"data_visualization.data":             blockWith(bar(`{"name":"s","data":[@]}`, axis), point),
	"data_visualization.point_label":      blockOf(bar(`{"name":"s","data":[{"label":"@","value":1}]}`, axis)),
	"data_visualization.categories":       blockWith(bar(series, `{"categories":[@]}`), `"c#"`),
	"data_visualization.category_label":   blockOf(bar(series, `{"categories":["@"]}`)),
	"data_visualization.axis_label":       blockOf(bar(series, `{"categories":["a"],"x_label":"@"}`)),
	"header.text":                         blockOf(`{"type":"header","text":` + text + `}`),
	"image.image_url":                     blockOf(`{"type":"image","alt_text":"x","image_url":"@"}`),
	"image.alt_text":                      blockOf(`{"type":"image","image_url":"https://x.test","alt_text":"@"}`),
	"input.label":                         blockOf(`{"type":"input","element":{"type":"plain_text_input"},"label":` + text + `}`),
	"input.hint":                          blockOf(`{"type":"input","element":{"type":"plain_text_input"},"label":` + x + `,"hint":` + text + `}`),
	"markdown.text":                       blockOf(`{"type":"markdown","text":"@"}`),
	"section.text":                        blockOf(`{"type":"section","text":` + text + `}`),
	"section.fields":                      blockWith(`{"type":"section","fields":[@]}`, x),
	"video.alt_text":                      blockOf(video(`"alt_text":"@","title":` + x)),
	"video.title":                         blockOf(video(`"alt_text":"x","title":` + text)),
	"video.author_name":                   blockOf(video(`"alt_text":"x","author_name":"@","title":` + x)),
	"video.provider_name":                 blockOf(video(`"alt_text":"x","provider_name":"@","title":` + x)),
	"video.description":                   blockOf(video(`"alt_text":"x","title":` + x + `,"description":` + text)),
	"view.blocks":                         func(n int) string { return `{"type":"home","blocks":` + repeat(`{"type":"divider"}`, n) + `}` },
	"view.private_metadata":               viewOf(`"private_metadata":"@"`),
	"view.callback_id":                    viewOf(`"callback_id":"@"`),
	"view.close":                          viewOf(`"close":` + text),
	"view.submit":                         viewOf(`"submit":` + text),
	"view.title": func(n int) string {
		return `{"type":"modal","title":` + plain(words(n)) + `,"blocks":[{"type":"divider"}]}`
	},
}

func feedbackOf(positive string) string {
	return `{"type":"context_actions","elements":[{"type":"feedback_buttons","positive_button":` + positive + `,"negative_button":{"text":` + x + `,"value":"v"}}]}`
}

func video(fields string) string {
	return `{"type":"video","video_url":"https://x.test","thumbnail_url":"https://x.test",` + fields + `}`
}

// Every figure of Slack's limits file is held: at the limit Slack takes it,
// one beyond it does not.
func TestEveryLimitOfTheFile(t *testing.T) {
	limits := spec.Limits()
	for path := range samples {
		if _, ok := limits[path]; !ok {
			t.Errorf("%s has a sample and no limit", path)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(limits)) {
		t.Run(path, func(t *testing.T) {
			of := samples[path]
			if of == nil {
				t.Fatal("no sample")
			}
			try := func(n int, taken bool) {
				t.Helper()
				raw := json.RawMessage(of(n))
				problems := blockkit.Message(raw)
				if raw[0] == '{' {
					problems = blockkit.View(raw)
				}
				if (len(problems) == 0) != taken {
					t.Errorf("%d: taken should be %v, problems %v", n, taken, problems)
				}
			}
			l := limits[path]
			if most := l.MaxLength + l.MaxItems + int(l.Max); most > 0 {
				try(most, true)
				try(most+1, false)
			}
			if least := l.MinLength + l.MinItems + int(l.Min); least > 0 {
				try(least, true)
				try(least-1, false)
			}
		})
	}
}
