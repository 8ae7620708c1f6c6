package blockkit

import (
	"encoding/json"
	"maps"
	"unicode/utf8"
)

// knownBlocks are all blocks.
var knownBlocks = func() map[string]block {
	all := maps.Clone(classicBlocks)
	maps.Copy(all, newBlocks())
	return all
}()

// newBlocks are the blocks Slack added since 2025. Their fields are still
// changing, so only what is documented about each field is checked and fields
// not known here are let through.
func newBlocks() map[string]block {
	card := shape{open: true, fields: fields{
		"title":    text(eitherText, "card.title"),
		"subtitle": text(eitherText, "card.subtitle"),
		"body":     text(eitherText, "card.body"),
		"subtext":  text(eitherText, "card.subtext"),
		"actions":  list("card.actions", kind(only(elements, "button"))),
	}}
	anyCell := the(shape{open: true, required: []string{"type"}})
	dataCell := the(shape{open: true, required: []string{"type"}, fields: fields{"text": str("data_table.cell_text")}})
	sources := list("", the(shape{open: true, fields: fields{"url": str("url_source.url")}}))
	return map[string]block{
		"alert": {onMessage | onModal, shape{open: true, required: []string{"text"}, fields: fields{
			"text":  text(eitherText, "alert.text"),
			"level": oneOf("default", "info", "warning", "error", "success"),
		}}},
		"card": {onMessage, card},
		"carousel": {onMessage, shape{open: true, required: []string{"elements"}, fields: fields{
			"elements": list("carousel.elements", kind(map[string]shape{"card": card})),
		}}},
		"container": {onMessage, shape{open: true, required: []string{"child_blocks"}, fields: fields{
			"title":    text(plainText, "container.title"),
			"subtitle": text(eitherText, "container.subtitle"),
			"child_blocks": func(c *checker, at string, v any) {
				c.blocks(at, v, limit("container.child_blocks"))
			},
		}}},
		"context_actions": {onMessage, shape{required: []string{"elements"}, fields: fields{
			"elements": list("context_actions.elements", kind(only(elements, "feedback_buttons", "icon_button"))),
		}}},
		"table": {onMessage, shape{open: true, required: []string{"rows"}, fields: fields{
			"rows": list("", list("", anyCell)),
		}}},
		"data_table": {onMessage, shape{open: true, required: []string{"rows"}, also: dataTableContent, fields: fields{
			"rows":      list("data_table.rows", list("data_table.columns", dataCell)),
			"page_size": integer(int64(limit("data_table.page_size").Min), int64(limit("data_table.page_size").Max)),
		}}},
		"data_visualization": {onMessage, shape{open: true, required: []string{"title", "chart"}, fields: fields{
			"title": str("data_visualization.title"), "chart": chart,
		}}},
		"task_card": {onMessage, shape{open: true, required: []string{"task_id", "title"}, fields: fields{"sources": sources}}},
		"plan":      {onMessage, shape{open: true, required: []string{"title"}}},
	}
}

// dataTableContent bounds the characters of all cells together.
func dataTableContent(c *checker, at string, object map[string]any) {
	total := 0
	rows, _ := object["rows"].([]any)
	for _, r := range rows {
		row, _ := r.([]any)
		for _, v := range row {
			cell, _ := v.(map[string]any)
			words, _ := cell["text"].(string)
			total += utf8.RuneCountInString(words)
		}
	}
	if most := limit("data_table.content").MaxLength; total > most {
		c.complainf(at+"/rows", "all cells together must be less than %d characters", most+1)
	}
}

var axes = shape{open: true, fields: fields{
	"series": list("data_visualization.series", the(shape{open: true, required: []string{"name", "data"}, fields: fields{
		"name": str("data_visualization.series_name"),
		"data": list("data_visualization.data", the(shape{open: true, required: []string{"label", "value"}, fields: fields{
			"label": str("data_visualization.point_label"),
		}})),
	}})),
	"axis_config": the(shape{open: true, required: []string{"categories"}, fields: fields{
		"categories": list("data_visualization.categories", str("data_visualization.category_label")),
		"x_label":    str("data_visualization.axis_label"),
		"y_label":    str("data_visualization.axis_label"),
	}}),
}, required: []string{"series", "axis_config"}}

var chart = kind(map[string]shape{
	"pie": {open: true, required: []string{"segments"}, fields: fields{
		"segments": list("data_visualization.segments", the(shape{open: true, required: []string{"label", "value"}, fields: fields{
			"label": str("data_visualization.segment.label"),
			"value": positive,
		}})),
	}},
	"bar": axes, "area": axes, "line": axes,
})

func positive(c *checker, at string, v any) {
	number, _ := v.(json.Number)
	if n, err := number.Float64(); err != nil {
		c.complainf(at, "must provide a number")
	} else if n <= 0 {
		c.complainf(at, "must be greater than 0")
	}
}
