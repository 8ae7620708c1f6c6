package handlers

import (
	"context"

	"usher/handlers/view"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

func groupRoutes() []Route {
	on := func(actionID string, do func(asker, press) (Outcome, error)) Route {
		return On("action:"+actionID, pressed(do))
	}
	one := func(do func(asker, press, workspace.Usergroup) (Outcome, error)) func(asker, press) (Outcome, error) {
		return func(a asker, p press) (Outcome, error) {
			g, ok := a.Workspace.Usergroup(workspace.UsergroupID(p.value()))
			if !ok {
				return Outcome{}, complain(view.Outdated(a.Settings.command()))
			}
			return do(a, p, g)
		}
	}
	said := func(do func(asker, workspace.Usergroup, waiting) (Outcome, view.Message, error)) func(asker, press) (Outcome, error) {
		return one(func(a asker, p press, g workspace.Usergroup) (Outcome, error) {
			out, m, err := do(a, g, waiting{p.ResponseURL, p.TriggerID})
			if err != nil {
				return Outcome{}, err
			}
			answer := p.answer("action", m)
			out.Reply, out.Actions = answer.Reply, append(out.Actions, answer.Actions...)
			return out, nil
		})
	}
	return []Route{
		on(view.ActionGroupJoin, said(func(a asker, g workspace.Usergroup, w waiting) (Outcome, view.Message, error) {
			return a.joinGroup(g, true, w)
		})),
		on(view.ActionGroupLeave, said(func(a asker, g workspace.Usergroup, w waiting) (Outcome, view.Message, error) {
			return a.joinGroup(g, false, w)
		})),
		on(view.ActionGroupEnable, said(func(a asker, g workspace.Usergroup, w waiting) (Outcome, view.Message, error) {
			return a.turnGroup(g, true, w)
		})),
		on(view.ActionGroupDisable, said(func(a asker, g workspace.Usergroup, w waiting) (Outcome, view.Message, error) {
			return a.turnGroup(g, false, w)
		})),
		on(view.ActionGroups, func(a asker, p press) (Outcome, error) {
			return p.turn(view.AllGroups(a.allGroups(), view.ReadPlace(p.value()), a.admin())), nil
		}),
		on(view.ActionGroup, one(func(a asker, p press, g workspace.Usergroup) (Outcome, error) {
			return p.show(a.groupRow(g).View(a.inGroup(a.Policy.GroupRoom(a.Workspace, g.ID, a.me)))), nil
		})),
		on(view.ActionGroupNew, func(a asker, p press) (Outcome, error) { return a.showForm(p, workspace.Usergroup{}) }),
		on(view.ActionGroupEdit, one(asker.pressEditGroup)),
		on(view.ActionGroupPeople, one(func(a asker, p press, g workspace.Usergroup) (Outcome, error) {
			if err := a.mayEdit(g); err != nil {
				return Outcome{}, err
			}
			return p.show(view.GroupPeopleForm(a.groupRow(g))), nil
		})),
		On("view:"+view.ViewGroupForm, groupSubmitted),
		On("view:"+view.ViewGroupPeople, peopleSubmitted),
		On("settled:"+string(action.KindKeepUsergroup), afterKeep, "usergroups:read", "usergroups:write"),
		On("settled:"+string(action.KindEditMembers), afterEdit, "usergroups:write"),
		On("settled:"+string(action.KindChangeUsergroup), afterChange, "usergroups:write"),
	}
}

func (a asker) pressEditGroup(p press, g workspace.Usergroup) (Outcome, error) {
	return a.showForm(p, g)
}

func (a asker) showForm(p press, g workspace.Usergroup) (Outcome, error) {
	f, err := a.form(g, "")
	if err != nil {
		return Outcome{}, err
	}
	return p.show(f.View()), nil
}

// afterEdit tells everybody who asked what came of changing a list.
func afterEdit(_ context.Context, r Request, s Settled) (Outcome, error) {
	var out Outcome
	a, ok := s.Action.(action.EditMembers)
	if !ok {
		return out, nil
	}
	g, _ := r.Workspace.Usergroup(a.Group)
	m := view.GroupDone(g.Handle, r.moved(s.Result))
	if !s.Result.OK() {
		m = view.GroupFailed(g.Handle, s.Result.Sentence)
		out.undone(r.Workspace, a)
	}
	if s.Result.Code == "no_users_provided" {
		m = view.GroupLast(g.Handle)
	}
	told := map[workspace.UserID]bool{}
	for _, asked := range a.Asked {
		if asked.By == CLI || told[asked.By] && asked.ResponseURL == "" {
			continue // whoever sits at the machine waits for the result itself
		}
		told[asked.By] = true
		out.do(action.Reply{Asked: asked, Text: m.Text})
		r.publish(&out, asked.By)
	}
	return out, nil
}

// moved says who came and who went.
func (r Request) moved(result Result) string {
	added, removed := r.named(idList(result.Value["added"])), r.named(idList(result.Value["removed"]))
	switch {
	case added != "" && removed != "":
		return "added " + added + "; took out " + removed + "."
	case added != "":
		return "added " + added + "."
	case result.Value["emptied"] == string(rules.EmptyDisable):
		return "took out " + removed + ". Nobody is left, so it is disabled until somebody comes in."
	case removed != "":
		return "took out " + removed + "."
	}
	return "it was so already."
}

// afterChange tells whoever asked what came of making or changing a user group.
func afterChange(_ context.Context, r Request, s Settled) (Outcome, error) {
	var out Outcome
	a, ok := s.Action.(action.ChangeUsergroup)
	if !ok || a.Asked == nil {
		return out, nil
	}
	g, _ := r.Workspace.Usergroup(a.Group)
	handle := g.Handle
	if a.Handle != nil {
		handle = *a.Handle
	}
	var m view.Message
	switch {
	case s.Result.Code == "handle_already_exists":
		m = view.GroupFailed(handle, r.heldBy(handle))
	case !s.Result.OK():
		m = view.GroupFailed(handle, s.Result.Sentence)
	case a.Group == "":
		m = view.GroupDone(handle, "the user group is there.")
	case a.Enabled != nil && *a.Enabled:
		m = view.GroupDone(handle, "it is enabled.")
	case a.Enabled != nil:
		m = view.GroupDone(handle, "it is disabled.")
	default:
		m = view.GroupDone(handle, "changed.")
	}
	out.do(action.Reply{Asked: *a.Asked, Text: m.Text})
	r.publish(&out, a.Asked.By)
	return out, nil
}
