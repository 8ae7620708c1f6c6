package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"usher/handlers"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// scene is a few payloads of one sort, each asked in a workspace of its own.
type scene struct {
	name    string
	before  func(*world) // what is different from the usual workspace
	kind    string
	payload string
}

func slashed(user, text string) string {
	return fmt.Sprintf(`{"command":"/usher","team_id":"T01","user_id":%q,"text":%q,"response_url":"https://hooks.slack.com/commands/T01/1","trigger_id":"1.2","is_enterprise_install":"false"}`, user, text)
}

func clicked(user, actionID, value, where string) string {
	return fmt.Sprintf(`{"type":"block_actions","user":{"id":%q},"trigger_id":"1.2","actions":[{"action_id":%q,"value":%q}],%s}`, user, actionID, value, where)
}

const (
	onHome    = `"view":{"id":"V01","type":"home","hash":"h1"}`
	onModal   = `"view":{"id":"V02","type":"modal","hash":"h2"}`
	onMessage = `"response_url":"https://hooks.slack.com/actions/T01/1"`
)

func member(channel, user, inviter string) string {
	if inviter != "" {
		inviter = fmt.Sprintf(`,"inviter":%q`, inviter)
	}
	return fmt.Sprintf(`{"type":"member_joined_channel","channel":%q,"user":%q%s}`, channel, user, inviter)
}

func joined(c workspace.ChannelID, u workspace.UserID) func(*world) {
	return func(x *world) { x.edit(func(e *workspace.Editor) { e.Join(c, u) }) }
}

func left(c workspace.ChannelID, u workspace.UserID) func(*world) {
	return func(x *world) { x.edit(func(e *workspace.Editor) { e.Leave(c, u) }) }
}

func all(changes ...func(*world)) func(*world) {
	return func(x *world) {
		for _, c := range changes {
			c(x)
		}
	}
}

func opened(users ...workspace.UserID) func(*world) {
	return func(x *world) {
		for _, u := range users {
			x.memory.opened[u] = action.Home{User: u}
		}
	}
}

func paused(x *world) {
	x.memory.standing = handlers.Standing{Paused: true, PausedBy: "U0ALICE", PausedWhy: "the rule is wrong"}
}

func guest(u workspace.UserID) func(*world) {
	return func(x *world) {
		x.edit(func(e *workspace.Editor) {
			who, _ := x.w.User(u)
			who.Guest = workspace.MultiChannelGuest
			e.PutUser(who)
		})
	}
}

// reading is before the first reading of the workspace is over.
func reading(x *world) { x.memory.standing = handlers.Standing{Reading: true} }

// crowd is more people in a channel, past their grace, than may be removed at once.
func crowd(x *world) {
	x.edit(func(e *workspace.Editor) {
		for i := range 10 {
			u := workspace.UserID(fmt.Sprintf("U0CROWD%d", i))
			e.PutUser(workspace.User{ID: u, Team: "T01", Name: fmt.Sprintf("crowd-%d", i)})
			e.Join("C0FORECAST", u)
			e.Settle("C0FORECAST", u)
			e.StartGrace("C0FORECAST", u, noon.Add(-25*time.Hour))
		}
	})
}

func doubt(c workspace.ChannelID) func(*world) {
	return func(x *world) { x.edit(func(e *workspace.Editor) { e.DoubtMembers(c) }) }
}

func settled(t *testing.T, a action.Action, class handlers.Class, sentence string) string {
	t.Helper()
	return compact(t, handlers.Settled{Action: a, Result: handlers.Result{Class: class, Sentence: sentence}})
}

func run(t *testing.T, scenes []scene) {
	t.Helper()
	for _, s := range scenes {
		t.Run(s.name, func(t *testing.T) {
			x := newWorld(t)
			if s.before != nil {
				s.before(x)
			}
			out := x.handle(t, s.kind, s.payload)
			legal(t, s.kind, out)
			golden(t, strings.TrimPrefix(t.Name(), "Test"), said(t, out))
			if again := x.handle(t, s.kind, s.payload); said(t, again) != said(t, out) {
				t.Errorf("the same payload in the same workspace came to something else:\n%s\nthen\n%s", said(t, out), said(t, again))
			}
		})
	}
}

