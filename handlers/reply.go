package handlers

import (
	"encoding/json"

	"github.com/slack-go/slack"
)

// Reply is what the person in front of the screen gets at once. At most one of
// its groups is set; the zero Reply is a bare ack.
type Reply struct {
	// A message only the asker sees, to a slash command.
	Text   string // mrkdwn, already escaped; also what notifications show
	Blocks []slack.Block

	// To somebody on the machine.
	Refused bool   // nothing was done
	Run     string // what it is carried out as

	// To a view submission.
	Errors map[string]string // by block id: what is wrong with what was typed
	Update *slack.ModalViewRequest
	Push   *slack.ModalViewRequest
	Clear  bool // close every modal

	// To an options request.
	Options []*slack.OptionBlockObject
	Groups  []*slack.OptionGroupBlockObject

	// Open needs a Web API call: dispatch makes it right after the commit, ahead
	// of everything queued, because the trigger lives 3 seconds.
	Open *Modal
}

// Modal is a view to be shown to the person who pressed something: opened or
// pushed with TriggerID, or put in the place of ViewID.
type Modal struct {
	TriggerID string
	Push      bool   // on top of the modal that is open
	ViewID    string // set: views.update of this view instead
	Hash      string // guards the update
	View      slack.ModalViewRequest
}

// MaxAck is the size in bytes from which Slack drops an ack without a word.
const MaxAck = 20_480

// AckPayload is the JSON that rides in the ack of an envelope of this route
// kind, nil when there is none. It never reaches MaxAck: blocks that would are
// left out and the text remains.
func (r Reply) AckPayload(kind string) json.RawMessage {
	var v any
	switch {
	case verb(kind) == "command" && (r.Text != "" || len(r.Blocks) > 0):
		v = r.message()
		if b := marshal(v); len(b) < MaxAck-ackEnvelope {
			return b
		}
		r.Blocks = nil
		v = r.message()
	case verb(kind) == "operator":
		v = map[string]any{"text": r.Text, "refused": r.Refused, "run": r.Run}
	case verb(kind) == "view" && len(r.Errors) > 0:
		v = map[string]any{"response_action": "errors", "errors": r.Errors}
	case verb(kind) == "view" && r.Update != nil:
		v = map[string]any{"response_action": "update", "view": r.Update}
	case verb(kind) == "view" && r.Push != nil:
		v = map[string]any{"response_action": "push", "view": r.Push}
	case verb(kind) == "view" && r.Clear:
		v = map[string]any{"response_action": "clear"}
	case verb(kind) == "options" && len(r.Groups) > 0:
		v = map[string]any{"option_groups": r.Groups}
	case verb(kind) == "options":
		options := r.Options
		if options == nil {
			options = []*slack.OptionBlockObject{}
		}
		v = map[string]any{"options": options}
	default:
		return nil
	}
	return marshal(v)
}

// ackEnvelope is room for the envelope id and the braces around the payload.
const ackEnvelope = 512

func (r Reply) message() map[string]any {
	m := map[string]any{"response_type": slack.ResponseTypeEphemeral, "text": r.Text}
	if len(r.Blocks) > 0 {
		m["blocks"] = slack.Blocks{BlockSet: r.Blocks}
	}
	return m
}

// marshal is for values that always have a JSON form: maps of strings and
// Slack's own view and block structs.
func marshal(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return b
}
