package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"usher/handlers"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/policyfile"
	"usher/rules/workspace"
)

// because has the policy say something else in one place.
func because(old, instead string) func(*world) {
	return func(x *world) {
		text := strings.Replace(policyText, old, instead, 1)
		if text == policyText {
			panic("the policy does not say " + old)
		}
		config, _ := policyfile.Parse("policy.yaml", []byte(text))
		policy, _ := rules.Compile(config)
		x.policy, _, _ = policy.Bind(x.w, nil)
	}
}

var fourEyes = because("contact:", "brakes: {four_eyes: true}\ncontact:")

// held is what the plan holds, as it was kept an hour ago.
func held(change ...func(*handlers.Held)) func(*world) {
	return func(x *world) {
		for _, b := range x.policy.Plan(x.w, noon).Held {
			h := handlers.HeldOf(b, noon.Add(-time.Hour))
			for _, c := range change {
				c(&h)
			}
			x.memory.held = append(x.memory.held, h)
		}
	}
}

func agreedBy(u workspace.UserID) func(*handlers.Held) {
	return func(h *handlers.Held) { h.By = []workspace.UserID{u} }
}

// crowdID is the id of what crowd has held.
func crowdID(t *testing.T) string {
	t.Helper()
	x := newWorld(t)
	all(crowd, held())(x)
	return x.memory.held[0].ID()
}

func emptyLeads(x *world) {
	x.edit(func(e *workspace.Editor) {
		e.SetUsergroupMembers("S0LEADS", nil, workspace.Knowledge{Complete: true, At: noon})
	})
}

