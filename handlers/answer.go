package handlers

import (
	"encoding/json"

	"github.com/slack-go/slack"

	"usher/handlers/view"
	"usher/rules/action"
	"usher/rules/workspace"
)

// origin is what every payload that a person caused says about where they wait.
type origin struct {
	User struct {
		ID workspace.UserID `json:"id"`
	} `json:"user"`
	UserID      workspace.UserID `json:"user_id"` // slash commands
	ResponseURL string           `json:"response_url"`
	TriggerID   string           `json:"trigger_id"`
	View        struct {
		ID   string `json:"id"`
		Type string `json:"type"`
		Hash string `json:"hash"`
	} `json:"view"`
}

func (o origin) asker() workspace.UserID {
	if o.UserID != "" {
		return o.UserID
	}
	return o.User.ID
}

// complaint puts a Complaint where the person who caused it looks: in the ack of
// a command or a submission, after a click through its response URL, on Home and
// in modals as a modal.
func complaint(kind string, payload json.RawMessage, c *Complaint) Outcome {
	return answer(kind, payload, view.Complaint(c.What, c.Next))
}

// Apology tells the person who caused a payload that it went wrong inside, and
// under which id the operator finds it. It has no actions for payloads that
// nobody waits for.
func (*Router) Apology(kind string, r Request, payload json.RawMessage) Outcome {
	return answer(kind, payload, view.Apology(r.EventID))
}

func answer(kind string, payload json.RawMessage, m view.Message) Outcome {
	var o origin
	if json.Unmarshal(payload, &o) != nil && o.asker() == "" {
		return Outcome{}
	}
	return o.answer(kind, m)
}

func (o origin) answer(kind string, m view.Message) Outcome {
	switch verb(kind) {
	case "operator":
		return Outcome{Reply: Reply{Text: m.Text, Refused: true}}
	case "command":
		return Outcome{Reply: Reply{Text: m.Text, Blocks: m.Blocks}}
	case "view":
		modal := view.Dialog(m)
		return Outcome{Reply: Reply{Update: &modal}}
	case "action":
		if o.ResponseURL == "" && o.TriggerID != "" {
			return Outcome{Reply: Reply{Open: &Modal{
				TriggerID: o.TriggerID, Push: o.View.Type == string(slack.VTModal), View: view.Dialog(m),
			}}}
		}
		if o.asker() != "" {
			var out Outcome
			out.do(action.Reply{Asked: action.Asked{By: o.asker(), ResponseURL: o.ResponseURL}, Text: m.Text, Blocks: encode(m.Blocks)})
			return out
		}
	}
	return Outcome{}
}

// encode is blocks as an action keeps them.
func encode(blocks []slack.Block) string {
	if len(blocks) == 0 {
		return ""
	}
	return string(marshal(slack.Blocks{BlockSet: blocks}))
}
