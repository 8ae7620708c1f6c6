package demo

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// Whoever looks for the one removal must not have to look through what was
// decided alike about everybody else.
func TestDecisionsAlikeAreOneRow(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var all []Decided
	add := func(verdict, who, where string, ago time.Duration) {
		all = append(all, Decided{Key: fmt.Sprint(100 - len(all)), At: at.Add(-ago), Verdict: verdict, Who: who, Where: where, Reasons: []string{"because"}})
	}
	add("allow", "Ann", "#news", 0)
	add("allow", "Ben", "#news", 0)
	add("allow", "Cem", "#news", time.Millisecond)
	add("allow", "Cem", "#events", time.Millisecond)
	add("remove", "Dan", "#events", time.Millisecond)
	add("remove", "Dan", "#events", 2*time.Millisecond) // a second time is no second person
	add("remove", "Eve", "#events", time.Hour)
	var got []string
	for _, r := range inRows(all, 9) {
		got = append(got, r.Key+" "+r.Verdict+" "+r.What()+": "+strings.Join(r.People, ", "))
	}
	want := []string{
		"98 allow 3 people in #news: Ann, Ben, Cem", "97 allow Cem in #events: Cem",
		"96 remove Dan in #events: Dan", "95 remove Dan in #events: Dan", "94 remove Eve in #events: Eve",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the rows are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if rows := inRows(all, 1); len(rows) != 1 || len(rows[0].People) != 3 {
		t.Errorf("the only row is %+v", rows)
	}
}

func TestHomesPublishedTogetherAreOneRow(t *testing.T) {
	home := func(key, who, state string) Carried {
		return Carried{Key: key, State: state, What: "publish the Home of " + who, Home: who}
	}
	var got []string
	for _, r := range homesTogether([]Carried{
		home("9", "Ann", "done"), home("8", "Ben", "done"), home("7", "Ben", "done"), home("6", "Ben", "already"),
		{Key: "5", State: "done", What: "remove Dan"}, home("4", "Ann", "done"), home("3", "Ann", "done"),
	}, 9) {
		got = append(got, r.Key+" "+r.State+" "+r.What)
	}
	want := []string{"7 done publish the Homes of 2 people", "6 already publish the Home of Ben", "5 done remove Dan", "3 done publish the Home of Ann"}
	if !slices.Equal(got, want) {
		t.Errorf("the rows are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
