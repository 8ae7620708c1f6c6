package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	"usher/bot/store"
	"usher/handlers"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// decided is a commit of one decision to remove somebody.
func decided(event string, u workspace.UserID) store.Commit {
	d := rules.Decision{
		Membership: rules.Membership{Channel: "C1", User: u, Inviter: "U0ALICE", Cause: rules.CauseJoined},
		Verdict:    rules.Remove, Cluster: "finance", Reasons: []rules.Reason{{Code: "outside", Source: "channel finance-department"}},
		Actions: []action.Action{action.Tell{To: u, Topic: action.Removed, Channel: "C1"}, remove("C1", u), action.Tell{To: "U0ALICE", Topic: action.AddedOutsider, Channel: "C1"}},
	}
	c := store.Commit{Event: event, Actor: "U0ALICE", Decisions: []rules.Decision{d}}
	for _, a := range d.Actions {
		c.Actions = append(c.Actions, store.Due{Action: a})
	}
	return c
}

func TestDecisionsAreRecordedWithWhatCameOfThem(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		m.commit(t, decided("Ev1", "U1"))
		for _, c := range m.claim(t, room("a", 9)) {
			r := handlers.Result{Class: handlers.Done}
			if c.Action.Kind() == action.KindRemove {
				r = handlers.Result{Class: handlers.Blocked, Code: "restricted_action", Sentence: "An owner has to allow it."}
			}
			m.settle(t, store.Settlement{Claim: c, Result: r})
		}
		lately := must(m.Lately(ctx, team, "finance", 5))(t)
		if len(lately) != 1 {
			t.Fatalf("%d decisions, want 1", len(lately))
		}
		l := lately[0]
		if l.Result.Code != "restricted_action" || l.Decision.Verdict != rules.Remove || l.Decision.Inviter != "U0ALICE" || l.Decision.Cause != rules.CauseJoined ||
			len(l.Decision.Reasons) != 1 || l.Decision.Reasons[0].Code != "outside" || !l.At.Equal(m.clock.now()) {
			t.Fatalf("recorded %+v", l)
		}
		rows := must(m.Audit(ctx, team, store.Filter{User: "U1", Event: "Ev1"}))(t)
		var kinds []string
		for _, r := range rows {
			kinds = append(kinds, string(r.Kind)+" "+r.Verdict)
		}
		if len(rows) != 3 || kinds[0] != "decision remove" {
			t.Fatalf("rows about U1: %v", kinds)
		}
		if n := must(m.Verify(ctx, team))(t); n != 4 {
			t.Fatalf("verified %d rows, want 4", n)
		}
	})
}

func TestAnEventIsCommittedOnce(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		r := m.commit(t, decided("Ev1", "U1"), decided("Ev1", "U1"), decided("Ev2", "U2"))
		if r[0].Before || !r[1].Before || r[2].Before || r[0].Stored != 3 || r[2].Stored != 2 {
			t.Fatalf("receipts %+v", r) // the notice to alice is waiting already
		}
		m.reopen(t)
		if r = m.commit(t, decided("Ev1", "U1")); !r[0].Before {
			t.Fatal("committed again after a restart")
		}
		if r = must(m.Commit(ctx, "T02", decided("Ev1", "U1")))(t); r[0].Before {
			t.Fatal("another workspace's event of the same id was not committed")
		}
		known := must(m.Handled(ctx, team, "Ev1", "Ev2", "Ev3"))(t)
		if !known["Ev1"] || !known["Ev2"] || known["Ev3"] {
			t.Fatalf("handled %v", known)
		}
		m.clock.add(store.HandledFor + time.Second)
		if _, err := m.Prune(ctx, team, store.Retention{}); err != nil {
			t.Fatal(err)
		}
		if known = must(m.Handled(ctx, team, "Ev1"))(t); known["Ev1"] {
			t.Fatal("still known after a day")
		}
	})
}

func TestACommitIsWholeOrNotAtAll(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		bad := store.Commit{Event: "Ev2", Records: []store.Record{{Kind: store.RecordPlan, Body: map[string]any{"x": func() {}}}}}
		if _, err := m.Commit(ctx, team, decided("Ev1", "U1"), bad); err == nil {
			t.Fatal("a record without a JSON form was stored")
		}
		if known := must(m.Handled(ctx, team, "Ev1"))(t); known["Ev1"] || must(m.WaitingCount(ctx, team))(t) != 0 {
			t.Fatal("half of it was stored")
		}
		m.commit(t, decided("Ev1", "U1"))
		if n := must(m.Verify(ctx, team))(t); n != 1 {
			t.Fatalf("%d rows, want 1", n)
		}
	})
}

// tamper changes the memory behind the store's back.
func tamper(t *testing.T, m *memory, statement string, args ...any) {
	t.Helper()
	driver, url := "pgx", m.url
	if m.Engine() == store.SQLite {
		driver, url = "sqlite", "file:"+m.url+"?_pragma=busy_timeout(5000)"
	}
	db, err := sql.Open(driver, url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, statement, args...); err != nil {
		t.Fatal(err)
	}
}

func TestWhoeverChangesTheAuditIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		statement string
		at        int64
	}{
		"a row changed":           {"UPDATE audit SET member = 'U9' WHERE seq = 3", 3},
		"a row taken out":         {"DELETE FROM audit WHERE seq = 3", 3},
		"the first taken out":     {"DELETE FROM audit WHERE seq = 1", 1},
		"the last taken out":      {"DELETE FROM audit WHERE seq = 5", 5},
		"a time changed":          {"UPDATE audit SET at = at + 1 WHERE seq = 2", 2},
		"a reason changed":        {"UPDATE audit SET body = '{}' WHERE seq = 4", 4},
		"a row put in another's":  {"UPDATE audit SET prev = hash, hash = prev WHERE seq = 4", 4},
		"the end moved backwards": {"DELETE FROM chains", 1},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, m *memory) {
				for i := range 5 {
					m.commit(t, decided(fmt.Sprintf("Ev%d", i), "U1"))
				}
				tamper(t, m, c.statement)
				_, err := m.Verify(ctx, team)
				var broken *store.Broken
				if !errors.As(err, &broken) || broken.Seq != c.at {
					t.Fatalf("found %v, want row %d", err, c.at)
				}
			})
		})
	}
}

func TestTheChainSurvivesRetention(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		for i := range 6 {
			m.commit(t, decided(fmt.Sprintf("Ev%d", i), "U1"))
			m.clock.add(time.Hour)
		}
		keep := store.Retention{Audit: 150 * time.Minute}
		for range 2 {
			if _, err := m.Prune(ctx, team, keep); err != nil {
				t.Fatal(err)
			}
		}
		if n := must(m.Verify(ctx, team))(t); n != 2 {
			t.Fatalf("%d rows left, want 2", n)
		}
		m.clock.add(1000 * time.Hour)
		if _, err := m.Prune(ctx, team, keep); err != nil {
			t.Fatal(err)
		}
		m.reopen(t)
		m.commit(t, decided("Ev9", "U1"))
		rows := must(m.Audit(ctx, team, store.Filter{}))(t)
		if n := must(m.Verify(ctx, team))(t); n != 1 || rows[0].Seq != 7 {
			t.Fatalf("%d rows, the first is %d; want one, the seventh", n, rows[0].Seq)
		}
		tamper(t, m, "UPDATE audit SET verdict = 'allow'")
		if _, err := m.Verify(ctx, team); err == nil {
			t.Fatal("a changed row was not found")
		}
	})
}

func TestTheAuditIsFiltered(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		for i := range 4 {
			m.commit(t, decided(fmt.Sprintf("Ev%d", i), workspace.UserID(fmt.Sprintf("U%d", i%2))))
			m.clock.add(time.Minute)
		}
		m.commit(t, store.Commit{Records: []store.Record{{Kind: store.RecordPolicy, Actor: "cli", Line: "x", Body: map[string]any{"hash": "abc"}}}})
		m.commit(t, store.Commit{Records: []store.Record{
			{Kind: store.RecordAsked, Actor: "cli", Line: "x", Body: map[string]any{"add": []string{"U7", "U8"}}},
			{Kind: store.RecordAction, Line: "x", Body: map[string]any{"value": map[string]string{"added": "U6,U7,U88", "group": "S1"}}},
		}})
		for name, c := range map[string]struct {
			f    store.Filter
			want []int64
		}{
			"everything":  {store.Filter{}, []int64{1, 2, 3, 4, 5, 6, 7}},
			"in a list":   {store.Filter{User: "U7"}, []int64{6, 7}},
			"last of one": {store.Filter{User: "U88"}, []int64{7}},
			"whole ids":   {store.Filter{User: "U8"}, []int64{6}},
			"a person":    {store.Filter{User: "U1"}, []int64{2, 4}},
			"since":       {store.Filter{Since: m.clock.now().Add(-2 * time.Minute)}, []int64{3, 4, 5, 6, 7}},
			"a kind":      {store.Filter{Kind: store.RecordPolicy}, []int64{5}},
			"newest":      {store.Filter{Newest: true, Limit: 2}, []int64{7, 6}},
			"a page on":   {store.Filter{Newest: true, Limit: 2, After: 4}, []int64{3, 2}},
			"forwards":    {store.Filter{After: 3, Channel: "C1"}, []int64{4}},
			"an event":    {store.Filter{Event: "Ev2", Cluster: "finance"}, []int64{3}},
			"another one": {store.Filter{Channel: "C2"}, nil},
		} {
			var got []int64
			for _, r := range must(m.Audit(ctx, team, c.f))(t) {
				got = append(got, r.Seq)
			}
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("%s: rows %v, want %v", name, got, c.want)
			}
		}
	})
}
