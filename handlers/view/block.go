package view

import (
	"github.com/slack-go/slack"
)

func mrkdwn(s string, n int) *slack.TextBlockObject {
	return &slack.TextBlockObject{Type: slack.MarkdownType, Text: clip(s, n)}
}

func plain(s string, n int) *slack.TextBlockObject {
	return &slack.TextBlockObject{Type: slack.PlainTextType, Text: clip(s, n)}
}

func section(text string) *slack.SectionBlock {
	return slack.NewSectionBlock(mrkdwn(text, maxSection), nil, nil)
}

func header(text string) slack.Block { return slack.NewHeaderBlock(plain(text, maxHeader)) }

func divider() slack.Block { return slack.NewDividerBlock() }

func context(texts ...string) slack.Block {
	var elements []slack.MixedElement
	for _, t := range texts[:min(len(texts), maxContext)] {
		elements = append(elements, mrkdwn(t, maxSection))
	}
	return slack.NewContextBlock("", elements...)
}

// row is a line with something to press at its end.
func row(text string, press slack.BlockElement) slack.Block {
	s := section(text)
	s.Accessory = slack.NewAccessory(press)
	return s
}

// button carries ids only: value is an id or a page number, never what it allows.
func button(actionID, value, label string) *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement(actionID, clip(value, maxValue), plain(label, maxButton))
}

func confirm(title, text, yes, no string) *slack.ConfirmationBlockObject {
	return slack.NewConfirmationBlockObject(plain(title, maxConfirmHead), mrkdwn(text, maxConfirmText), plain(yes, maxConfirm), plain(no, maxConfirm))
}

func actions(elements ...slack.BlockElement) slack.Block {
	return slack.NewActionBlock("", elements...)
}
