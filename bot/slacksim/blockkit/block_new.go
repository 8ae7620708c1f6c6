package blockkit

import "maps"

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
	cell := the(shape{open: true, required: []string{"type"}})
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
			"rows": list("", list("", cell)),
		}}},
		"data_table": {onMessage, shape{open: true, required: []string{"rows"}, fields: fields{
			"rows":      list("data_table.rows", list("data_table.columns", cell)),
			"page_size": integer(int64(limit("data_table.page_size").Min), int64(limit("data_table.page_size").Max)),
		}}},
		"data_visualization": {onMessage, shape{open: true, fields: fields{
			"title":      chartTitle,
			"segments":   list("data_visualization.segments", the(shape{open: true})),
			"series":     list("data_visualization.series", the(shape{open: true})),
			"categories": list("data_visualization.categories", the(shape{open: true})),
		}}},
		"task_card": {onMessage, shape{open: true, required: []string{"task_id", "title"}}},
		"plan":      {onMessage, shape{open: true, required: []string{"title"}}},
	}
}

// chartTitle is bare text in some charts and a text object in others.
func chartTitle(c *checker, at string, v any) {
	if words, ok := v.(string); ok {
		c.length(at, words, limit("data_visualization.title"))
	}
}
