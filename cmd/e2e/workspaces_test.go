package e2e

import (
	"strings"
	"testing"

	"usher/bot/config"
	"usher/bot/slacksim"
)

// Two workspaces behind one app, with the same names in both: what happens in
// one touches nothing in the other.
func TestWorkspacesDoNotMeet(t *testing.T) {
	t.Parallel()
	_, first, _ := strings.Cut(townFile, "workspaces:\n")
	file, err := slacksim.ParseFile([]byte(townFile + strings.Replace(first, "T01", "T02", 1)))
	if err != nil {
		t.Fatal(err)
	}
	w := newTown(t, func(o *slacksim.Options) { o.Workspace = file })
	ready := w.slack.Ready()
	settings := w.settings()
	settings.Workspaces = append(settings.Workspaces, config.Workspace{BotToken: config.NewSecret(ready.Workspaces[1].BotToken), Team: "T02"})
	b := w.startWith(settings)

	since := w.lastCall()
	w.act(slacksim.Act{Team: "T02", As: "alice", Do: "invite", Channel: "finance-forecast", Users: slacksim.Names{"mallory"}})
	w.act(slacksim.Act{Team: "T02", As: "bob", Do: "slash", Command: "/usher", Text: "join finance-forecast"})
	w.until("in T02 mallory is out and bob is in", func(s slacksim.State) bool {
		there := elsewhere(s, "T02")
		return !in(there, "mallory", "finance-forecast") && in(there, "bob", "finance-forecast") && len(private(there, "mallory")) > 0
	})
	here := w.slack.State()
	if in(here, "bob", "finance-forecast") || len(here.Workspaces["T01"].Messages) > 0 {
		t.Error("T01 was touched by what happened in T02")
	}
	for _, c := range w.slack.Calls(since) {
		if c.Team == "T01" && (c.Method == "conversations.kick" || c.Method == "conversations.invite" || c.Method == "chat.postMessage") {
			t.Errorf("%s was called for T01", c.Method)
		}
	}
	if ok, findings := b.Look(t.Context()); !ok {
		t.Errorf("not ready: %+v", findings)
	}
}

// elsewhere is a state in which another workspace stands in the place of T01.
func elsewhere(s slacksim.State, team string) slacksim.State {
	return slacksim.State{Workspaces: map[string]slacksim.Workspace{"T01": s.Workspaces[team]}}
}
