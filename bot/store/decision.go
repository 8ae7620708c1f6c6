package store

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// verdicts are the words under which verdicts are kept; they are never renamed.
var verdicts = map[rules.Verdict]string{
	rules.Unmanaged: "unmanaged", rules.Allow: "allow", rules.Review: "review",
	rules.Warn: "warn", rules.Remove: "remove", rules.Undetermined: "undetermined",
}

// decisionBody is what a decision's audit row keeps beside its columns.
type decisionBody struct {
	Inviter   workspace.UserID      `json:"inviter,omitempty"`
	Usergroup workspace.UsergroupID `json:"usergroup,omitempty"`
	Cause     rules.Cause           `json:"cause,omitempty"`
	DryRun    bool                  `json:"dry_run,omitempty"`
	Until     time.Time             `json:"until,omitzero"`
	Reasons   []rules.Reason        `json:"reasons,omitempty"`
	Does      []string              `json:"does,omitempty"`
}

// recordDecision writes a decision down, beside the action that matters most
// of those it caused.
func (t *tx) recordDecision(ctx context.Context, c Commit, d rules.Decision, stored []storedAction) error {
	body := decisionBody{Inviter: d.Inviter, Usergroup: d.Usergroup, Cause: d.Cause, DryRun: d.DryRun, Until: d.Until, Reasons: d.Reasons}
	var chief action.Action
	for _, a := range d.Actions {
		body.Does = append(body.Does, a.String())
		if _, tells := chief.(action.Tell); chief == nil || tells {
			chief = a
		}
	}
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	var facts map[string]any
	if err := json.Unmarshal(b, &facts); err != nil {
		return err
	}
	r := Record{Kind: RecordDecision, Event: c.Event, Actor: string(c.Actor), Channel: d.Channel, User: d.User, Cluster: d.Cluster,
		Verdict: verdicts[d.Verdict], Line: verdicts[d.Verdict] + " " + string(d.User) + " in " + cmp.Or(string(d.Channel), string(d.Usergroup), d.Cluster), Body: facts}
	if d.DryRun {
		r.Line += " (reported only)"
	}
	if chief != nil {
		if r.Action, err = idOf(chief, stored); err != nil {
			return err
		}
	}
	return t.append(ctx, r)
}

// idOf is the number under which a was stored; 0 where it was not.
func idOf(a action.Action, stored []storedAction) (ActionID, error) {
	body, err := action.Encode(a)
	if err != nil {
		return 0, err
	}
	same := sameness(a, body)
	for _, s := range stored {
		if s.same == same {
			return s.id, nil
		}
	}
	return 0, nil
}

// Decision reads a decision back, without its actions.
func (r Record) Decision() (rules.Decision, error) {
	d := rules.Decision{Membership: rules.Membership{Channel: r.Channel, User: r.User}, Cluster: r.Cluster}
	for v, word := range verdicts {
		if word == r.Verdict {
			d.Verdict = v
		}
	}
	var body decisionBody
	if err := json.Unmarshal([]byte(r.body), &body); err != nil {
		return d, err
	}
	d.Usergroup = body.Usergroup
	d.Inviter, d.Cause, d.DryRun, d.Until, d.Reasons = body.Inviter, body.Cause, body.DryRun, body.Until, body.Reasons
	return d, nil
}
