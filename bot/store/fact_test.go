package store_test

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"testing"
	"time"

	"usher/bot/store"
	"usher/handlers"
	"usher/rules/action"
	"usher/rules/workspace"
)

func TestTheMirrorIsKept(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		body := []byte{0, 1, 2, 255}
		m.commit(t, store.Commit{Mirror: []store.Part{{Kind: "channel", ID: "C2", Body: []byte("two")}, {Kind: "channel", ID: "C1", Body: body}, {Kind: "user", ID: "U1", Body: []byte("x")}}})
		if err := m.SaveMirror(ctx, team, store.Part{Kind: "channel", ID: "C2", Body: []byte("second")}, store.Part{Kind: "user", ID: "U1"}); err != nil {
			t.Fatal(err)
		}
		m.reopen(t)
		got := map[string]string{}
		for _, kind := range []string{"channel", "user"} {
			for p, err := range m.Mirror(ctx, team, kind) {
				if err != nil {
					t.Fatal(err)
				}
				got[p.Kind+p.ID] = string(p.Body)
			}
		}
		if want := map[string]string{"channelC1": string(body), "channelC2": "second"}; !maps.Equal(got, want) {
			t.Fatalf("kept %v, want %v", got, want)
		}
		for p := range m.Mirror(ctx, "T02", "channel") {
			t.Fatalf("another workspace has %v", p)
		}
	})
}

func TestFactsAreKept(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		now := m.clock.now()
		grant := workspace.Grant{Channel: "C1", User: "U1", By: "U0", From: now, Until: now.Add(time.Hour), Why: "a visit"}
		m.commit(t, store.Commit{
			Grants: []workspace.Grant{grant}, Graces: []store.Grace{{Channel: "C1", User: "U2", Since: now}, {Channel: "C1", User: "U3", Since: now}},
			Bindings: map[string]string{"channel finance": "C1", "channel gone": "C9"},
			Notes:    []store.Note{{Kind: store.NoteSourceSize, Name: "channel finance", Value: "12"}},
			Actions:  []store.Due{{Action: action.Home{User: "U1", Words: "x", Page: 2}}},
		})
		m.commit(t, store.Commit{Graces: []store.Grace{{Channel: "C1", User: "U3"}}, Bindings: map[string]string{"channel finance": "C1"}})
		if err := m.RememberHome(ctx, team, "U1", "abc"); err != nil {
			t.Fatal(err)
		}
		if err := m.RememberHome(ctx, team, "U2", "def"); err != nil {
			t.Fatal(err)
		}
		if err := m.KeepRun(ctx, team, store.Run{ID: "r1", At: now, State: store.RunHeld, Hash: "h", Body: []byte(`{"a":1}`)}); err != nil {
			t.Fatal(err)
		}
		m.reopen(t)
		for what, c := range map[string]struct{ got, want any }{
			"grants":      {must(m.Grants(ctx, team))(t), []workspace.Grant{grant}},
			"graces":      {must(m.Graces(ctx, team))(t), []store.Grace{{Channel: "C1", User: "U2", Since: now}}},
			"bindings":    {must(m.Bindings(ctx, team))(t), map[string]string{"channel finance": "C1"}},
			"sizes":       {must(m.SourceSizes(ctx, team))(t), map[string]int{"channel finance": 12}},
			"homes":       {must(m.Homes(ctx, team))(t), []action.Home{{User: "U1", Words: "x", Page: 2}}},
			"fingerprint": {must(m.PublishedHome(ctx, team, "U1"))(t), "abc"},
			"none":        {must(m.PublishedHome(ctx, team, "U9"))(t), ""},
			"runs":        {must(m.Runs(ctx, team, 5))(t), []store.Run{{ID: "r1", At: now, State: store.RunHeld, Hash: "h", Body: []byte(`{"a":1}`)}}},
			"elsewhere":   {must(m.Bindings(ctx, "T02"))(t), map[string]string{}},
		} {
			if !reflect.DeepEqual(c.got, c.want) {
				t.Errorf("%s: %+v, want %+v", what, c.got, c.want)
			}
		}
	})
}

func TestTroubleIsClearedByTheSameThingOnly(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		end := func(a action.Action, s store.Settlement) {
			m.do(t, a)
			s.Claim = m.claim(t, room("a", 1))[0]
			m.settle(t, s)
		}
		blocked := store.Settlement{Result: handlers.Result{Class: handlers.Blocked, Sentence: "An owner has to act."}}
		began := m.clock.now()
		end(remove("C1", "U1"), blocked)
		m.clock.add(time.Hour)
		end(remove("C1", "U2"), blocked)
		end(remove("C2", "U1"), store.Settlement{Result: done})
		end(invite("C1", "U1"), store.Settlement{Result: done})
		want := []handlers.Trouble{{Channel: "C1", Since: began, Sentence: "An owner has to act."}}
		if got := must(m.Troubles(ctx, team))(t); !reflect.DeepEqual(got, want) {
			t.Fatalf("troubles %+v, want %+v", got, want)
		}
		end(remove("C1", "U3"), store.Settlement{Result: done})
		if got := must(m.Troubles(ctx, team))(t); len(got) != 0 {
			t.Fatalf("troubles %+v", got)
		}
	})
}

