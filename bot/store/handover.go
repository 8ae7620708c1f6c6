package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"usher/rules/workspace"
)

// Handover is an envelope on its way from the replica that received it to the
// one that owns its workspace.
type Handover struct {
	ID       int64
	Team     workspace.TeamID
	Sender   string
	Envelope string
	Event    string
	Kind     string // Slack's envelope type
	Payload  []byte
	Attempt  int
	Received time.Time
	Asks     bool // somebody waits for a reply
	GivenUp  bool // they were told that it follows later
}

// Closing ends a handover together with what it led to: it is gone, or its
// reply is on its way to the sender.
type Closing struct {
	ID    int64
	Asks  bool
	Reply []byte // JSON; empty: an ack without a payload
	Late  []Due  // stored instead of the reply where nobody waits for that any more
}

// HandOver stores envelopes for whoever owns their workspaces, all or none, and
// says which numbers they were given, by their envelope ids.
func (s *Store) HandOver(ctx context.Context, sender string, envelopes ...Handover) (map[string]int64, error) {
	var values []string
	var a []any
	teams := map[workspace.TeamID]bool{}
	for _, h := range envelopes {
		n := len(a)
		var places []string
		for i := 1; i <= 10; i++ {
			places = append(places, fmt.Sprintf("$%d", n+i))
		}
		values = append(values, "("+strings.Join(places, ", ")+")")
		a = append(a, h.Team, sender, clean(h.Envelope), clean(h.Event), clean(h.Kind), h.Payload, h.Attempt, nanos(h.Received), h.Asks, h.GivenUp)
		teams[h.Team] = true
	}
	t, err := s.reads.BeginTx(ctx, nil)
	if err != nil {
		return nil, s.fault("hand over envelopes", err)
	}
	defer func() { _ = t.Rollback() }() // after a commit there is nothing to roll back
	type given struct {
		id       int64
		envelope string
	}
	rows, err := all(ctx, t, func(rows *sql.Rows) (g given, err error) {
		err = rows.Scan(&g.id, &g.envelope)
		return g, err
	}, "INSERT INTO handovers (team, sender, envelope, event, kind, payload, attempt, received, asks, given_up) VALUES "+
		strings.Join(values, ", ")+" RETURNING id, envelope", a...)
	for team := range teams {
		if err == nil {
			err = notify(ctx, t, HeardHandover, string(team))
		}
	}
	if err == nil {
		err = t.Commit()
	}
	if err != nil {
		return nil, s.fault("hand over envelopes", err)
	}
	ids := make(map[string]int64, len(rows))
	for _, g := range rows {
		ids[g.envelope] = g.id
	}
	return ids, nil
}

// Handovers are a workspace's that were not handled yet, oldest first, without
// those that are being handled already.
func (s *Store) Handovers(ctx context.Context, team workspace.TeamID, under []int64, limit int) ([]Handover, error) {
	if under == nil {
		under = []int64{}
	}
	waiting, err := all(ctx, s.reads, func(rows *sql.Rows) (Handover, error) {
		h := Handover{Team: team}
		var received int64
		err := rows.Scan(&h.ID, &h.Sender, &h.Envelope, &h.Event, &h.Kind, &h.Payload, &h.Attempt, &received, &h.Asks, &h.GivenUp)
		h.Received = fromNanos(received)
		return h, err
	}, `SELECT id, sender, envelope, event, kind, payload, attempt, received, asks, given_up FROM handovers
		WHERE team = $1 AND reply IS NULL AND id <> ALL($2) ORDER BY id LIMIT $3`, team, under, limit)
	return waiting, s.fault("look for handed over envelopes", err)
}

// close ends a handover; late reports that its reply has to be given otherwise.
func (t *tx) close(ctx context.Context, c Closing) (late bool, err error) {
	if !c.Asks {
		return false, run(ctx, t, "DELETE FROM handovers WHERE id = $1 AND reply IS NULL", c.ID)
	}
	waits, err := reply(ctx, t, c.ID, c.Reply)
	if err != nil || waits {
		return false, err
	}
	return true, run(ctx, t, "DELETE FROM handovers WHERE id = $1 AND given_up", c.ID)
}

// closing ends the handover that a commit came from.
func (t *tx) closing(ctx context.Context, c Commit, r Receipt) (Receipt, error) {
	end := *c.Closing
	if r.Before {
		end.Reply, end.Late = nil, nil
	}
	late, err := t.close(ctx, end)
	if err != nil || !late {
		return r, err
	}
	stored, err := t.enqueue(ctx, c.Event, end.Late)
	r.Late, r.Stored = true, r.Stored+len(stored)
	return r, err
}

func reply(ctx context.Context, q querier, id int64, payload []byte) (bool, error) {
	if payload == nil {
		payload = []byte{}
	}
	var sender string
	waits, err := one(ctx, q, "UPDATE handovers SET reply = $2 WHERE id = $1 AND reply IS NULL AND NOT given_up RETURNING sender", args(id, payload), &sender)
	if err != nil || !waits {
		return false, err
	}
	return true, notify(ctx, q, HeardReply, sender)
}

// Reply sends a reply ahead of what its handover leads to, or to one that leads
// to nothing; false: nobody waits for it.
func (s *Store) Reply(ctx context.Context, id int64, payload []byte) (waits bool, err error) {
	waits, err = reply(ctx, s.reads, id, payload)
	return waits, s.fault("reply to a handed over envelope", err)
}

// Dismiss ends a handover that leads to nothing, and to which nobody waits for
// a reply.
func (s *Store) Dismiss(ctx context.Context, id int64) error {
	return s.fault("close a handed over envelope", run(ctx, s.reads, "DELETE FROM handovers WHERE id = $1 AND reply IS NULL", id))
}

// TakeReplies takes the replies to what sender has handed over, by number.
func (s *Store) TakeReplies(ctx context.Context, sender string) (map[int64][]byte, error) {
	replies := map[int64][]byte{}
	_, err := all(ctx, s.reads, func(rows *sql.Rows) (_ struct{}, err error) {
		var id int64
		var payload []byte
		err = rows.Scan(&id, &payload)
		replies[id] = payload
		return struct{}{}, err
	}, "DELETE FROM handovers WHERE sender = $1 AND reply IS NOT NULL RETURNING id, reply", sender)
	return replies, s.fault("take replies", err)
}

// GiveUp says that a reply is not waited for any more, unless it is there: then
// it is taken. Neither given up nor a reply that is not nil: TakeReplies has it.
func (s *Store) GiveUp(ctx context.Context, id int64) (given bool, payload []byte, err error) {
	n, err := exec(ctx, s.reads, "UPDATE handovers SET given_up = TRUE WHERE id = $1 AND reply IS NULL", id)
	if err == nil && n == 0 {
		_, err = one(ctx, s.reads, "DELETE FROM handovers WHERE id = $1 RETURNING reply", args(id), &payload)
	}
	return n > 0, payload, s.fault("give up waiting for a reply", err)
}

// Sweep drops replies that nobody took for a while, and replicas of which nothing
// was heard for as long: they are gone.
func (s *Store) Sweep(ctx context.Context, older time.Duration) error {
	err := run(ctx, s.reads, "DELETE FROM handovers WHERE reply IS NOT NULL AND at < clock_timestamp() - $1 * INTERVAL '1 microsecond'", older.Microseconds())
	if err == nil {
		err = run(ctx, s.reads, "DELETE FROM replicas WHERE until < clock_timestamp() - $1 * INTERVAL '1 microsecond'", older.Microseconds())
	}
	return s.fault("drop what replicas that are gone have left", err)
}