func TestCommand(t *testing.T) {
	command := func(name, user, text string, before func(*world)) scene {
		return scene{name: name, before: before, kind: "command", payload: slashed(user, text)}
	}
	run(t, []scene{
		command("empty", "U0BOB", "", nil),
		command("help", "U0MALLORY", "help", nil),
		command("help_join", "U0MALLORY", "help add", nil),
		command("unknown", "U0MALLORY", "frobnicate <!channel>", nil),
		command("typo", "U0BOB", "jion #finance-forecast", nil),
		command("list", "U0BOB", "list", nil),
		command("list_words", "U0BOB", "list REPORTS", nil),
		command("list_outsider", "U0MALLORY", "list", nil),
		command("list_still_reading", "U0MALLORY", "list", reading),
		command("list_still_reading_some", "U0BOB", "list", reading),
		command("list_grace", "U0ERIN", "list", all(joined("C0FORECAST", "U0ERIN"), func(x *world) {
			x.edit(func(e *workspace.Editor) {
				e.Settle("C0FORECAST", "U0ERIN")
				e.StartGrace("C0FORECAST", "U0ERIN", noon)
			})
		})),
		command("join", "U0BOB", "join #finance-forecast", nil),
		command("join_add", "U0BOB", "add finance-forecast", nil),
		command("join_public_without_bot", "U0BOB", "join #finance-outside", nil),
		command("join_private_without_bot", "U0BOB", "join finance-dark", nil),
		command("join_still_reading", "U0BOB", "join #finance-forcast", reading),
		command("join_still_reading_known", "U0BOB", "join #finance-forecast", reading),
		command("join_still_reading_unknown", "U0BOB", "join #zebra", reading),
		command("join_still_reading_doubt", "U0MALLORY", "join #finance-reports", all(reading, doubt("C0DEPT"))),
		command("join_general", "U0BOB", "join #general", nil),
		command("join_general_guest", "U0MALLORY", "join #general", all(left("C0GENERAL", "U0MALLORY"), guest("U0MALLORY"))),
		command("join_unmanaged_guest", "U0MALLORY", "join #help-slack", guest("U0MALLORY")),
		command("join_tolerated", "U0MALLORY", "join #open-house", nil),
		command("join_tolerated_private", "U0MALLORY", "join #open-den", nil),
		command("join_by_id_unknown", "U0MALLORY", "join <#C0ZEBRA>", nil),
		command("join_typo", "U0BOB", "join #finance-forcast", nil),
		command("join_secret", "U0MALLORY", "join #finance-forecast", nil),
		command("join_secret_not_there", "U0MALLORY", "join #finance-nothing", nil),
		command("join_out_of_sight", "U0BOB", "join #finance-nothing", nil),
		command("join_not_there", "U0MALLORY", "join #zebra", nil),
		command("join_outsider_public", "U0MALLORY", "join #finance-reports", nil),
		command("join_excepted", "U0CAROL", "join #finance-reports", nil),
		command("join_already", "U0BOB", "join #finance-reports", nil),
		command("join_archived", "U0BOB", "join <#C0OLD|finance-old>", nil),
		command("join_request", "U0BOB", "join board-room", nil),
		command("join_closed", "U0BOB", "join vault-one", nil),
		command("join_trial", "U0BOB", "join trial-one", nil),
		command("join_trial_outsider", "U0MALLORY", "join trial-one", nil),
		command("join_unmanaged", "U0BOB", "join finance-public-news", nil),
		command("join_paused", "U0BOB", "join #finance-forecast", paused),
		command("join_undetermined", "U0MALLORY", "join #finance-reports", doubt("C0DEPT")),
		command("leave", "U0BOB", "leave #finance-reports", nil),
		command("leave_not_in", "U0MALLORY", "leave #finance-reports", nil),
		command("leave_private", "U0BOB", "leave #finance-department", nil),
		command("leave_general", "U0BOB", "leave general", nil),
		command("leave_without_bot", "U0BOB", "leave #finance-outside", nil),
		command("why", "U0BOB", "why #finance-forecast", nil),
		command("why_inside", "U0BOB", "why #finance-reports", nil),
		command("why_outsider", "U0MALLORY", "why #finance-reports", nil),
		command("why_other_denied", "U0BOB", "why @mallory #finance-reports", nil),
		command("why_other_admin", "U0ALICE", "why @mallory #finance-reports", nil),
		command("why_other_owner", "U0DAVE", "why <@U0MALLORY|mal> <#C0FORECAST|finance-forecast>", nil),
		command("why_nobody", "U0ALICE", "why @zebra #finance-reports", nil),
		command("why_unmanaged", "U0BOB", "why #help-slack", nil),
		command("why_archived", "U0BOB", "why #finance-old", nil),
		command("why_general", "U0BOB", "why #general", nil),
		command("why_request", "U0BOB", "why #board-room", nil),
		command("why_closed", "U0BOB", "why #vault-one", nil),
		command("why_tolerated", "U0MALLORY", "why #open-house", nil),
		command("why_trial", "U0MALLORY", "why #trial-one", nil),
		command("why_secret", "U0MALLORY", "why #finance-forecast", nil),
		command("why_secret_other", "U0MALLORY", "why @bob #finance-forecast", nil),
		command("why_out_of_sight", "U0DAVE", "why @mallory #finance-unseen", nil),
		command("why_several", "U0MALLORY", "why #both-rooms", nil),
		command("status", "U0BOB", "status", nil),
		command("status_admin", "U0ALICE", "status", nil),
		command("status_paused", "U0BOB", "status", paused),
		command("status_paused_admin", "U0ALICE", "status", paused),
	})
}

