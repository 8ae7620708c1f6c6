package view_test

import (
	"testing"

	"pgregory.net/rapid"

	"usher/handlers/view"
	"usher/rules/workspace"
)

func someHeld(n int) view.Held {
	h := view.Held{
		ID: "3fa94c01d2", What: "12 of 40 members would be removed <!channel>.", Channel: &view.Room{ID: "C0FORECAST", Name: "finance-forecast", Private: true},
		Since: noon, People: 12, Waits: true, Place: view.At(0, "3fa94c01d2"),
	}
	for range n {
		h.Shown = append(h.Shown, view.HeldPerson{User: "U0MALLORY", Why: "Not in <#C0DEPT>."})
	}
	return h
}

func TestSteeringViews(t *testing.T) {
	eyes := someHeld(2)
	eyes.FourEyes, eyes.Agreed = true, []workspace.UserID{"U0ALICE", "cli"}
	decided := someHeld(2)
	decided.Waits, decided.Released, decided.Agreed = false, true, []workspace.UserID{"U0ALICE"}
	run := view.Run{ID: "r4f1c2a9b", At: noon, Why: "policy", By: "U0ALICE", Removed: 3, Waiting: 1, Failed: 2}
	room := view.Room{ID: "C0FORECAST", Name: "finance-forecast", Private: true}
	for name, v := range map[string]any{
		"view_held":          someHeld(12).View(),
		"view_held_decided":  decided.View(),
		"view_home_steering": view.Home{Command: "/usher", Admin: &view.Admin{Held: []view.Held{someHeld(0), eyes}, Runs: []view.Run{run}, Paused: true}}.View(),
		"message_held":       someHeld(12).Message(),
		"message_held_group": view.Held{ID: "1", What: "x", Group: "finance-oncall", Since: noon, Waits: true}.Message(),
		"message_released":   view.Released{People: 3, Run: "r1"}.Message(),
		"message_undone": view.Undone{Run: "r1", As: "r2", Back: 2, There: 1, Stopped: 4, Out: []view.StaysOut{
			{User: "U0MALLORY", Channel: room, Why: []string{"Not in <#C0DEPT>."}}, {User: "U0BOB", Channel: room},
		}}.Message(),
		"message_discarded":      view.Discarded(12),
		"message_other_plan":     view.Complaint(view.OtherPlan("<!channel>", "1f0c9e6a2b7d4c35")),
		"message_paused_for_cli": view.Complaint(view.PausedFor(view.Pause{By: "cli", At: noon, Why: "the rule is wrong"}, "/usher")),
		"message_paused_for":     view.Complaint(view.PausedFor(view.Pause{By: "U0ALICE"}, "/usher")),
	} {
		t.Run(name, func(t *testing.T) {
			legal(t, v)
			if m, ok := v.(view.Message); ok {
				v = map[string]any{"text": m.Text, "blocks": m.Blocks}
			}
			golden(t, name, v)
		})
	}
}

// Whatever is held, however much, Slack takes what is drawn.
func TestSteeringLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := view.Held{
			ID: typed.Draw(t, "id"), What: typed.Draw(t, "what"), Since: noon, People: rapid.IntRange(0, 2000).Draw(t, "people"), Place: place(t),
			Waits: rapid.Bool().Draw(t, "waits"), FourEyes: rapid.Bool().Draw(t, "eyes"), Group: typed.Draw(t, "group"),
		}
		for range rapid.IntRange(0, 30).Draw(t, "shown") {
			h.Shown = append(h.Shown, view.HeldPerson{User: workspace.UserID(id.Draw(t, "user")), Why: typed.Draw(t, "why")})
		}
		admin := &view.Admin{Paused: rapid.Bool().Draw(t, "paused"), Of: 600}
		for range rapid.IntRange(0, 9).Draw(t, "held") {
			admin.Held = append(admin.Held, h)
		}
		for range rapid.IntRange(0, 9).Draw(t, "runs") {
			admin.Runs = append(admin.Runs, view.Run{ID: typed.Draw(t, "run"), At: noon, Removed: 3, By: "cli", Failed: 1})
		}
		for range rapid.IntRange(0, 22).Draw(t, "clusters") {
			admin.Clusters = append(admin.Clusters, cluster(t))
		}
		for range rapid.IntRange(0, 15).Draw(t, "troubles") {
			admin.Troubles = append(admin.Troubles, trouble(t))
		}
		for _, v := range []any{h.View(), h.Message(), view.Home{Rooms: rooms(t, 35), Command: "/usher", Admin: admin}.View()} {
			legal(t, v)
			harmless(t, v)
		}
	})
}
