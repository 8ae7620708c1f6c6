package store

import (
	"context"

	"usher/rules/action"
	"usher/rules/workspace"
)

// seat is one person in one channel.
type seat struct {
	channel workspace.ChannelID
	user    workspace.UserID
}

// underway are those of whom dues want removed what is being removed already:
// stored by an earlier commit and not come to an end. A plan finds them again
// for as long as that takes, and nobody is told of one removal twice.
func (t *tx) underway(ctx context.Context, dues []Due) (map[seat]bool, error) {
	var seats map[seat]bool
	for _, d := range dues {
		a, ok := d.Action.(action.Remove)
		if !ok {
			continue
		}
		body, err := action.Encode(a)
		if err != nil {
			return nil, err
		}
		var id ActionID
		found, err := one(ctx, t, "SELECT id FROM actions WHERE team = $1 AND same = $2 AND settled = 0 AND kind = $3 AND body = $4 LIMIT 1",
			args(t.team, sameness(a, body), a.Kind(), string(body)), &id)
		if err != nil {
			return nil, err
		}
		if found {
			if seats == nil {
				seats = map[seat]bool{}
			}
			seats[seat{a.Channel, a.User}] = true
		}
	}
	return seats, nil
}

// toldOf reports whether a is a notice about a removal that is underway. Who
// added somebody is told each time: only the event knows them.
func toldOf(a action.Action, underway map[seat]bool) bool {
	tell, ok := a.(action.Tell)
	if !ok {
		return false
	}
	switch tell.Topic {
	case action.Removed:
		return underway[seat{tell.Channel, tell.To}]
	case action.RemovedOwner:
		return underway[seat{tell.Channel, tell.Subject}]
	}
	return false
}