func TestMember(t *testing.T) {
	event := func(name, kind, payload string, before func(*world)) scene {
		return scene{name: name, before: before, kind: "event:" + kind, payload: payload}
	}
	run(t, []scene{
		event("added_outsider", "member_joined_channel", member("C0FORECAST", "U0MALLORY", "U0DAVE"), joined("C0FORECAST", "U0MALLORY")),
		event("added_outsider_by_alice", "member_joined_channel", member("C0FORECAST", "U0MALLORY", "U0ALICE"), all(joined("C0FORECAST", "U0MALLORY"), opened("U0MALLORY", "U0BOB"))),
		event("joined_eligible", "member_joined_channel", member("C0FORECAST", "U0BOB", ""), joined("C0FORECAST", "U0BOB")),
		event("joined_bot", "member_joined_channel", member("C0FORECAST", "U0ROBO", "U0DAVE"), joined("C0FORECAST", "U0ROBO")),
		event("joined_trial", "member_joined_channel", member("C0TRIAL", "U0MALLORY", ""), joined("C0TRIAL", "U0MALLORY")),
		event("joined_unmanaged", "member_joined_channel", member("C0HELP", "U0MALLORY", ""), joined("C0HELP", "U0MALLORY")),
		event("joined_master", "member_joined_channel", member("C0DEPT", "U0ERIN", "U0DAVE"), all(joined("C0DEPT", "U0ERIN"), joined("C0REPORTS", "U0ERIN"), opened("U0ERIN"))),
		event("joined_undetermined", "member_joined_channel", member("C0FORECAST", "U0MALLORY", "U0DAVE"), all(joined("C0FORECAST", "U0MALLORY"), doubt("C0DEPT"))),
		event("bot_came_in", "member_joined_channel", member("C0DARK", "U0BOT", "U0DAVE"), func(x *world) {
			x.edit(func(e *workspace.Editor) {
				c, _ := x.w.Channel("C0DARK")
				c.BotIn = true
				e.PutChannel(c)
				e.Join("C0DARK", "U0BOT")
			})
		}),
		event("bot_came_into_unknown", "member_joined_channel", member("C0UNKNOWN", "U0BOT", "U0DAVE"), nil),
		event("bot_joined_by_itself", "member_joined_channel", member("C0OUT", "U0BOT", ""), func(x *world) {
			x.edit(func(e *workspace.Editor) {
				c, _ := x.w.Channel("C0OUT")
				c.BotIn = true
				e.PutChannel(c)
				e.Join("C0OUT", "U0BOT")
			})
		}),
		event("left_master", "member_left_channel", `{"type":"member_left_channel","channel":"C0DEPT","user":"U0BOB"}`, all(left("C0DEPT", "U0BOB"), opened("U0BOB"))),
		event("left_other", "member_left_channel", `{"type":"member_left_channel","channel":"C0REPORTS","user":"U0BOB"}`, left("C0REPORTS", "U0BOB")),
		event("bot_left_master", "member_left_channel", `{"type":"member_left_channel","channel":"C0DEPT","user":"U0BOT"}`, nil),
	})
}

