package handlers

import (
	"usher/handlers/view"
	"usher/rules/workspace"
)

// form opens the form of a user group for administrators; the zero group is a
// new one.
func (a asker) form(g workspace.Usergroup, name string) (view.GroupForm, error) {
	if !a.admin() {
		return view.GroupForm{}, complain(view.AdminsOnly(a.whom("")))
	}
	f := a.formOf(g)
	if f.ID == "" {
		f.Name = name
	}
	return f, nil
}

// formOf is what the form shows of a user group as it is now. Private channels that
// the asker is not in stand in no list of theirs: they are left as they are.
func (a asker) formOf(g workspace.Usergroup) view.GroupForm {
	f := view.GroupForm{ID: g.ID, Handle: g.Handle, Name: g.Name, Description: g.Description, Section: g.Section}
	f.Channels, f.Hidden = a.pickable(g.Channels)
	additional, hidden := a.pickable(g.AdditionalChannels)
	f.Additional, f.Hidden = additional, f.Hidden+hidden
	return f
}

// pickable are those channels that Slack shows the asker, and how many it does not.
func (a asker) pickable(ids []workspace.ChannelID) (some []workspace.ChannelID, hidden int) {
	for _, id := range ids {
		if c, ok := a.Workspace.Channel(id); ok && (!c.Private || a.in(id, a.me)) {
			some = append(some, id)
		}
	}
	return some, len(ids) - len(some)
}

func (a asker) openForm(g workspace.Usergroup, w waiting, name string) (Outcome, error) {
	f, err := a.form(g, name)
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{Reply: Reply{Open: &Modal{TriggerID: w.trigger, View: f.View()}}}, nil
}
