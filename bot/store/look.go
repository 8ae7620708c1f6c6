package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"usher/handlers"
	"usher/rules/workspace"
)

// Filter narrows a look at the audit. Zero fields do not narrow.
type Filter struct {
	Kind    RecordKind
	Channel workspace.ChannelID
	User    workspace.UserID // the row is about them, or names them among others
	Cluster string
	Event   string
	Since   time.Time
	After   int64 // rows after this one; with Newest: before it
	Newest  bool  // the newest first
	Limit   int   // 0: every row
}

const auditColumns = "seq, at, kind, event, action, actor, channel, member, cluster, verdict, line, body, prev, hash"

func scanRecord(rows *sql.Rows) (Record, error) {
	var r Record
	var at int64
	err := rows.Scan(&r.Seq, &at, &r.Kind, &r.Event, &r.Action, &r.Actor, &r.Channel, &r.User, &r.Cluster, &r.Verdict, &r.Line, &r.body, &r.Prev, &r.Hash)
	r.At = fromNanos(at)
	if err == nil && r.body != "" {
		err = json.Unmarshal([]byte(r.body), &r.Body)
	}
	return r, err
}

// Audit are the rows of a workspace's audit that f leaves.
func (s *Store) Audit(ctx context.Context, team workspace.TeamID, f Filter) ([]Record, error) {
	where, a := "team = $1", args(team)
	narrow := func(text string, v any) {
		a = append(a, v)
		where += " AND " + text + " $" + strconv.Itoa(len(a))
	}
	if f.Kind != "" {
		narrow("kind =", f.Kind)
	}
	if f.Channel != "" {
		narrow("channel =", f.Channel)
	}
	if f.User != "" {
		n := "$" + strconv.Itoa(len(a)+1)
		a = append(a, f.User)
		where += " AND (member = " + n
		for _, bounds := range []string{`"%"`, `"%,`, `,%,`, `,%"`} { // in lists of ids, and in lists written as one text
			where += " OR body LIKE '%" + strings.Replace(bounds, "%", "' || "+n+" || '", 1) + "%'"
		}
		where += ")"
	}
	if f.Cluster != "" {
		narrow("cluster =", f.Cluster)
	}
	if f.Event != "" {
		narrow("event =", f.Event)
	}
	if !f.Since.IsZero() {
		narrow("at >=", nanos(f.Since))
	}
	order := " ORDER BY seq"
	switch {
	case f.Newest && f.After > 0:
		narrow("seq <", f.After)
	case f.After > 0:
		narrow("seq >", f.After)
	}
	if f.Newest {
		order += " DESC"
	}
	if f.Limit > 0 {
		a = append(a, f.Limit)
		order += " LIMIT $" + strconv.Itoa(len(a))
	}
	rows, err := all(ctx, s.reads, scanRecord, "SELECT "+auditColumns+" FROM audit WHERE "+where+order, a...)
	return rows, s.fault("read the audit", err)
}

// Lately are a cluster's last decisions other than Allow and Unmanaged, newest
// first, with what came of each.
func (s *Store) Lately(ctx context.Context, team workspace.TeamID, cluster string, n int) ([]handlers.Recorded, error) {
	rows, err := all(ctx, s.reads, scanRecord, "SELECT "+auditColumns+` FROM audit
		WHERE team = $1 AND cluster = $2 AND kind = 'decision' AND verdict NOT IN ('allow', 'unmanaged') ORDER BY seq DESC LIMIT $3`, team, cluster, n)
	if err != nil {
		return nil, s.fault("read the last decisions", err)
	}
	out := make([]handlers.Recorded, len(rows))
	for i, r := range rows {
		d, err := r.Decision()
		if err != nil {
			return nil, fmt.Errorf("read decision %d: %w", r.Seq, err)
		}
		out[i] = handlers.Recorded{At: r.At, Decision: d}
		if r.Action == 0 {
			continue
		}
		_, err = one(ctx, s.reads, "SELECT class, code, sentence FROM actions WHERE team = $1 AND id = $2", args(team, r.Action),
			&out[i].Result.Class, &out[i].Result.Code, &out[i].Result.Sentence)
		if err != nil {
			return nil, s.fault("read the last decisions", err)
		}
	}
	return out, nil
}

// Broken is the first row of an audit that is not as it was written.
type Broken struct {
	Seq  int64
	What string
}

func (b *Broken) Error() string { return fmt.Sprintf("audit row %d: %s", b.Seq, b.What) }

const auditPage = 1000

// Verify reads a workspace's whole audit and checks every hash; it says how
// many rows there are. A row that was changed, removed or put in between is a
// *Broken.
func (s *Store) Verify(ctx context.Context, team workspace.TeamID) (rows int64, err error) {
	// All of it as of one moment: rows come and go meanwhile.
	var as *sql.TxOptions
	if s.engine == PostgreSQL {
		as = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	moment, err := s.reads.BeginTx(ctx, as)
	if err != nil {
		return 0, s.fault("verify the audit", err)
	}
	defer func() { _ = moment.Rollback() }() // nothing was written
	var first, last int64
	var prev, end string
	known, err := one(ctx, moment, "SELECT first_seq, first_prev, last_seq, last_hash FROM chains WHERE team = $1", args(team), &first, &prev, &last, &end)
	if err != nil {
		return 0, s.fault("verify the audit", err)
	}
	next := first
	for r, err := range s.chain(ctx, moment, team) {
		switch {
		case err != nil:
			return rows, err
		case !known:
			return rows, &Broken{r.Seq, "the chain has no beginning"}
		case r.Seq != next:
			return rows, &Broken{next, "it is missing"}
		case r.Prev != prev:
			return rows, &Broken{r.Seq, "it does not follow from the row before"}
		case r.Hash != r.sum(team):
			return rows, &Broken{r.Seq, "it was changed after it was written"}
		}
		rows, next, prev = rows+1, r.Seq+1, r.Hash
	}
	if known && next <= last {
		return rows, &Broken{next, "it is missing"}
	}
	if known && (prev != end || next != last+1) {
		return rows, &Broken{last, "it is not the row that was written last"}
	}
	return rows, nil
}

// chain walks the audit from its beginning, a page at a time.
func (s *Store) chain(ctx context.Context, q querier, team workspace.TeamID) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for after := int64(-1); ; {
			page, err := all(ctx, q, scanRecord, "SELECT "+auditColumns+" FROM audit WHERE team = $1 AND seq > $2 ORDER BY seq LIMIT $3", team, after, auditPage)
			if err != nil {
				yield(Record{}, s.fault("read the audit", err))
				return
			}
			for _, r := range page {
				if !yield(r, nil) {
					return
				}
				after = r.Seq
			}
			if len(page) < auditPage {
				return
			}
		}
	}
}
