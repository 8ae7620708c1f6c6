package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"usher/bot/slacksim"
)

// Five hundred people who join a group's source within a second are at most
// three writings.
func TestFiveHundredJoinsAreAFewWritings(t *testing.T) {
	const people = 500
	var users strings.Builder
	for i := range people {
		fmt.Fprintf(&users, "      - {name: person%d}\n", i)
	}
	w := rotaWorld(t, strings.Replace(rotaTown, "    channels:\n", users.String()+"    channels:\n", 1), rotaPolicy, nil)
	w.start()
	w.group("oncall", "alice", "bob")
	since := w.lastCall()
	began := time.Now()
	for i := range people {
		w.act(slacksim.Act{As: fmt.Sprintf("person%d", i), Do: "join", Channel: "rota"})
	}
	took := time.Since(began)
	w.until("all of them are in the group", func(s slacksim.State) bool { return len(group(s, "oncall")) == people+2 })
	writes := w.calls("usergroups.users.update", since)
	settled := time.Since(began)
	t.Logf("%d joins in %s: %d writings, %d readings of the list, settled after %s", people, took.Round(time.Millisecond), writes,
		w.calls("usergroups.users.list", since), settled.Round(time.Millisecond))
	most := 3
	if heard := settled - 5*time.Second; heard > 0 {
		// The race detector on a busy machine hears them for longer than they took to
		// come: one writing more for each span of two seconds that goes on.
		most += 1 + int(heard/(2*time.Second))
	}
	if writes > most {
		t.Errorf("%d writings for %d joins", writes, people)
	}
}