func TestWhatIsOverIsDropped(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		m.do(t, remove("C1", "U1"), action.Reply{Asked: action.Asked{By: "U1", ResponseURL: "https://hooks.slack.com/x"}, Text: "x"}, remove("C2", "U1"))
		for _, c := range m.claim(t, room("a", 9))[:2] {
			m.settle(t, store.Settlement{Claim: c, Result: done})
		}
		for _, id := range []string{"r1", "r2"} {
			if err := m.KeepRun(ctx, team, store.Run{ID: id, At: m.clock.now(), State: store.RunApplied, Body: []byte("{}")}); err != nil {
				t.Fatal(err)
			}
		}
		m.commit(t, store.Commit{Event: "Ev9", Actions: []store.Due{{Action: remove("C9", "U9"), Run: "r2"}}})
		m.clock.add(2 * time.Hour)
		keep := store.Retention{Replies: time.Hour, Actions: 24 * time.Hour}
		if n := must(m.Prune(ctx, team, keep))(t); n != 1 {
			t.Fatalf("dropped %d rows, want the answer", n)
		}
		m.clock.add(24 * time.Hour)
		if n := must(m.Prune(ctx, team, keep))(t); n != 3 {
			t.Fatalf("dropped %d rows, want the removal that is over, the run that is, and an event long handled", n)
		}
		if runs := must(m.Runs(ctx, team, 9))(t); len(runs) != 1 || runs[0].ID != "r2" {
			t.Fatalf("runs are %+v, want the one of which something waits", runs)
		}
		if n := must(m.WaitingCount(ctx, team))(t); n != 2 {
			t.Fatalf("%d wait, want 2", n)
		}
	})
}

// A context that ends at any moment leaves the memory usable.
func TestAnEndedContextLeavesNothingBegun(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		for i := range 60 {
			ctx, stop := context.WithTimeout(t.Context(), time.Duration(i)*20*time.Microsecond)
			_, err := m.Commit(ctx, team, decided(fmt.Sprint("Ev", i), "U1"))
			stop()
			known := must(m.Handled(t.Context(), team, fmt.Sprint("Ev", i)))(t)
			if err == nil && !known[fmt.Sprint("Ev", i)] {
				t.Fatal("a commit that succeeded is not there")
			}
		}
		m.commit(t, decided("Ev", "U1"))
		must(m.Verify(t.Context(), team))(t)
	})
}

func TestBrokenTextsAreKeptAsFarAsTheyGo(t *testing.T) {
	each(t, func(t *testing.T, m *memory) {
		c := decided("Ev\x00\xff", "U\x001")
		c.Decisions[0].Reasons[0].Detail = "a\x00b\xff"
		c.Actions, c.Decisions[0].Actions = nil, nil
		m.commit(t, c)
		if n := must(m.Verify(ctx, team))(t); n != 1 {
			t.Fatalf("%d rows", n)
		}
		if r := m.commit(t, c); !r[0].Before {
			t.Fatal("it is not known again")
		}
	})
}

func BenchmarkCommit(b *testing.B) {
	for _, size := range []int{1, 64} {
		b.Run(fmt.Sprintf("%d events each", size), func(b *testing.B) {
			m, err := store.Open(b.Context(), b.TempDir()+"/usher.db", time.Now)
			if err != nil {
				b.Fatal(err)
			}
			defer m.Close()
			n := 0
			for b.Loop() {
				commits := make([]store.Commit, size)
				for i := range commits {
					n++
					commits[i] = decided(fmt.Sprint("Ev", n), workspace.UserID(fmt.Sprint("U", n)))
				}
				if _, err := m.Commit(ctx, team, commits...); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// Claiming and settling costs the same whether little or much waits behind a key.
func BenchmarkClaimAndSettle(b *testing.B) {
	for _, waiting := range []int{100, 100_000} {
		b.Run(fmt.Sprintf("%d wait", waiting), func(b *testing.B) {
			m, err := store.Open(b.Context(), b.TempDir()+"/usher.db", time.Now)
			if err != nil {
				b.Fatal(err)
			}
			defer m.Close()
			fill := func(from int) {
				var dues []store.Due
				for i := range waiting {
					dues = append(dues, store.Due{Action: remove(workspace.ChannelID(fmt.Sprint("C", i%50)), workspace.UserID(fmt.Sprint("U", from+i)))})
				}
				if _, err := m.Commit(ctx, team, store.Commit{Actions: dues}); err != nil {
					b.Fatal(err)
				}
			}
			fill(0)
			n := 0
			for b.Loop() {
				claims, err := m.Claim(ctx, team, room("a", 1))
				if err != nil {
					b.Fatal(err)
				}
				if len(claims) == 0 {
					b.StopTimer()
					n++
					fill(n * waiting)
					b.StartTimer()
					continue
				}
				if err := m.Settle(ctx, store.Settlement{Claim: claims[0], Result: done}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
