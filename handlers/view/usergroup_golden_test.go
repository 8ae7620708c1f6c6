package view_test

import (
	"fmt"
	"testing"

	"usher/handlers/view"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

var oncall = view.GroupRow{
	ID: "S0ONCALL", Handle: "finance-oncall", Name: "Finance <on> call", Description: "Who answers & when", People: 3, ByRule: true, In: true, MayLeave: true, Whom: alice,
	Channels: []workspace.ChannelID{"C0FORECAST", "C0SALES"}, Additional: []workspace.ChannelID{"C0HELP"}, Section: true,
}

func group(change func(*view.GroupRow)) view.GroupRow { g := oncall; change(&g); return g }

func manyGroups(n int) []view.GroupRow {
	var all []view.GroupRow
	for i := range n {
		all = append(all, view.GroupRow{ID: workspace.UsergroupID(fmt.Sprintf("S%03d", i)), Handle: fmt.Sprintf("group-%d", i), People: i, MayJoin: i%2 == 0})
	}
	return all
}

// The modals about user groups, as Slack is sent them.
func TestGroupViews(t *testing.T) {
	joinable := group(func(g *view.GroupRow) {
		g.ID, g.Handle, g.In, g.MayLeave, g.MayJoin = "S0ROTA", "rota", false, false, true
	})
	asking := group(func(g *view.GroupRow) {
		g.ID, g.Handle, g.In, g.MayLeave, g.Asking = "S0BOARD", "board", false, false, true
	})
	admin := group(func(g *view.GroupRow) { g.Answers, g.Admin = true, true })
	off := group(func(g *view.GroupRow) {
		g.Disabled, g.Admin, g.In, g.MayLeave, g.ByRule = true, true, false, false, false
	})
	own := group(func(g *view.GroupRow) {
		g.ID, g.Handle, g.In, g.MayLeave, g.Asking, g.Answers, g.Whom = "S0ELDERS", "elders", false, false, true, true, view.Whom{You: true}
	})
	people := []workspace.UserID{"U0ALICE", "U0BOB"}
	for name, v := range map[string]any{
		"group":          joinable.View(people),
		"group_admin":    admin.View(people),
		"group_disabled": off.View(nil),
		"groups":         view.AllGroups([]view.GroupRow{oncall, joinable, off}, view.Place{}, true),
		"groups_page":    view.AllGroups(manyGroups(50), view.At(1, ""), false),
		"groups_none":    view.AllGroups(nil, view.Place{}, false),
		"group_new":      view.GroupForm{}.View(),
		"group_edit": view.GroupForm{
			ID: oncall.ID, Handle: oncall.Handle, Name: oncall.Name, Description: oncall.Description, Channels: oncall.Channels, Additional: oncall.Additional, Section: true,
		}.View(),
		"group_people": view.GroupPeopleForm(admin),
		"home_groups":  view.Home{Join: []view.GroupRow{joinable, oncall, asking, own}, Command: "/usher"}.View(),
		"home_owner": view.Home{
			Groups: []view.Group{{ID: "S0FIN", Handle: "finance", Name: "Finance <all>"}, {ID: oncall.ID, Handle: oncall.Handle}, {ID: "S0ELDERS", Handle: "elders"}},
			Join:   []view.GroupRow{own, oncall}, Owned: view.Owned{Clusters: clusters[:1], Of: 12, Groups: []view.GroupRow{own}}, Command: "/usher",
		}.View(),
		"home_many": view.Home{Rooms: manyRooms(70), Join: manyGroups(30), Command: "/usher"}.View(),
	} {
		t.Run(name, func(t *testing.T) {
			legal(t, v)
			golden(t, "view_"+name, v)
		})
	}
}

// What people read about user groups.
func TestGroupMessages(t *testing.T) {
	say := func(what, next string) view.Message { return view.Complaint(what, next) }
	notice := func(topic action.Topic, m view.Membership) view.Message {
		m.Group, m.Handle = oncall.ID, oncall.Handle
		return view.Notice{Topic: topic, Membership: m, Reasons: []string{"In #rota."}, Whom: alice}.Message()
	}
	for name, m := range map[string]view.Message{
		"group_list":       view.GroupList([]view.GroupRow{oncall, group(func(g *view.GroupRow) { g.Disabled = true })}, "/usher"),
		"group_list_none":  view.GroupList(nil, "/usher"),
		"group_shown":      view.GroupShown(oncall, []workspace.UserID{"U0ALICE"}),
		"group_joined":     notice(action.JoinedGroup, view.Membership{}),
		"group_joined_may": notice(action.JoinedGroup, view.Membership{MayLeave: true}),
		"group_left":       notice(action.LeftGroup, view.Membership{}),
		"group_left_may":   notice(action.LeftGroup, view.Membership{MayJoin: true}),
		"group_none":       say(view.NoSuchGroup("`<!channel>`", nil, "/usher")),
		"group_near":       say(view.NoSuchGroup("finance", []string{"*@finance-oncall*"}, "/usher")),
		"group_which":      say(view.WhichGroup("group show @finance-oncall", "/usher")),
		"group_usage":      say(view.GroupUsage("/usher")),
		"group_by_rule":    say(view.GroupByRule(oncall)),
		"group_not_yours":  say(view.GroupNotYours(oncall)),
		"group_off":        say(view.GroupDisabled(oncall)),
		"group_closed":     say(view.GroupClosed(oncall, []string{"Not in #rota <x>."}, "/usher", "bob")),
		"group_closed_any": say(view.GroupClosed(view.GroupRow{Handle: "x", Whom: alice}, nil, "/usher", "bob")),
		"group_closed_try": say(view.GroupClosed(group(func(g *view.GroupRow) { g.Reports = true }), nil, "/usher", "bob")),
		"group_request":    say(view.GroupClosed(group(func(g *view.GroupRow) { g.Asking = true }), nil, "/usher", "bob")),
		"group_kept":       say(view.GroupKept(oncall, rules.GroupChange{Name: true, Channels: true})),
		"group_help":       view.GroupHelp("/usher"),
		"group_stays":      say(view.GroupStays(oncall)),
		"group_stays_none": say(view.GroupStays(view.GroupRow{Handle: "x"})),
		"group_in":         say(view.GroupIn(oncall)),
		"group_out":        say(view.GroupOut(oncall)),
		"group_nobody":     say(view.GroupNobody("add", "/usher")),
		"group_wrong":      say(view.GroupWrong([]string{"Gus <x> (U0GUS) is a guest, and Slack does not take them into user groups."})),
		"group_underway":   view.GroupUnderway(oncall),
		"group_done":       view.GroupDone("finance-oncall", "added Alice <Doe>."),
		"group_failed":     view.GroupFailed("finance-oncall", "The workspace lets only administrators edit user groups."),
		"list_groups":      view.List{Rooms: someRooms[:1], Groups: []view.GroupRow{oncall}, Command: "/usher"}.Message(),
		"list_only_groups": view.List{Groups: []view.GroupRow{oncall}, Command: "/usher"}.Message(),
	} {
		t.Run(name, func(t *testing.T) {
			legal(t, m)
			golden(t, "message_"+name, map[string]any{"text": m.Text})
		})
	}
}