func TestChannel(t *testing.T) {
	event := func(name, kind, payload string, before func(*world)) scene {
		return scene{name: name, before: before, kind: "event:" + kind, payload: payload}
	}
	put := func(change func(*workspace.Channel), id workspace.ChannelID) func(*world) {
		return func(x *world) {
			x.edit(func(e *workspace.Editor) {
				c, _ := x.w.Channel(id)
				c.ID = id
				change(&c)
				e.PutChannel(c)
			})
		}
	}
	run(t, []scene{
		event("created", "channel_created", `{"type":"channel_created","channel":{"id":"C0NEW","name":"finance-new"}}`, put(func(c *workspace.Channel) { c.Name = "finance-new" }, "C0NEW")),
		event("created_unmanaged", "channel_created", `{"type":"channel_created","channel":{"id":"C0NEW","name":"lunch"}}`, all(put(func(c *workspace.Channel) { c.Name = "lunch" }, "C0NEW"), opened("U0BOB"))),
		event("renamed_into_cluster", "channel_rename", `{"type":"channel_rename","channel":{"id":"C0HELP","name":"finance-help"}}`, all(joined("C0HELP", "U0MALLORY"), put(func(c *workspace.Channel) { c.Name = "finance-help" }, "C0HELP"), opened("U0BOB", "U0MALLORY"))),
		event("renamed_into_leads", "group_rename", `{"type":"group_rename","channel":{"id":"C0VAULT","name":"leads-vault"}}`, put(func(c *workspace.Channel) { c.Name = "leads-vault" }, "C0VAULT")),
		event("archived_master", "group_archive", `{"type":"group_archive","channel":"C0DEPT","user":"U0DAVE"}`, put(func(c *workspace.Channel) { c.Archived = true }, "C0DEPT")),
		event("archived", "channel_archive", `{"type":"channel_archive","channel":"C0REPORTS","user":"U0DAVE"}`, put(func(c *workspace.Channel) { c.Archived = true }, "C0REPORTS")),
		event("unarchived_master", "group_unarchive", `{"type":"group_unarchive","channel":"C0DEPT","user":"U0DAVE"}`, nil),
		event("deleted", "channel_deleted", `{"type":"channel_deleted","channel":"C0REPORTS"}`, all(func(x *world) { x.edit(func(e *workspace.Editor) { e.DropChannel("C0REPORTS") }) }, opened("U0BOB"))),
		event("lost_master", "group_left", `{"type":"group_left","channel":"C0DEPT"}`, put(func(c *workspace.Channel) { c.BotIn = false }, "C0DEPT")),
		event("id_changed", "channel_id_changed", `{"type":"channel_id_changed","old_channel_id":"C0REPORTS","new_channel_id":"C0MOVED"}`, func(x *world) { x.edit(func(e *workspace.Editor) { e.MoveChannel("C0REPORTS", "C0MOVED") }) }),
		event("shared", "channel_shared", `{"type":"channel_shared","channel":"C0REPORTS","connected_team_id":"T99"}`, nil),
	})
}

