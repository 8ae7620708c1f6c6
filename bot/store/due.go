package store

import (
	"context"
	"hash/fnv"
	"slices"
	"strings"

	"usher/rules/action"
)

// ActionID is a stored action's number, in the order of storing.
type ActionID int64

// Changes reports whether a pause or a brake holds an action back.
func Changes(a action.Action) bool { return action.Changes(a) }

// storedAction is one that enqueue stored.
type storedAction struct {
	id   ActionID
	same int64
	old  bool // an equal one was waiting already
}

// enqueue stores actions that event caused and settles which are the heads of
// their keys. Those not stored are left out of the answer.
func (t *tx) enqueue(ctx context.Context, event string, dues []Due) ([]storedAction, error) {
	var stored []storedAction
	var keys []action.Key
	underway, err := t.underway(ctx, event, dues)
	if err != nil {
		return nil, err
	}
	for _, d := range dues {
		told, err := t.toldOf(ctx, d.Action, underway)
		if err != nil {
			return nil, err
		}
		if told {
			continue
		}
		one, err := t.enqueueOne(ctx, event, d)
		if err != nil {
			return nil, err
		}
		if one.id != 0 {
			stored = append(stored, one)
		}
		if one.id != 0 && !one.old {
			keys = append(keys, d.Action.Key())
		}
	}
	slices.Sort(keys)
	for _, k := range slices.Compact(keys) {
		if err := t.refreshHead(ctx, k); err != nil {
			return nil, err
		}
	}
	return stored, nil
}

func (t *tx) enqueueOne(ctx context.Context, event string, d Due) (storedAction, error) {
	a := d.Action
	body, err := action.Encode(a)
	if err != nil {
		return storedAction{}, err
	}
	n := newAction{event: event, run: d.Run, hold: d.Hold, body: string(body), same: sameness(a, body), at: nanos(t.now)}
	later := d.At.After(t.now)
	if later {
		n.at = nanos(d.At)
	}
	n.due = n.at
	if n.hold == "" && Changes(a) {
		if n.hold, err = t.pauseHold(ctx); err != nil {
			return storedAction{}, err
		}
	}
	if once := action.OnceOf(a); once != "" {
		fresh, err := exec(ctx, t, "INSERT INTO told (team, once, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", t.team, once, nanos(t.now))
		if err != nil || fresh == 0 {
			return storedAction{}, err
		}
	}
	if h, ok := a.(action.Home); ok {
		if err := t.openHome(ctx, h.User, n.body); err != nil {
			return storedAction{}, err
		}
	}
	if m, ok := a.(action.Merger); ok {
		if err := t.merge(ctx, m, &n); err != nil {
			return storedAction{}, err
		}
	}
	switch {
	case action.Supersedes(a):
		if err := t.supersede(ctx, a, &n, later); err != nil {
			return storedAction{}, err
		}
	case a.Kind() != action.KindReply && !later:
		if id, err := t.waits(ctx, a, n); err != nil || id != 0 {
			if err == nil {
				err = t.join(ctx, id, d)
			}
			return storedAction{id, n.same, true}, err
		}
	}
	id, err := t.insert(ctx, a, n)
	return storedAction{id: id, same: n.same}, err
}

// newAction is a row of actions on its way in.
type newAction struct {
	event, run, hold, body string
	same, at, due          int64
}

func (t *tx) insert(ctx context.Context, a action.Action, n newAction) (id ActionID, err error) {
	_, err = one(ctx, t, `INSERT INTO actions (team, key, kind, body, same, priority, changes, event, run, created, at, due, hold)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id`,
		args(t.team, a.Key(), a.Kind(), n.body, n.same, int(action.PriorityOf(a)), number(Changes(a)), n.event, n.run, nanos(t.now), n.at, n.due, n.hold), &id)
	return id, err
}

// supersede ends older waiting actions like a. Where the place of one had come
// already, a takes it over, so that what is asked for again and again is not
// put off again and again.
func (t *tx) supersede(ctx context.Context, a action.Action, n *newAction, later bool) error {
	places, err := all(ctx, t, scalar[int64], `UPDATE actions SET settled = $4, class = 'superseded'
		WHERE team = $1 AND key = $2 AND kind = $3 AND settled = 0
		AND NOT EXISTS (SELECT 1 FROM heads h WHERE h.team = actions.team AND h.key = actions.key AND h.action = actions.id AND h.owner <> '')
		RETURNING at`, t.team, a.Key(), a.Kind(), nanos(t.now))
	if err != nil {
		return err
	}
	for _, at := range places {
		if !later && at < n.at {
			n.at, n.due = at, at
		}
	}
	return nil
}

// waits is an equal action that is waiting where nothing of another kind was
// queued behind it on the same key since: doing it once does for both.
func (t *tx) waits(ctx context.Context, a action.Action, n newAction) (id ActionID, err error) {
	_, err = one(ctx, t, `SELECT a.id FROM actions a
		WHERE a.team = $1 AND a.same = $2 AND a.settled = 0 AND a.kind = $3 AND a.body = $4 AND a.hold = $5 AND a.at <= $6
		AND NOT EXISTS (SELECT 1 FROM heads h WHERE h.team = a.team AND h.key = a.key AND h.action = a.id AND h.owner <> '')
		AND NOT EXISTS (SELECT 1 FROM actions b WHERE b.team = a.team AND b.key = a.key AND b.settled = 0 AND b.kind < $3 AND b.id > a.id)
		AND NOT EXISTS (SELECT 1 FROM actions b WHERE b.team = a.team AND b.key = a.key AND b.settled = 0 AND b.kind > $3 AND b.id > a.id)
		LIMIT 1`, args(t.team, n.same, a.Kind(), n.body, n.hold, n.at), &id)
	return id, err
}

// refreshHead makes the oldest waiting action of a key its head, unless the
// head is being carried out.
func (t *tx) refreshHead(ctx context.Context, k action.Key) error {
	n, err := exec(ctx, t, `INSERT INTO heads (team, key, action, at, due, priority, owner)
		SELECT team, key, id, at, due, priority, '' FROM actions
		WHERE team = $1 AND key = $2 AND settled = 0 AND hold = '' ORDER BY at, id LIMIT 1
		ON CONFLICT (team, key) DO UPDATE SET action = excluded.action, at = excluded.at, due = excluded.due, priority = excluded.priority
		WHERE heads.owner = ''`, t.team, k)
	if err != nil || n > 0 {
		return err
	}
	return run(ctx, t, `DELETE FROM heads WHERE team = $1 AND key = $2 AND owner = ''
		AND NOT EXISTS (SELECT 1 FROM actions WHERE team = $1 AND key = $2 AND settled = 0 AND hold = '')`, t.team, k)
}

func sameness(a action.Action, body []byte) int64 {
	h := fnv.New64a()
	h.Write([]byte(a.Kind()))
	h.Write([]byte{0})
	h.Write(body)
	return int64(h.Sum64())
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// clean takes out what PostgreSQL cannot keep in a text: NUL and broken UTF-8.
func clean(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD")
}
