package handlers

import (
	"usher/handlers/command"
	"usher/handlers/view"
	"usher/rules/action"
	"usher/rules/workspace"
)

// group answers `group …`.
func (a asker) group(words []string, w waiting) (out Outcome, err error) {
	verb, rest := command.GroupVerb(words)
	var m view.Message
	switch verb {
	case "":
		return out, complain(view.GroupUsage(a.Settings.command()))
	case "help":
		m = view.GroupHelp(a.Settings.command())
	case "list":
		m = view.GroupList(a.allGroups(), a.Settings.command())
	case "create":
		return a.openForm(workspace.Usergroup{}, w, joinWords(rest))
	default:
		if len(rest) == 0 {
			return out, complain(view.WhichGroup("group "+verb+" @finance-oncall", a.Settings.command()))
		}
		g, found := a.findGroup(rest[0])
		if found != nil {
			return out, found
		}
		if verb == "edit" {
			return a.openForm(g, w, "")
		}
		out, m, err = a.groupVerb(verb, g, rest[1:], w)
	}
	if err != nil {
		return Outcome{}, err
	}
	out.Reply = Reply{Text: m.Text, Blocks: m.Blocks}
	return out, nil
}

// groupVerb is for the verbs that are about one user group.
func (a asker) groupVerb(verb string, g workspace.Usergroup, people []string, w waiting) (Outcome, view.Message, error) {
	switch verb {
	case "join", "leave":
		return a.joinGroup(g, verb == "join", w)
	case "enable", "disable":
		return a.turnGroup(g, verb == "enable", w)
	case "add", "remove", "set":
		if err := a.mayEdit(g); err != nil {
			return Outcome{}, view.Message{}, err
		}
		ids, err := a.persons(verb, people)
		if err != nil {
			return Outcome{}, view.Message{}, err
		}
		e := action.EditMembers{}
		switch verb {
		case "add":
			e.Add = ids
		case "remove":
			e.Remove = ids
		default:
			e.Set = ids
		}
		return a.editGroup(g, e, w)
	}
	return Outcome{}, view.GroupShown(a.groupRow(g), a.inGroup(a.Policy.GroupRoom(a.Workspace, g.ID, a.me))), nil
}

// persons are the people that words name; all that are not known, and those who
// are to come into a group and whom Slack would not take, are complained about at
// once.
func (a asker) persons(verb string, words []string) ([]workspace.UserID, error) {
	if len(words) == 0 {
		return nil, complain(view.GroupNobody(verb, a.Settings.command()))
	}
	var ids []workspace.UserID
	var wrong []string
	for _, word := range words {
		t, person := command.ReadPerson(word)
		u, ok := t.Person(a.Workspace)
		if !person || !ok {
			wrong = append(wrong, "I know of nobody called "+word+".")
			continue
		}
		ids = append(ids, u.ID)
	}
	if verb != "remove" {
		wrong = append(wrong, a.ungroupable(ids)...)
	}
	if len(wrong) > 0 {
		return nil, complain(view.GroupWrong(wrong))
	}
	return ids, nil
}

// turnGroup enables or disables a user group, for administrators.
func (a asker) turnGroup(g workspace.Usergroup, enabled bool, w waiting) (Outcome, view.Message, error) {
	if !a.admin() {
		return Outcome{}, view.Message{}, complain(view.AdminsOnly(a.whom("")))
	}
	asked := a.asked(w)
	c := action.ChangeUsergroup{Group: g.ID, Enabled: &enabled, Asked: &asked}
	if err := a.mayChange(g, c); err != nil {
		return Outcome{}, view.Message{}, err
	}
	var out Outcome
	out.asks(c, g.Handle, nil)
	out.do(c)
	return out, view.GroupUnderway(a.groupRow(g)), nil
}
