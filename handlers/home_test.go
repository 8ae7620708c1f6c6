package handlers_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"usher/bot/slacksim/blockkit"
	"usher/handlers"
	"usher/handlers/view"
	"usher/rules/action"
	"usher/rules/workspace"
)

func drawn(t *testing.T, v any, problems []blockkit.Problem) string {
	t.Helper()
	for _, p := range problems {
		t.Errorf("%s", p)
	}
	var blocks []slack.Block
	switch v := v.(type) {
	case slack.HomeTabViewRequest:
		blocks = v.Blocks.BlockSet
	case view.Message:
		blocks = v.Blocks
	}
	var b strings.Builder
	for _, block := range blocks {
		fmt.Fprintf(&b, "%s\n", compact(t, block))
	}
	return b.String()
}

func TestHome(t *testing.T) {
	for _, c := range []struct {
		name   string
		home   action.Home
		before func(*world)
	}{
		{"member", action.Home{User: "U0BOB"}, nil},
		{"outsider", action.Home{User: "U0MALLORY"}, nil},
		{"admin", action.Home{User: "U0ALICE"}, nil},
		{"searched", action.Home{User: "U0BOB", Words: "fore", Page: 9}, nil},
		{"paused", action.Home{User: "U0BOB"}, paused},
		{"paused_admin", action.Home{User: "U0ALICE"}, paused},
		{"nobody", action.Home{User: "U0NOBODY"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := newWorld(t)
			if c.before != nil {
				c.before(x)
			}
			h := handlers.Home(x.request(), c.home)
			golden(t, "Home_"+c.name, drawn(t, h, blockkit.View(json.RawMessage(compact(t, h)))))
			if again := handlers.Home(x.request(), c.home); compact(t, again) != compact(t, h) {
				t.Error("the same Home was drawn in two ways")
			}
		})
	}
}

func TestHomeWithoutMemory(t *testing.T) {
	r := newWorld(t).request()
	r.Recent = nil
	if h := handlers.Home(r, action.Home{User: "U0ALICE"}); len(h.Blocks.BlockSet) == 0 {
		t.Error("an empty Home")
	}
}

func TestNotice(t *testing.T) {
	for name, a := range map[string]action.Tell{
		"removed":      {To: "U0MALLORY", Topic: action.Removed, Channel: "C0FORECAST", Cluster: "finance", Reasons: []string{"Not in a private channel."}},
		"gone_channel": {To: "U0DAVE", Topic: action.RemovedOwner, Channel: "C0GONE", Subject: "U0MALLORY", Cluster: "gone"},
		"operator":     {To: "U0ALICE", Topic: action.Operator, Channel: "C0REPORTS", Detail: "An owner has to let me remove people"},
		"new_channel":  {To: "U0DAVE", Topic: action.NewChannel, Channel: "C0FORECAST", Cluster: "finance"},
	} {
		t.Run(name, func(t *testing.T) {
			m := handlers.Notice(newWorld(t).request(), a)
			golden(t, "Notice_"+name, m.Text+"\n"+drawn(t, m, blockkit.Message(json.RawMessage(compact(t, slack.Blocks{BlockSet: m.Blocks})))))
		})
	}
}

var actionID = regexp.MustCompile(`"action_id":"([^"]*)"`)

