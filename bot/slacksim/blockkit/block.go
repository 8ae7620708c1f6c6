package blockkit

import (
	"fmt"
	"maps"
	"unicode/utf8"

	"usher/bot/slacksim/spec"
)

// block is a shape and the surfaces it may be on.
type block struct {
	on surface
	shape
}

// blocks checks an array of blocks, at the top of a surface or inside a block.
func (c *checker) blocks(at string, v any, l spec.Limit) {
	for i, item := range c.items(at, v, l) {
		c.block(fmt.Sprintf("%s/%d", at, i), item)
	}
}

func (c *checker) block(at string, v any) {
	object, ok := v.(map[string]any)
	if !ok {
		c.complainf(at, "must provide an object")
		return
	}
	name, ok := object["type"].(string)
	if !ok {
		c.complainf(at, "missing required field: type")
		return
	}
	b, ok := c.known[name]
	if !ok || b.on&c.surface == 0 {
		c.complainf(at+"/type", "unsupported type: %s", name)
		return
	}
	if name == "input" {
		c.inputs++
	}
	outer := c.actionIDs
	c.actionIDs = map[string]bool{}
	s := b.shape
	s.fields = maps.Clone(s.fields)
	if s.fields == nil {
		s.fields = fields{}
	}
	s.fields["block_id"] = blockID
	c.object(at, object, s)
	c.actionIDs = outer
}

func blockID(c *checker, at string, v any) {
	str("block_id")(c, at, v)
	id, _ := v.(string)
	if id == "" {
		return // one is made up
	}
	if c.blockIDs[id] {
		c.complainf(at, "block_id %q already exists", id)
	}
	if c.blockIDs == nil {
		c.blockIDs = map[string]bool{}
	}
	c.blockIDs[id] = true
}

var selects = []string{
	"static_select", "external_select", "users_select", "conversations_select", "channels_select",
	"multi_static_select", "multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select",
}

var (
	accessories = only(elements, append([]string{
		"button", "checkboxes", "datepicker", "image", "overflow", "radio_buttons", "timepicker", "workflow_button",
	}, selects...)...)
	actions = only(elements, append([]string{
		"button", "checkboxes", "datepicker", "datetimepicker", "overflow", "radio_buttons", "timepicker", "workflow_button", "rich_text_input",
	}, selects...)...)
	inputs = only(elements, append([]string{
		"checkboxes", "datepicker", "datetimepicker", "email_text_input", "file_input", "number_input", "plain_text_input",
		"radio_buttons", "rich_text_input", "timepicker", "url_text_input",
	}, selects...)...)
)

// image is both a block and an element.
var image = shape{
	fields: fields{
		"image_url":  str("image.image_url"),
		"slack_file": the(shape{fields: fields{"id": anyString, "url": anyString}}),
		"alt_text":   str("image.alt_text"),
	},
	required: []string{"alt_text"},
	also: func(c *checker, at string, object map[string]any) {
		_, url := object["image_url"]
		_, file := object["slack_file"]
		if url == file {
			c.complainf(at, "must define either `image_url` or `slack_file`")
		}
	},
}

func imageBlock() shape {
	s := image
	s.fields = with(s.fields, fields{"title": text(plainText, "image.alt_text")})
	return s
}

// picture is an image among elements.
var picture = kind(only(elements, "image"))

// contextElement is an image or a text object.
func contextElement(c *checker, at string, v any) {
	object, _ := v.(map[string]any)
	switch object["type"] {
	case "plain_text", "mrkdwn":
		text(eitherText, "text")(c, at, v)
	default:
		picture(c, at, v)
	}
}

// richText has one open level: what is inside its elements is not looked into.
var richText = shape{
	fields: fields{"elements": list("", kind(map[string]shape{
		"rich_text_section":      {open: true, required: []string{"elements"}},
		"rich_text_list":         {open: true, required: []string{"elements", "style"}},
		"rich_text_preformatted": {open: true, required: []string{"elements"}},
		"rich_text_quote":        {open: true, required: []string{"elements"}},
	}))},
	required: []string{"elements"},
}

var classicBlocks = map[string]block{
	"section": {onEverything, shape{
		fields: fields{
			"text":      text(eitherText, "section.text"),
			"fields":    list("section.fields", textWithin(eitherText, spec.Limit{MaxLength: limit("section.fields").ItemMaxLength})),
			"accessory": kind(accessories),
			"expand":    boolean,
		},
		also: func(c *checker, at string, object map[string]any) {
			if object["text"] == nil && object["fields"] == nil {
				c.complainf(at, "must define either `text` or `fields`")
			}
		},
	}},
	"actions": {onEverything, shape{
		fields:   fields{"elements": someOf("actions.elements", kind(actions))},
		required: []string{"elements"},
	}},
	"context": {onEverything, shape{
		fields:   fields{"elements": someOf("context.elements", contextElement)},
		required: []string{"elements"},
	}},
	"divider": {onEverything, shape{}},
	"header":  {onEverything, shape{fields: fields{"text": text(plainText, "header.text")}, required: []string{"text"}}},
	"image":   {onEverything, imageBlock()},
	"input": {onEverything, shape{
		fields: fields{
			"label":           text(plainText, "input.label"),
			"hint":            text(plainText, "input.hint"),
			"element":         kind(inputs),
			"optional":        boolean,
			"dispatch_action": boolean,
		},
		required: []string{"label", "element"},
	}},
	"rich_text": {onEverything, richText},
	"video": {onEverything, shape{
		fields: fields{
			"alt_text":          str("video.alt_text"),
			"title":             text(plainText, "video.title"),
			"title_url":         anyString,
			"video_url":         anyString,
			"thumbnail_url":     anyString,
			"author_name":       str("video.author_name"),
			"provider_name":     str("video.provider_name"),
			"provider_icon_url": anyString,
			"description":       text(plainText, "video.description"),
		},
		required: []string{"alt_text", "title", "video_url", "thumbnail_url"},
	}},
	"file": {onMessage, shape{
		fields:   fields{"external_id": anyString, "source": oneOf("remote")},
		required: []string{"external_id", "source"},
	}},
	"markdown": {onMessage, shape{
		fields: fields{"text": func(c *checker, at string, v any) {
			str("markdown.text")(c, at, v)
			words, _ := v.(string)
			before := c.markdown
			c.markdown += utf8.RuneCountInString(words)
			if before > 0 && before <= maxMarkdown && c.markdown > maxMarkdown {
				c.complainf(at, "all markdown together must be less than %d characters", maxMarkdown+1)
			}
		}},
		required: []string{"text"},
	}},
}
