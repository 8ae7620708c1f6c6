package handlers

import (
	"fmt"
	"slices"
	"strings"

	"usher/handlers/command"
	"usher/handlers/view"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// waiting is where somebody waits for what comes of their request.
type waiting struct{ responseURL, trigger string }

func (a asker) asked(w waiting) action.Asked {
	return action.Asked{By: a.me, ResponseURL: w.responseURL}
}

// groupRow is a user group as the asker sees it.
func (a asker) groupRow(g workspace.Usergroup) view.GroupRow {
	room := a.Policy.GroupRoom(a.Workspace, g.ID, a.me)
	admin := a.admin()
	return view.GroupRow{
		ID: g.ID, Handle: g.Handle, Name: g.Name, Description: g.Description, Disabled: g.Disabled,
		People: len(a.inGroup(room)),
		ByRule: room.Rule.Handle != "", Reports: room.Rule.Mode == rules.ModeReport,
		In: room.In, MayJoin: room.MayJoin, MayLeave: room.MayLeave, Asking: room.MayAsk, Vacant: room.Vacant,
		Whom: a.groupWhom(room.Rule.Handle, a.me), Answers: a.answers(g) && !room.Rule.Exact(), Admin: admin,
		Channels: a.visible(g.Channels), Additional: a.visible(g.AdditionalChannels), Section: g.Section,
	}
}

// inGroup is who is in a user group: nobody where it is disabled for that.
func (a asker) inGroup(room rules.GroupRoom) []workspace.UserID {
	if room.Vacant {
		return nil
	}
	return members(a.Workspace, room.Group.ID)
}

// answers reports whether the asker may change who is in a user group: those
// whom its rule names, and administrators. It is asked at every click.
func (a asker) answers(g workspace.Usergroup) bool {
	rule, managed := a.Policy.ManagedGroup(a.Workspace, g.ID)
	switch {
	case a.me == CLI:
		return true
	case !managed:
		return a.admin()
	}
	return a.Policy.IsGroupOwner(a.Workspace, rule.Handle, a.me)
}

// visible are those channels whose names may be shown to the asker.
func (a asker) visible(ids []workspace.ChannelID) []workspace.ChannelID {
	var all []workspace.ChannelID
	for _, id := range ids {
		if c, ok := a.Workspace.Channel(id); ok && a.sees(c) {
			all = append(all, id)
		}
	}
	return all
}

// allGroups are all user groups by handle, disabled ones for administrators only.
func (a asker) allGroups() []view.GroupRow {
	var all []view.GroupRow
	admin := a.admin()
	for g := range a.Workspace.Usergroups() {
		if !g.Disabled || admin {
			all = append(all, a.groupRow(g))
		}
	}
	slices.SortFunc(all, func(x, y view.GroupRow) int { return strings.Compare(x.Handle, y.Handle) })
	return all
}

// joinable are the user groups that the asker may join or leave, with words in
// their handles.
func (a asker) joinable(words string) []view.GroupRow {
	var all []view.GroupRow
	for _, room := range a.Policy.GroupRooms(a.Workspace, a.At, a.me) {
		offers := room.MayJoin || room.MayAsk || room.MayLeave && room.Rule.Join != rules.JoinClosed
		if offers && matches(room.Group.Handle, words) {
			all = append(all, a.groupRow(room.Group))
		}
	}
	return all
}

// findGroup is the user group that a word names, or a complaint.
func (a asker) findGroup(word string) (workspace.Usergroup, error) {
	t := command.ReadGroup(word)
	if g, ok := t.Group(a.Workspace); ok {
		return g, nil
	}
	var handles, like []string
	for g := range a.Workspace.Usergroups() {
		handles = append(handles, g.Handle)
	}
	slices.Sort(handles)
	for _, h := range command.Closest(t.Name, handles, mostLike) {
		like = append(like, "*@"+view.Escape(h)+"*")
	}
	return workspace.Usergroup{}, complain(view.NoSuchGroup(word, like, a.Settings.command()))
}

// joinGroup lets the asker into a user group, or out of it, where its rule does.
func (a asker) joinGroup(g workspace.Usergroup, in bool, w waiting) (Outcome, view.Message, error) {
	no := func(what, next string) (Outcome, view.Message, error) {
		return Outcome{}, view.Message{}, complain(what, next)
	}
	r := a.groupRow(g)
	rule, _ := a.Policy.ManagedGroup(a.Workspace, g.ID)
	switch {
	case a.memory().Standing().Paused:
		return no(view.Paused(a.whom("")))
	case g.Disabled && !r.Vacant:
		return no(view.GroupDisabled(r))
	case in && r.In:
		return no(view.GroupIn(r))
	case in && !r.MayJoin:
		why, _ := a.Policy.GroupWhy(a.Workspace, a.At, rule.Handle, a.me)
		u, _ := a.Workspace.User(a.me)
		return no(view.GroupClosed(r, why.Words(a.Workspace, a.me), a.Settings.command(), u.Name))
	case !in && !r.In:
		return no(view.GroupOut(r))
	case !in && !r.MayLeave:
		return no(view.GroupStays(r))
	}
	e := action.EditMembers{Group: g.ID, Asked: []action.Asked{a.asked(w)}}
	verdict, code := rules.Allow, rules.CodeJoinSelf
	if in {
		e.Add = []workspace.UserID{a.me}
	} else {
		e.Remove, verdict, code = []workspace.UserID{a.me}, rules.Remove, rules.CodeAsked
	}
	a.whenEmptied(&e)
	if r.Vacant {
		e.Enable, e.Stale = true, a.stale(g.ID)
	}
	out := Outcome{Decisions: []rules.Decision{{
		Membership: rules.Membership{Usergroup: g.ID, User: a.me, Cause: rules.CauseAsked},
		Verdict:    verdict, Cluster: "@" + rule.Handle, Reasons: []rules.Reason{{Code: code, Cluster: "@" + rule.Handle}},
	}}}
	out.remember(a.Policy, a.Workspace, e)
	out.do(e)
	return out, view.GroupUnderway(r), nil
}

// whenEmptied adds what becomes of the group should nobody be left in it.
func (a asker) whenEmptied(e *action.EditMembers) {
	empty, placeholder := a.Policy.WhenEmptied(a.Workspace, e.Group)
	e.Empty, e.Placeholder = string(empty), placeholder
}

// stale are those who stand in the list of a disabled group and are not about to
// come back through Usher, the asker left out.
func (a asker) stale(id workspace.UsergroupID) []workspace.UserID {
	coming := a.Policy.Joined(id)
	return slices.DeleteFunc(members(a.Workspace, id), func(u workspace.UserID) bool { return u == a.me || slices.Contains(coming, u) })
}

// mayEdit complains where the asker may not change who is in a group by hand.
func (a asker) mayEdit(g workspace.Usergroup) error {
	r := a.groupRow(g)
	rule, managed := a.Policy.ManagedGroup(a.Workspace, g.ID)
	switch {
	case !a.answers(g):
		return complain(view.GroupNotYours(r))
	case managed && rule.Exact():
		return complain(view.GroupByRule(r))
	case g.Disabled && !r.Vacant:
		return complain(view.GroupDisabled(r))
	case a.memory().Standing().Paused:
		return complain(view.Paused(a.whom("")))
	}
	return nil
}

// editGroup changes who is in a user group, for those who answer for it.
func (a asker) editGroup(g workspace.Usergroup, e action.EditMembers, w waiting) (Outcome, view.Message, error) {
	if err := a.mayEdit(g); err != nil {
		return Outcome{}, view.Message{}, err
	}
	if wrong := a.ungroupable(slices.Concat(e.Set, e.Add)); len(wrong) > 0 {
		return Outcome{}, view.Message{}, complain(view.GroupWrong(wrong))
	}
	e.Group, e.Asked = g.ID, []action.Asked{a.asked(w)}
	a.whenEmptied(&e)
	switch r := a.groupRow(g); {
	case r.Vacant && len(e.Set)+len(e.Add) == 0:
		return Outcome{}, view.Message{}, complain(view.GroupDisabled(r))
	case r.Vacant:
		e.Enable, e.Stale = true, slices.DeleteFunc(a.stale(g.ID), func(u workspace.UserID) bool { return slices.Contains(e.Set, u) || slices.Contains(e.Add, u) })
	}
	var out Outcome
	out.asks(e, g.Handle, map[string]any{"add": e.Add, "remove": e.Remove, "set": e.Set})
	out.remember(a.Policy, a.Workspace, e)
	out.do(e)
	return out, view.GroupUnderway(a.groupRow(g)), nil
}

// ungroupable says of whom Slack would not take into a user group, and why.
func (a asker) ungroupable(people []workspace.UserID) []string {
	var wrong []string
	for _, id := range people {
		u, ok := a.Workspace.User(id)
		if !ok {
			continue // Slack knows them, or says that it does not
		}
		if trouble := rules.UngroupableTrouble(a.Workspace.Team().Bot, u); trouble != "" {
			wrong = append(wrong, trouble)
		}
	}
	return wrong
}

// named are people as others read them, the first few by name.
func (r Request) named(ids []workspace.UserID) string {
	const few = 5
	var names []string
	for _, id := range ids[:min(len(ids), few)] {
		u, _ := r.Workspace.User(id)
		if u.ID == "" {
			u.Name = string(id)
		}
		names = append(names, u.Called())
	}
	text := strings.Join(names, ", ")
	if more := len(ids) - few; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