// Everything that can be pressed anywhere has a handler.
func TestEveryButtonHasARoute(t *testing.T) {
	x := newWorld(t)
	ids := map[string]bool{}
	collect := func(v any) {
		for _, m := range actionID.FindAllStringSubmatch(compact(t, v), -1) {
			ids[m[1]] = true
		}
	}
	many := make([]view.Room, 90)
	for i := range many {
		many[i] = view.Room{ID: workspace.ChannelID(fmt.Sprintf("C%03d", i)), Name: "x", MayJoin: i%2 == 0, In: i%2 == 1}
	}
	clusters, troubles := make([]view.Cluster, 60), make([]view.Trouble, 60)
	for i := range clusters {
		clusters[i].Name = "c"
	}
	collect(handlers.Home(x.request(), action.Home{User: "U0ALICE"}))
	collect(view.Home{Rooms: many, Place: view.At(1, "x"), Admin: &view.Admin{Clusters: clusters, Of: 60, Troubles: troubles}}.View())
	collect(view.Home{Place: view.At(1, "x")}.View())
	collect(view.List{Rooms: many, Place: view.At(1, "")}.Message().Blocks)
	collect(view.AllClusters(clusters, 60, view.At(1, "")))
	collect(view.AllTroubles(troubles, view.At(1, "")))
	collect(view.ClusterDetail{Before: 20, After: 20, Place: view.At(1, "c")}.View())
	for _, topic := range []action.Topic{action.Removed, action.Warned, action.GraceStarted, action.ProposeRename} {
		collect(view.Notice{Topic: topic, Channel: "C1"}.Message().Blocks)
	}
	held := view.Held{ID: "1", Waits: true, People: 60, Place: view.At(1, "1"), Shown: make([]view.HeldPerson, 20)}
	collect(held.View())
	collect(held.Message().Blocks)
	collect(view.Home{Admin: &view.Admin{Paused: true, Held: []view.Held{held}, Runs: []view.Run{{ID: "r1"}}}}.View())
	collect(view.ArchiveWarning(action.Archive{Channel: "C1", Reaction: "incidents", Number: 1}).Blocks)
	row := view.GroupRow{ID: "S1", Handle: "x", In: true, MayLeave: true, Answers: true, Admin: true}
	collect(row.View(nil))
	row.In, row.MayJoin, row.Disabled = false, true, true
	collect(row.View(nil))
	collect(view.AllGroups([]view.GroupRow{row}, view.Place{}, true))
	for id := range ids {
		if !x.router.Handles("action:" + id) {
			t.Errorf("nothing handles a press on %q", id)
		}
	}
	for _, kind := range x.router.Kinds() {
		if id, ok := strings.CutPrefix(kind, "action:"); ok && !slices.ContainsFunc(keys(ids), func(drawn string) bool { return drawn == id || strings.HasPrefix(drawn, id+":") }) {
			t.Errorf("nothing that is drawn can be pressed for %q", kind)
		}
	}
}

func keys(m map[string]bool) []string {
	var all []string
	for k := range m {
		all = append(all, k)
	}
	return all
}

// Nobody is shown the name of a private channel that they are not in and may
// not join, whatever they ask.
func TestPrivateNamesStayPrivate(t *testing.T) {
	x := newWorld(t)
	secret := regexp.MustCompile(`finance-(department|dark)|board-room|vault-one|leads-room`)
	check := func(what, text string) {
		if found := secret.FindString(text); found != "" {
			t.Errorf("%s shows %s:\n%s", what, found, text)
		}
	}
	for _, text := range []string{"", "list", "list finance", "list board", "join #finance-reports", "why #finance-reports", "join #finance-drak", "join #board-rom", "join leads-rom", "join C0DARK", "why <#C0BOARD>", "leave #vault-on", "status"} {
		check("/usher "+text, said(t, x.handle(t, "command", slashed("U0MALLORY", text))))
	}
	h := handlers.Home(x.request(), action.Home{User: "U0MALLORY"})
	check("the Home", compact(t, h))
	for _, id := range []string{"join", "leave"} {
		for _, c := range []string{"C0DARK", "C0BOARD", "C0VAULT", "C0LEADS"} {
			check(id, said(t, x.handle(t, "action:"+id, clicked("U0MALLORY", id, c, onHome))))
		}
	}
	there := said(t, x.handle(t, "command", slashed("U0MALLORY", "join #board-room")))
	not := said(t, x.handle(t, "command", slashed("U0MALLORY", "join #board-zoom")))
	if strings.ReplaceAll(there, "board-room", "board-zoom") != not {
		t.Errorf("a private channel can be told from one that is not there:\n%s\n%s", there, not)
	}
}
