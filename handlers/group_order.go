package handlers

import (
	"usher/handlers/view"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// orderGroup changes a user group for somebody on the machine. What they wrote
// was looked at before; here it is whether it may be done by now.
func (a asker) orderGroup(o Order) (Outcome, view.Message, error) {
	switch {
	case o.Edit != nil:
		g, known := a.Workspace.Usergroup(o.Edit.Group)
		if !known {
			return Outcome{}, view.Message{}, complain(view.NoSuchGroup(string(o.Edit.Group), nil, a.Settings.command()))
		}
		return a.editGroup(g, *o.Edit, waiting{})
	case o.Change != nil:
		g, known := a.Workspace.Usergroup(o.Change.Group)
		if !known && o.Change.Group != "" {
			return Outcome{}, view.Message{}, complain(view.NoSuchGroup(string(o.Change.Group), nil, a.Settings.command()))
		}
		if err := a.mayChange(g, *o.Change); err != nil {
			return Outcome{}, view.Message{}, err
		}
		if o.Change.Handle != nil && g.Handle == "" {
			g.Handle = *o.Change.Handle
		}
		var out Outcome
		out.asks(*o.Change, g.Handle, nil)
		out.do(*o.Change)
		return out, view.GroupUnderway(a.groupRow(g)), nil
	}
	return Outcome{}, view.Message{}, complain(view.GroupUsage(a.Settings.command()))
}

// mayChange complains about a change of what a user group is called, what belongs
// to it or whether it is enabled that must not be made, or that its rule would
// undo.
func (a asker) mayChange(g workspace.Usergroup, c action.ChangeUsergroup) error {
	if a.memory().Standing().Paused {
		return complain(view.Paused(a.whom("")))
	}
	if kept := a.keptByRule(g, c); kept != (rules.GroupChange{}) {
		return complain(view.GroupKept(a.groupRow(g), kept))
	}
	return nil
}

// keptByRule is what of a change the group's rule would put back.
func (a asker) keptByRule(g workspace.Usergroup, c action.ChangeUsergroup) rules.GroupChange {
	rule, managed := a.Policy.ManagedGroup(a.Workspace, g.ID)
	if !managed {
		return rules.GroupChange{}
	}
	return rule.Undoes(rules.GroupChange{
		Name: c.Name != nil, Handle: c.Handle != nil, Description: c.Description != nil, Channels: c.Channels != nil,
		AdditionalChannels: c.AdditionalChannels != nil, Section: c.Section != nil, Disable: c.Enabled != nil && !*c.Enabled,
	})
}
