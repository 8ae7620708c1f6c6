package view

import (
	"strings"

	"github.com/slack-go/slack"
)

// Message is what somebody is told: mrkdwn text, which stands alone in
// notifications and where blocks cannot be shown, and blocks, which may be none.
type Message struct {
	Text   string
	Blocks []slack.Block
}

// Say is a message of text only. text is mrkdwn, already escaped.
func Say(text string) Message { return Message{Text: clip(text, maxText)} }

// Complaint says what is in the way and what to do next.
func Complaint(what, next string) Message {
	if strings.HasSuffix(what, "\n") {
		return Say(what + next)
	}
	return Say(strings.TrimSpace(what + " " + next))
}

// Apology says that it went wrong inside, and the id under which the operator
// finds it.
func Apology(id string) Message {
	text := "Sorry, something went wrong on my side, and nothing was changed. Please try again in a minute."
	if id != "" {
		text += " If it happens again, tell whoever looks after me about `" + Escape(id) + "`."
	}
	return Say(text)
}

// Dialog is a message as a modal with nothing to do but close it.
func Dialog(m Message) slack.ModalViewRequest {
	blocks := m.Blocks
	if len(blocks) == 0 {
		blocks = []slack.Block{section(m.Text)}
	}
	return modal("Usher", blocks)
}

func modal(title string, blocks []slack.Block) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type:   slack.VTModal,
		Title:  plain(title, maxTitle),
		Close:  plain("Close", maxTitle),
		Blocks: slack.Blocks{BlockSet: blocks[:min(len(blocks), maxView)]},
	}
}