func TestSteer(t *testing.T) {
	id := crowdID(t)
	x := newWorld(t)
	all(emptyLeads, held())(x)
	leads := x.memory.held[0].ID()
	press := func(name, user, action, value, where string, before ...func(*world)) scene {
		return scene{name: name, kind: "action:" + action, payload: clicked(user, action, value, where), before: all(before...)}
	}
	order := func(name, verb, fields string, before ...func(*world)) scene {
		return scene{name: name, kind: "operator:" + verb, payload: fmt.Sprintf(`{"verb":%q%s}`, verb, fields), before: all(before...)}
	}
	command := func(name, user, text string, before ...func(*world)) scene {
		return scene{name: name, kind: "command", payload: slashed(user, text), before: all(before...)}
	}
	past := func(x *world) {
		x.memory.runs = []handlers.PastRun{{
			Run: handlers.Run{ID: "r1", Why: "policy"}, At: noon.Add(-time.Hour), Removals: 3, Waiting: 2, Failed: 1,
			Removed: []workspace.Seat{{Channel: "C0FORECAST", User: "U0BOB"}, {Channel: "C0FORECAST", User: "U0MALLORY"}, {Channel: "C0FORECAST", User: "U0DAVE"}},
		}}
	}
	flapping := func(x *world) {
		x.memory.held = []handlers.Held{{Key: "flapping:C0FORECAST:U0MALLORY", Kind: rules.BrakeFlapping, Channel: "C0FORECAST", User: "U0MALLORY", Clusters: []string{"finance"}, Has: 3, Had: 3, People: []workspace.UserID{"U0MALLORY"}, Since: noon}}
		x.memory.spared = rules.Spared{{Channel: "C0FORECAST", User: "U0MALLORY"}: rules.CodeFlapping}
		x.policy = x.policy.Spare(x.memory.spared)
	}
	flap := func(x *world) string { flapping(x); return x.memory.held[0].ID() }(newWorld(t))
	run(t, []scene{
		press("release", "U0ALICE", "held_release", id, onMessage, crowd, held()),
		press("release_modal", "U0ALICE", "held_release", id, onModal, crowd, held()),
		press("release_denied", "U0BOB", "held_release", id, onMessage, crowd, held()),
		press("release_rights_lapsed", "U0DAVE", "held_release", id, onMessage, crowd, held()),
		press("release_changed", "U0ALICE", "held_release", id, onMessage, crowd, held(), left("C0FORECAST", "U0CROWD1")),
		press("release_released", "U0ALICE", "held_release", id, onMessage, crowd, held(agreedBy("U0ALICE"), func(h *handlers.Held) { h.State = handlers.HeldReleased })),
		press("release_source", "U0ALICE", "held_release", leads, onMessage, emptyLeads, held()),
		press("release_flapping", "U0ALICE", "held_release", flap, onMessage, joined("C0FORECAST", "U0MALLORY"), flapping),
		press("release_first_eyes", "U0ALICE", "held_release", id, onMessage, fourEyes, crowd, held()),
		press("release_same_eyes", "U0ALICE", "held_release", id, onMessage, fourEyes, crowd, held(agreedBy("U0ALICE"))),
		press("release_other_eyes", "U0ALICE", "held_release", id, onMessage, fourEyes, crowd, held(agreedBy("cli"))),
		press("discard", "U0ALICE", "held_discard", id, onMessage, crowd, held()),
		press("discard_source", "U0ALICE", "held_discard", leads, onMessage, emptyLeads, held()),
		press("discard_denied", "U0BOB", "held_discard", id, onMessage, crowd, held()),
		press("look", "U0ALICE", "held_look", "0 "+id, onMessage, crowd, held()),
		press("look_denied", "U0BOB", "held_look", "0 "+id, onHome, crowd, held()),
		press("look_gone", "U0ALICE", "held_look", "0 1234567890", onHome),
		press("undo", "U0ALICE", "run_undo", "r1", onHome, past),
		press("undo_denied", "U0BOB", "run_undo", "r1", onHome, past),
		press("pause", "U0ALICE", "pause", "", onHome, opened("U0BOB")),
		press("pause_denied", "U0BOB", "pause", "", onHome),
		press("resume", "U0ALICE", "resume", "", onHome, paused, opened("U0BOB")),
		command("command_pause", "U0ALICE", "pause the rule is <!channel> wrong"),
		command("command_pause_denied", "U0BOB", "pause"),
		command("command_pause_again", "U0ALICE", "pause", paused),
		command("command_resume", "U0ALICE", "resume", paused),
		command("command_resume_awake", "U0ALICE", "resume"),
		order("apply", "apply", "", joined("C0FORECAST", "U0MALLORY")),
		order("apply_other", "apply", `,"hash":"0123456789abcdef"`, joined("C0FORECAST", "U0MALLORY")),
		order("apply_paused", "apply", "", joined("C0FORECAST", "U0MALLORY"), paused),
		order("apply_held", "apply", "", crowd),
		order("order_release", "release", `,"id":"`+id+`"`, crowd, held()),
		order("order_undo_unknown", "undo", `,"id":"r0"`),
		order("order_refused", "refused", `,"why":"policy.yaml:3:1: no <!channel>","count":2`),
		{name: "replan_held_before", kind: "due:replan", payload: `{"why":"schedule"}`, before: all(crowd, held())},
		{name: "replan_released_before", kind: "due:replan", payload: `{"why":"schedule"}`, before: all(crowd, held(func(h *handlers.Held) { h.State = handlers.HeldReleased }))},
		{name: "profile_held", kind: "event:user_change", payload: `{"user":{"id":"U0CROWD1"}}`, before: all(crowd, held())},
		{name: "profile_released", kind: "event:user_change", payload: `{"user":{"id":"U0CROWD1"}}`, before: all(crowd, held(func(h *handlers.Held) { h.State = handlers.HeldReleased }))},
		{name: "recheck_held", kind: "due:recheck", payload: compact(t, action.Recheck{Channel: "C0FORECAST", User: "U0CROWD1"}), before: all(crowd, held())},
		{name: "joined_again_while_held", kind: "event:member_joined_channel", payload: `{"user":"U0CROWD1","channel":"C0FORECAST"}`, before: all(crowd, held(), left("C0FORECAST", "U0CROWD1"), joined("C0FORECAST", "U0CROWD1"))},
		{name: "replan_held_no_more", kind: "due:replan", payload: `{"why":"schedule"}`, before: all(flapping, func(x *world) {
			x.memory.held = append(x.memory.held, handlers.Held{Key: "share:C0OLD", Kind: rules.BrakeShare, Channel: "C0OLD"})
		})},
		{name: "replan_blocked", kind: "due:replan", payload: `{"why":"schedule"}`, before: all(joined("C0FORECAST", "U0MALLORY"), func(x *world) {
			x.memory.blocked = []handlers.Trouble{{Channel: "C0FORECAST", Sentence: "An administrator has to let me remove people."}}
		})},
		{name: "joined_flapping", kind: "event:member_joined_channel", payload: `{"user":"U0MALLORY","channel":"C0FORECAST","inviter":"U0DAVE"}`, before: all(joined("C0FORECAST", "U0MALLORY"), func(x *world) { x.memory.takenOut = 3 })},
		{name: "joined_not_yet_flapping", kind: "event:member_joined_channel", payload: `{"user":"U0MALLORY","channel":"C0FORECAST","inviter":"U0DAVE"}`, before: all(joined("C0FORECAST", "U0MALLORY"), func(x *world) { x.memory.takenOut = 2 })},
		{name: "joined_undetermined", kind: "event:member_joined_channel", payload: `{"user":"U0MALLORY","channel":"C0FORECAST","inviter":"U0DAVE"}`, before: all(joined("C0FORECAST", "U0MALLORY"), doubt("C0DEPT"))},
		{name: "refreshed_introduces", kind: "settled:refresh", payload: settled(t, action.Refresh{Channel: "C0FORECAST"}, handlers.Done, ""), before: all(joined("C0FORECAST", "U0MALLORY"), func(x *world) {
			x.memory.added = map[workspace.Seat]workspace.UserID{{Channel: "C0FORECAST", User: "U0MALLORY"}: "U0BOB"}
		})},
		{name: "refreshed_introduces_an_owner", kind: "settled:refresh", payload: settled(t, action.Refresh{Channel: "C0FORECAST"}, handlers.Done, ""), before: all(joined("C0FORECAST", "U0MALLORY"), func(x *world) {
			x.memory.added = map[workspace.Seat]workspace.UserID{{Channel: "C0FORECAST", User: "U0MALLORY"}: "U0DAVE"}
		})},
	})
}

// What administrators are told of something held is as it is when they read it.
func TestHeldNotice(t *testing.T) {
	for name, before := range map[string]func(*world){
		"waits": all(crowd, held()), "eyes": all(fourEyes, crowd, held(agreedBy("U0DAVE"))), "gone": func(*world) {}, "source": all(emptyLeads, held()),
	} {
		t.Run(name, func(t *testing.T) {
			x := newWorld(t)
			before(x)
			a := action.Tell{To: "U0ALICE", Topic: action.HeldBack, Channel: "C0FORECAST", Detail: "10 of 12 would be removed", Refers: "share:C0FORECAST"}
			if name == "source" {
				a.Refers, a.Channel = x.memory.held[0].Key, ""
			}
			m := handlers.Notice(x.request(), a)
			golden(t, "Notice_held_"+name, m.Text+"\n"+fmt.Sprintln(len(m.Blocks), "blocks"))
		})
	}
}
