package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"usher/handlers"
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
// for as long as that takes, and until Slack has said that they left; nobody is
// told of one removal twice.
func (t *tx) underway(ctx context.Context, event string, dues []Due) (map[seat]bool, error) {
	seats, err := t.justRemoved(ctx, event, dues)
	if err != nil {
		return nil, err
	}
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

const (
	// echoWithin is how long it may take until Slack's event about a removal was seen.
	echoWithin = 30 * time.Second
	// lateFor is how long after it happened an event may come.
	lateFor = 10 * time.Minute
	// refusedWithin is for how long somebody is not told again who was told that
	// they are being taken out, and was not: Slack did not let Usher, or the rules
	// could not say any more whether they may be there.
	refusedWithin = 7 * 24 * time.Hour
)

// CodeUndetermined is the code of an action that was dropped because it could not
// be said any more whether it is right.
const CodeUndetermined = "undetermined"

// justRemoved are those who were taken out already, or had gone by then, when
// dues ask for it. A plan may not have seen Slack's event about that yet; nor
// need it say each time that it tries again what Slack refused, or what was left
// while nobody could say whether it is right; nor need an event, unless it says
// that they came in again. An event that happened before the removal comes late;
// one that happened after it is news: somebody came back.
func (t *tx) justRemoved(ctx context.Context, event string, dues []Due) (map[seat]bool, error) {
	done, refused := t.happened, t.now.Add(-refusedWithin)
	switch {
	case !slices.ContainsFunc(dues, func(d Due) bool { return d.Action.Kind() == action.KindRemove }):
		return nil, nil
	case strings.HasPrefix(event, "due:"), strings.HasPrefix(event, "settled:"): // found by looking, not heard
		done = t.now.Add(-echoWithin)
	case done.IsZero(): // somebody asks for it
		return nil, nil
	case t.now.Sub(done) > lateFor:
		done = t.now.Add(-lateFor)
	}
	if t.cameIn {
		refused = t.now
	}
	bodies, err := all(ctx, t, scalar[string], "SELECT body FROM actions WHERE team = $1 AND kind = $2 AND (settled >= $3 AND (class IN ('done', 'already') OR class = 'dropped' AND code = 'outside') OR settled > $4 AND (class IN ($5, $6, $7) OR class = 'dropped' AND code = $8))",
		t.team, action.KindRemove, nanos(done), nanos(refused), handlers.Blocked, handlers.Never, GaveUp, CodeUndetermined)
	if err != nil {
		return nil, err
	}
	seats := map[seat]bool{}
	for _, body := range bodies {
		a, err := action.Decode(action.KindRemove, []byte(body))
		if r, ok := a.(action.Remove); ok && err == nil { // one of another version is none of this plan's
			seats[seat{r.Channel, r.User}] = true
		}
	}
	return seats, nil
}

// toldOf reports whether a is a notice about a removal that is underway. Who
// added somebody is told each time, for only the event knows them: unless they
// heard of it as an owner.
func (t *tx) toldOf(ctx context.Context, a action.Action, underway map[seat]bool) (bool, error) {
	tell, ok := a.(action.Tell)
	if !ok {
		return false, nil
	}
	switch tell.Topic {
	case action.Removed:
		return underway[seat{tell.Channel, tell.To}], nil
	case action.RemovedOwner:
		return underway[seat{tell.Channel, tell.Subject}], nil
	case action.AddedOutsider:
		if underway[seat{tell.Channel, tell.Subject}] {
			return t.heardAsOwner(ctx, tell)
		}
	}
	return false, nil
}

// heardAsOwner reports whether somebody was told lately, as an owner, of the
// removal of the one they added.
func (t *tx) heardAsOwner(ctx context.Context, tell action.Tell) (bool, error) {
	bodies, err := all(ctx, t, scalar[string], "SELECT body FROM actions WHERE team = $1 AND key = $2 AND kind = $3 AND (settled = 0 OR settled > $4)",
		t.team, tell.Key(), action.KindTell, nanos(t.now.Add(-lateFor)))
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(bodies, func(body string) bool {
		a, err := action.Decode(action.KindTell, []byte(body))
		said, ok := a.(action.Tell)
		return ok && err == nil && said.Topic == action.RemovedOwner && said.Channel == tell.Channel && said.Subject == tell.Subject
	}), nil
}