func TestPeople(t *testing.T) {
	event := func(name, kind, payload string, before func(*world)) scene {
		return scene{name: name, before: before, kind: "event:" + kind, payload: payload}
	}
	lead := func(users ...workspace.UserID) func(*world) {
		return func(x *world) {
			x.edit(func(e *workspace.Editor) {
				e.SetUsergroupMembers("S0LEADS", users, workspace.Knowledge{Complete: true, At: noon})
			})
		}
	}
	run(t, []scene{
		event("user_change", "user_change", `{"type":"user_change","user":{"id":"U0BOB","name":"bob"}}`, opened("U0BOB")),
		event("deactivated", "user_change", `{"type":"user_change","user":{"id":"U0BOB","deleted":true}}`, func(x *world) {
			x.edit(func(e *workspace.Editor) {
				u, _ := x.w.User("U0BOB")
				u.Deleted = true
				e.PutUser(u)
			})
		}),
		event("team_join", "team_join", `{"type":"team_join","user":{"id":"U0NEW"}}`, nil),
		event("group_joined", "subteam_members_changed", `{"type":"subteam_members_changed","subteam_id":"S0LEADS","added_users":["U0ERIN"],"removed_users":["U0ALICE"]}`, all(lead("U0ERIN"), opened("U0ALICE"))),
		event("group_emptied_by_five", "subteam_members_changed", `{"type":"subteam_members_changed","subteam_id":"S0LEADS","removed_users":["U0ALICE","U0BOB","U0CAROL","U0DAVE","U0MALLORY"]}`, lead("U0ERIN")),
		event("group_updated", "subteam_updated", `{"type":"subteam_updated","subteam":{"id":"S0LEADS","users":["U0ERIN"]}}`, lead("U0ERIN")),
		event("group_not_believed", "subteam_updated", `{"type":"subteam_updated","subteam":{"id":"S0LEADS"}}`, func(x *world) {
			x.edit(func(e *workspace.Editor) { e.SetUsergroupMembers("S0LEADS", nil, workspace.Knowledge{}) })
		}),
		event("group_other", "subteam_created", `{"type":"subteam_created","subteam":{"id":"S0OTHER"}}`, nil),
		event("home_opened", "app_home_opened", `{"type":"app_home_opened","user":"U0BOB","tab":"home"}`, nil),
		event("messages_opened", "app_home_opened", `{"type":"app_home_opened","user":"U0BOB","tab":"messages"}`, nil),
		event("uninstalled", "app_uninstalled", `{"type":"app_uninstalled"}`, nil),
		event("tokens_revoked", "tokens_revoked", `{"type":"tokens_revoked","tokens":{"bot":["U0BOT"]}}`, nil),
	})
}

// past is one decision of each sort, with what came of it.
func past() []handlers.Recorded {
	var all []handlers.Recorded
	add := func(v rules.Verdict, dry bool, class handlers.Class) {
		all = append(all, handlers.Recorded{
			At:       noon,
			Decision: rules.Decision{Membership: rules.Membership{Channel: "C0REPORTS", User: "U0MALLORY"}, Verdict: v, DryRun: dry},
			Result:   handlers.Result{Class: class, Sentence: "An owner has to allow it"},
		})
	}
	for _, class := range []handlers.Class{"", handlers.Done, handlers.Dropped, handlers.Blocked} {
		add(rules.Remove, false, class)
	}
	add(rules.Remove, true, "")
	add(rules.Warn, true, "")
	add(rules.Warn, false, "")
	add(rules.Review, false, "")
	add(rules.Undetermined, false, "")
	all[len(all)-1].Decision.Channel = "C0GONE"
	for ago := range 3 { // at every comparison; they were told at the first
		add(rules.Warn, false, "")
		last := &all[len(all)-1]
		last.At, last.Decision.User, last.Decision.Until = noon.Add(-time.Duration(ago+1)*time.Hour), "U0ERIN", noon.Add(24*time.Hour)
	}
	return all
}

