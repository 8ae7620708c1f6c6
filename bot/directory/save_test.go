package directory_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"usher/bot/slacksim"
	"usher/rules"
	"usher/rules/workspace"
)

func TestNothingIsSavedThatWasLost(t *testing.T) {
	w := start(t, acme)
	w.refresh()
	w.act(slacksim.Act{As: "mallory", Do: "join", Channel: "random"})
	w.tell(w.events()...)
	c, err := w.Take(t.Context(), team)
	if err != nil || c == nil || len(c.Parts) == 0 {
		t.Fatalf("changes %+v, %v", c, err)
	}
	c.Lost() // the transaction failed
	again, err := w.Take(t.Context(), team)
	if err != nil || len(again.Parts) != len(c.Parts) {
		t.Fatalf("%d parts the second time, want %d, %v", len(again.Parts), len(c.Parts), err)
	}
	if err := w.store.SaveMirror(t.Context(), team, again.Parts...); err != nil {
		t.Fatal(err)
	}
	again.Kept()
	if more, err := w.Take(t.Context(), team); more != nil || err != nil {
		t.Errorf("there is more: %+v, %v", more, err)
	}
	w.restart(time.Now())
	if got := w.members(w.channel("random")); !slices.Contains(got, string(w.user("mallory"))) {
		t.Errorf("members %v", got)
	}
}

// One arrival in a large channel must not write the whole list again, and many
// must not be kept one by one for ever.
func TestSingleMovesAreSavedAlone(t *testing.T) {
	w := start(t, acme)
	w.refresh()
	room := w.channel("random")
	event := func(kind string, i int) []byte {
		return fmt.Appendf(nil, `{"type":%q,"user":"U%d","channel":%q}`, kind, i, room)
	}
	whole, single := 0, 0
	for i := range 300 {
		if _, err := w.Observe(team, "member_joined_channel", event("member_joined_channel", i)); err != nil {
			t.Fatal(err)
		}
		if i%3 == 0 {
			if _, err := w.Observe(team, "member_left_channel", event("member_left_channel", i)); err != nil {
				t.Fatal(err)
			}
		}
		c, err := w.Take(t.Context(), team)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range c.Parts {
			switch {
			case p.Kind == "members":
				whole++
			case p.Kind == "move" && p.Body != nil:
				single++
			}
		}
		if err := w.store.SaveMirror(t.Context(), team, c.Parts...); err != nil {
			t.Fatal(err)
		}
		c.Kept()
	}
	if whole == 0 || whole > 8 || single < 250 {
		t.Errorf("the list was written whole %d times, %d moves alone", whole, single)
	}
	before := w.members(room)
	newcomers := w.snapshot().Members(room).Newcomers.Len()
	w.restart(time.Now())
	if got := w.members(room); !slices.Equal(got, before) || len(got) != 204 {
		t.Errorf("%d people were read back, want %d", len(got), len(before))
	}
	if got := w.snapshot().Members(room).Newcomers.Len(); got != newcomers || got != 200 {
		t.Errorf("%d newcomers were read back, want %d", got, newcomers)
	}
}

func TestDecisionsAreNoted(t *testing.T) {
	w := start(t, acme)
	w.refresh()
	w.act(slacksim.Act{As: "alice", Do: "invite", Channel: "finance-forecast", Users: slacksim.Names{"bob", "carol"}})
	w.tell(w.events()...)
	room, at := w.channel("finance-forecast"), time.Now().Truncate(time.Second)
	about := func(name string, v rules.Verdict) rules.Decision {
		return rules.Decision{Membership: rules.Membership{Channel: room, User: w.user(name)}, Verdict: v}
	}
	graced := about("mallory", rules.Warn)
	graced.Until = at.Add(time.Hour)
	dry := about("alice", rules.Warn)
	dry.Until, dry.DryRun = at.Add(time.Hour), true
	w.Note(team, []rules.Decision{about("bob", rules.Allow), about("carol", rules.Remove), graced, dry}, at)
	check := func(when string, newcomers ...string) {
		t.Helper()
		s := w.snapshot()
		if got := names(s, s.Members(room).Newcomers); !slices.Equal(got, newcomers) {
			t.Errorf("%s newcomers are %v", when, got)
		}
		if since, runs := s.Grace(room, w.user("mallory")); !runs || !since.Equal(at) {
			t.Errorf("%s the grace runs since %s, %v", when, since, runs)
		}
		if _, runs := s.Grace(room, w.user("alice")); runs {
			t.Errorf("%s a dry run has started a grace", when)
		}
	}
	check("at once", string(w.user("carol")))
	w.Note(team, []rules.Decision{graced}, at.Add(time.Minute))
	check("told again", string(w.user("carol")))
	w.Note(team, []rules.Decision{about("carol", rules.Warn)}, at) // warned, and nothing will follow: it is not said twice, and she counts as one who was there
	if err := w.Save(t.Context(), team); err != nil {
		t.Fatal(err)
	}
	w.restart(time.Now())
	check("after a restart")
	if _, warned := w.snapshot().Grace(room, w.user("carol")); !warned {
		t.Error("after a restart it is forgotten that carol was warned")
	}

	w.act(slacksim.Act{As: "alice", Do: "kick", Channel: "finance-forecast", Users: slacksim.Names{"mallory"}})
	w.hear()
	if _, runs := w.snapshot().Grace(room, w.user("mallory")); runs {
		t.Error("the grace goes on although mallory has left")
	}
	if err := w.Save(t.Context(), team); err != nil {
		t.Fatal(err)
	}
	w.restart(time.Now())
	if _, runs := w.snapshot().Grace(room, w.user("mallory")); runs {
		t.Error("after a restart the grace is back")
	}
}

func TestWorkspacesAreKeptApart(t *testing.T) {
	w := start(t, acme)
	w.refresh()
	if err := w.Open(t.Context(), workspace.Team{ID: "T02", Bot: "U2"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	body := fmt.Appendf(nil, `{"type":"member_joined_channel","user":"U9","channel":%q,"event_ts":"9999999999.1"}`, w.channel("random"))
	if _, err := w.Observe("T02", "member_joined_channel", body); err != nil {
		t.Fatal(err)
	}
	if err := w.Save(t.Context(), "T02"); err != nil {
		t.Fatal(err)
	}
	w.same()
	if got := len(w.Teams()); got != 2 {
		t.Errorf("%d workspaces", got)
	}
	w.restart(time.Now())
	if got := w.members(w.channel("random")); slices.Contains(got, "U9") {
		t.Error("what was told of one workspace is known in the other")
	}
}
