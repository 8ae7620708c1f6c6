package e2e

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/bot"
	"usher/bot/slacksim"
	"usher/bot/slacksim/wire"
)

var groupSeed = flag.Uint64("group-seed", 0, "seed of the random history of a user group; 0: a new one")

// A user group kept by rule, under whatever happens: it settles at exactly the
// list that its source has, and is never empty on the way.
func TestAGroupSettlesWhateverHappens(t *testing.T) {
	t.Parallel()
	seed := *groupSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d (again with -group-seed)", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	const people, rounds = 30, 6
	var users strings.Builder
	names := make([]string, people)
	for i := range names {
		names[i] = fmt.Sprintf("person%d", i)
		fmt.Fprintf(&users, "      - {name: %s}\n", names[i])
	}
	place := strings.Replace(rotaTown, "    channels:\n", users.String()+"    channels:\n", 1)
	policy := strings.Replace(rotaPolicy, "usergroups:", "brakes: {removals: 1000, share: 100%, source_shrink: 100%}\nusergroups:", 1)
	w := rotaWorld(t, place, strings.Replace(policy, "    coupled: true\n", "", 1), unlimited)
	w.startWith(w.settings(), bot.Unlimited())
	w.group("oncall", "alice", "bob")
	since, changes := w.lastCall(), 0
	for round := range rounds {
		for range 5 + r.IntN(40) {
			if w.random(r, names) {
				changes++
			}
		}
		w.until(fmt.Sprintf("settled in round %d of seed %d", round, seed), func(s slacksim.State) bool {
			now := group(s, "oncall")
			if len(now) == 0 {
				t.Fatalf("seed %d: the group is empty in round %d", seed, round)
			}
			return slices.Equal(now, wanted(s))
		})
		if err := w.slack.Fault(slacksim.Fault{Clear: true}); err != nil {
			t.Fatal(err)
		}
	}
	calls := 0
	for _, c := range w.slack.Calls(since) {
		if strings.HasPrefix(c.Method, "usergroups.") {
			calls++
		}
	}
	t.Logf("%d changes, %d calls about user groups, %d of them writings", changes, calls, w.calls("usergroups.users.update", since))
}

// wanted is who has to be in the group: the source's people, whom Slack lets in.
func wanted(s slacksim.State) (names []string) {
	for _, id := range channel(s, "rota").Members {
		if u := s.Workspaces["T01"].Users[id]; !u.IsBot && !u.Deleted && !u.IsRestricted && !u.IsUltraRestricted {
			names = append(names, u.Name)
		}
	}
	slices.Sort(names)
	return names
}

// random does something to the group, its source or the connection, as whoever
// may; false where Slack refused.
func (w *town) random(r *rand.Rand, names []string) bool {
	who := names[r.IntN(len(names))]
	a := slacksim.Act{As: who, Channel: "rota"}
	switch r.IntN(12) {
	case 0, 1, 2, 3:
		a.Do = "join"
	case 4, 5:
		a.Do = "leave"
	case 6:
		a = slacksim.Act{As: "alice", Do: "deactivate", User: who}
	case 7:
		a = slacksim.Act{As: "alice", Do: "reactivate", User: who}
	case 8, 9:
		some := slacksim.Names{"alice"}
		for range r.IntN(5) {
			some = append(some, names[r.IntN(len(names))])
		}
		a = slacksim.Act{As: "alice", Do: "set_usergroup", Usergroup: "oncall", Members: &some}
	case 10:
		a = slacksim.Act{As: "alice", Do: "set_profile", User: who, Title: new(string)}
	default:
		w.trouble(r)
		return false
	}
	return w.slack.Act(w.Context(), a).OK
}

func (w *town) trouble(r *rand.Rand) {
	w.Helper()
	method := []string{"usergroups.users.update", "usergroups.users.list", "usergroups.list"}[r.IntN(3)]
	f := []slacksim.Fault{
		{Method: method, Error: "internal_error", Times: 1},
		{Method: method, Status: 503, Times: 1},
		{Method: method, RetryAfter: 1, Times: 1},
		{Method: method, Truncate: true, Times: 1},
		{Wire: wire.Fault{Socket: "drop"}},
		{Wire: wire.Fault{Envelopes: "duplicate", Times: 3}},
		{Wire: wire.Fault{Envelopes: "reorder", Window: 4}},
	}[r.IntN(7)]
	if err := w.slack.Fault(f); err != nil {
		w.Fatal(err)
	}
}
