package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"usher/handlers"
	"usher/rules/workspace"
)

// RecordKind names a sort of audit row.
type RecordKind string

// The kinds of records.
const (
	RecordDecision RecordKind = "decision"
	RecordAction   RecordKind = "action" // an action came to an end
	RecordGrant    RecordKind = "grant"
	RecordPause    RecordKind = "pause"
	RecordResume   RecordKind = "resume"
	RecordRelease  RecordKind = "release"
	RecordDiscard  RecordKind = "discard"
	RecordRevived  RecordKind = "revived"
	RecordPolicy   RecordKind = "policy"
	RecordPlan     RecordKind = "plan"
	RecordAsked    RecordKind = "asked"   // somebody asked for a change of a user group by hand
	RecordFailure  RecordKind = "failure" // something went wrong inside while an event was handled
)

// Record is one row of the audit. Seq, At, Prev and Hash are given by the store.
type Record struct {
	Seq     int64
	At      time.Time
	Kind    RecordKind
	Event   string // the event id that caused it
	Action  ActionID
	Actor   string // a user id, or who else it was ("cli", "policy")
	Channel workspace.ChannelID
	User    workspace.UserID
	Cluster string
	Verdict string         // decisions: remove, allow, …; actions: the class of their result
	Line    string         // one line in words, with ids
	Body    map[string]any // further facts; JSON
	Prev    string         // the hash of the row before
	Hash    string         // over everything above

	body string
}

// chain is where a workspace's audit ends.
type chain struct {
	seq  int64
	hash string
}

// append adds a row to the workspace's audit.
func (t *tx) append(ctx context.Context, r Record) error {
	if t.chain == nil {
		t.chain = &chain{}
		if _, err := one(ctx, t, "SELECT last_seq, last_hash FROM chains WHERE team = $1", args(t.team), &t.chain.seq, &t.chain.hash); err != nil {
			return err
		}
	}
	r.Seq, r.At, r.Prev = t.chain.seq+1, t.now, t.chain.hash
	r.Line, r.Cluster, r.Actor, r.Event = clean(r.Line), clean(r.Cluster), clean(r.Actor), clean(r.Event)
	r.Channel, r.User = workspace.ChannelID(clean(string(r.Channel))), workspace.UserID(clean(string(r.User)))
	if len(r.Body) > 0 {
		b, err := json.Marshal(r.Body)
		if err != nil {
			return err
		}
		r.body = clean(string(b))
	}
	r.Hash = r.sum(t.team)
	err := run(ctx, t, `INSERT INTO audit (team, seq, at, kind, event, action, actor, channel, member, cluster, verdict, line, body, prev, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		t.team, r.Seq, nanos(r.At), r.Kind, r.Event, r.Action, r.Actor, r.Channel, r.User, r.Cluster, r.Verdict, r.Line, r.body, r.Prev, r.Hash)
	t.chain.seq, t.chain.hash = r.Seq, r.Hash
	return err
}

// closeChain remembers where the audit ends now.
func (t *tx) closeChain(ctx context.Context) error {
	if t.chain == nil {
		return nil
	}
	return run(ctx, t, `INSERT INTO chains (team, first_seq, first_prev, last_seq, last_hash) VALUES ($1, 1, '', $2, $3)
		ON CONFLICT (team) DO UPDATE SET last_seq = excluded.last_seq, last_hash = excluded.last_hash`, t.team, t.chain.seq, t.chain.hash)
}

// sum is the row's hash: over the workspace, every column and the hash before,
// as one JSON array, so that no two different rows read the same.
func (r Record) sum(team workspace.TeamID) string {
	b, err := json.Marshal([]any{team, r.Seq, nanos(r.At), r.Kind, r.Event, r.Action, r.Actor, r.Channel, r.User, r.Cluster, r.Verdict, r.Line, r.body, r.Prev})
	if err != nil {
		return "" // strings and numbers always have a JSON form
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// recordAction writes down how an action ended, where it did something to
// somebody; what only looks or draws leaves no row.
func (t *tx) recordAction(ctx context.Context, c Claim, r handlers.Result) error {
	if !Changes(c.Action) {
		return nil
	}
	b, err := json.Marshal(c.Action)
	if err != nil {
		return err
	}
	var about struct {
		Channel workspace.ChannelID `json:"channel"`
		User    workspace.UserID    `json:"user"`
		To      workspace.UserID    `json:"to"`
		Users   []workspace.UserID  `json:"users"`
		Cluster string              `json:"cluster"`
		Asked   *struct {
			By string `json:"by"`
		} `json:"asked"`
	}
	if err := json.Unmarshal(b, &about); err != nil {
		return err
	}
	row := Record{Kind: RecordAction, Event: c.Event, Action: c.ID, Channel: about.Channel, User: about.User, Cluster: about.Cluster,
		Verdict: string(r.Class), Line: c.Action.String(), Body: map[string]any{"kind": c.Action.Kind()}}
	switch {
	case about.To != "":
		row.User = about.To
	case len(about.Users) == 1:
		row.User = about.Users[0]
	case len(about.Users) > 1:
		row.Body["users"] = about.Users
	}
	if about.Asked != nil {
		row.Actor = about.Asked.By
	}
	for name, v := range map[string]string{"code": r.Code, "sentence": r.Sentence, "run": c.Run} {
		if v != "" {
			row.Body[name] = v
		}
	}
	if len(r.Value) > 0 {
		row.Body["value"] = r.Value
	}
	return t.append(ctx, row)
}