func TestPress(t *testing.T) {
	press := func(name, user, id, value, where string, before func(*world)) scene {
		return scene{name: name, before: before, kind: "action:" + id, payload: clicked(user, id, value, where)}
	}
	run(t, []scene{
		press("join_home", "U0BOB", "join", "C0FORECAST", onHome, nil),
		press("join_message", "U0BOB", "join", "C0FORECAST", onMessage, nil),
		press("join_rights_lapsed_home", "U0MALLORY", "join", "C0REPORTS", onHome, nil),
		press("join_rights_lapsed_message", "U0MALLORY", "join", "C0REPORTS", onMessage, nil),
		press("join_gone", "U0BOB", "join", "C0NOTHING", onHome, nil),
		press("join_forged", "U0MALLORY", "join", "C0FORECAST", onHome, nil),
		press("join_undetermined", "U0MALLORY", "join", "C0REPORTS", onHome, doubt("C0DEPT")),
		press("leave_home", "U0BOB", "leave", "C0REPORTS", onHome, nil),
		press("why_message", "U0MALLORY", "why", "C0FORECAST", onMessage, nil),
		press("list_message", "U0BOB", "list", "", onMessage, nil),
		press("list_page", "U0BOB", "list:page:next", "1 finance", onMessage, nil),
		press("home_page", "U0BOB", "home:page:next", "2 fin ance", onHome, nil),
		press("home_page_nonsense", "U0BOB", "home:page:next", "-7x", onHome, nil),
		press("home_search", "U0BOB", "home:search", "  fore   cast ", onHome, nil),
		press("cluster", "U0ALICE", "cluster", "finance", onHome, func(x *world) {
			x.memory.lately = past()
			x.memory.blocked = []handlers.Trouble{{Channel: "C0REPORTS", Sentence: "An administrator has to let me remove people."}}
		}),
		press("cluster_denied", "U0BOB", "cluster", "finance", onHome, nil),
		press("cluster_owner", "U0DAVE", "cluster", "board", onModal, nil),
		press("cluster_unknown", "U0ALICE", "cluster", "<!channel>", onHome, nil),
		press("cluster_page", "U0ALICE", "cluster:page:next", "1 finance", onModal, nil),
		press("clusters", "U0ALICE", "clusters", "0 ", onHome, nil),
		press("clusters_denied", "U0BOB", "clusters:next", "0 ", onModal, nil),
		press("troubles", "U0ALICE", "home:troubles", "0 ", onHome, nil),
	})
}

func TestDue(t *testing.T) {
	run(t, []scene{
		{name: "recheck_over", kind: "due:recheck", payload: `{"channel":"C0FORECAST","user":"U0ERIN"}`, before: all(joined("C0FORECAST", "U0ERIN"), func(x *world) {
			x.edit(func(e *workspace.Editor) {
				e.Settle("C0FORECAST", "U0ERIN")
				e.StartGrace("C0FORECAST", "U0ERIN", noon.Add(-25*time.Hour))
			})
		})},
		{name: "recheck_gone", kind: "due:recheck", payload: `{"channel":"C0FORECAST","user":"U0ERIN"}`},
		{name: "replan", kind: "due:replan", payload: `{"why":"start"}`, before: joined("C0FORECAST", "U0MALLORY")},
		{name: "replan_braked", kind: "due:replan", payload: `{"why":"schedule"}`, before: crowd},
		{name: "replan_empty_source", kind: "due:replan", payload: `{"why":"schedule"}`, before: func(x *world) {
			x.edit(func(e *workspace.Editor) {
				e.SetUsergroupMembers("S0LEADS", nil, workspace.Knowledge{Complete: true, At: noon})
			})
		}},
		{name: "replan_settles", kind: "due:replan", payload: `{"why":"schedule"}`, before: joined("C0FORECAST", "U0BOB")},
		{name: "replan_policy", kind: "due:replan", payload: `{"why":"policy"}`, before: opened("U0BOB", "U0ALICE")},
		{name: "replan_channel", kind: "due:replan", payload: `{"channel":"C0FORECAST"}`, before: joined("C0FORECAST", "U0MALLORY")},
		{name: "replan_refreshed", kind: "due:replan", payload: `{"why":"refreshed"}`, before: doubt("C0FORECAST")},
		{name: "replan_paused", kind: "due:replan", payload: `{"why":"schedule"}`, before: all(left("C0DEPT", "U0BOB"), paused)},
		{name: "replan_about_to_be_read", kind: "due:replan", payload: `{"why":"schedule"}`, before: all(doubt("C0FORECAST"), func(x *world) {
			x.memory.awaited = []action.Refresh{{Channel: "C0FORECAST"}}
		})},
		{name: "replan_doubtful", kind: "due:replan", payload: `{"why":"schedule"}`, before: doubt("C0FORECAST")},
	})
}

func TestSettled(t *testing.T) {
	asked := &action.Asked{By: "U0BOB", ResponseURL: "https://hooks.slack.com/commands/T01/1"}
	onHome := &action.Asked{By: "U0BOB"}
	invite := func(a *action.Asked) action.Action {
		return action.Invite{Channel: "C0FORECAST", Users: []workspace.UserID{"U0BOB"}, Cluster: "finance", Asked: a}
	}
	leave := func(a *action.Asked) action.Action {
		return action.Remove{Channel: "C0REPORTS", User: "U0BOB", Asked: a}
	}
	out := action.Remove{Channel: "C0FORECAST", User: "U0MALLORY", Cluster: "finance"}
	after := func(name string, a action.Action, class handlers.Class, sentence string, before func(*world)) scene {
		return scene{name: name, before: before, kind: "settled:" + string(a.Kind()), payload: settled(t, a, class, sentence)}
	}
	const why = "A workspace owner has to let me add people to private channels"
	run(t, []scene{
		after("invited", invite(asked), handlers.Done, "", opened("U0BOB")),
		after("invited_already", invite(asked), handlers.Already, "", nil),
		after("invited_home", invite(onHome), handlers.Done, "", opened("U0BOB")),
		after("invited_refused", invite(asked), handlers.Never, "Slack does not let guests in there", nil),
		after("invited_blocked_home", invite(onHome), handlers.Blocked, why, nil),
		after("invited_dropped", invite(asked), handlers.Dropped, "", nil),
		after("left", leave(asked), handlers.Done, "", left("C0REPORTS", "U0BOB")),
		after("left_refused", leave(asked), handlers.Blocked, why, nil),
		after("removed", out, handlers.Done, "", nil),
		after("removed_blocked", out, handlers.Blocked, why, nil),
		after("joined_blocked", action.Join{Channel: "C0OUT"}, handlers.Blocked, why, nil),
		after("refreshed_channel", action.Refresh{Channel: "C0FORECAST"}, handlers.Done, "", joined("C0FORECAST", "U0MALLORY")),
		after("refreshed_entered", action.Refresh{Channel: "C0FORECAST"}, handlers.Done, "", func(x *world) {
			x.memory.added = map[workspace.Seat]workspace.UserID{{Channel: "C0FORECAST", User: "U0BOT"}: "U0DAVE"}
		}),
		after("refreshed_master", action.Refresh{Channel: "C0DEPT"}, handlers.Done, "", nil),
		after("refreshed_still_unknown", action.Refresh{Channel: "C0FORECAST"}, handlers.Done, "", doubt("C0FORECAST")),
		after("refreshed_users", action.Refresh{Users: true}, handlers.Done, "", nil),
		after("refreshed_blocked", action.Refresh{Channel: "C0DEPT"}, handlers.Blocked, why, nil),
	})
}
