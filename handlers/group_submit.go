package handlers

import (
	"context"
	"maps"
	"slices"
	"strings"

	"usher/handlers/view"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// groupSubmission is a submitted form of a user group.
type groupSubmission struct {
	origin
	View struct {
		PrivateMetadata string `json:"private_metadata"`
		State           struct {
			Values map[string]map[string]groupValue `json:"values"`
		} `json:"state"`
	} `json:"view"`
}

type groupValue struct {
	Value         string                `json:"value"`
	Users         []workspace.UserID    `json:"selected_users"`
	Conversations []workspace.ChannelID `json:"selected_conversations"`
	Options       []struct {
		Value string `json:"value"`
	} `json:"selected_options"`
}

func (s groupSubmission) at(block string) groupValue {
	return s.View.State.Values[block][view.ActionGroupValue]
}

// form is the form as it was submitted.
func (s groupSubmission) form(id workspace.UsergroupID) view.GroupForm {
	return view.GroupForm{
		ID: id, Name: strings.TrimSpace(s.at(view.BlockGroupName).Value), Description: strings.TrimSpace(s.at(view.BlockGroupText).Value),
		Handle:   strings.TrimPrefix(strings.TrimSpace(s.at(view.BlockGroupHandle).Value), "@"),
		Channels: s.at(view.BlockGroupChannels).Conversations, Additional: s.at(view.BlockGroupAdditional).Conversations,
		Section: len(s.at(view.BlockGroupSection).Options) > 0,
	}
}

// groupSubmitted makes or changes a user group, if the person still may and
// Slack would take it; what it would not take is said at its field. Of a group that
// is there only what was changed in the form is changed: somebody else may have
// changed the rest since it was opened.
func groupSubmitted(_ context.Context, r Request, s groupSubmission) (Outcome, error) {
	me := r.from(s.asker())
	id, opened := view.ReadGroupForm(s.View.PrivateMetadata)
	now, known := r.Workspace.Usergroup(id)
	if id != "" && !known {
		return Outcome{}, complain(view.Outdated(r.Settings.command()))
	}
	if !me.admin() {
		return Outcome{}, complain(view.AdminsOnly(me.whom("")))
	}
	want, people := s.form(id), s.at(view.BlockGroupUsers).Users
	is := me.formOf(now)
	changed, conflicts := want.Changed(opened, is)
	a := action.ChangeUsergroup{Group: id, Asked: &action.Asked{By: me.me}, Users: people}
	if id == "" || changed[view.BlockGroupName] {
		a.Name = &want.Name
	}
	if id == "" || changed[view.BlockGroupHandle] {
		a.Handle = &want.Handle
	}
	if changed[view.BlockGroupText] {
		a.Description = &want.Description
	}
	if changed[view.BlockGroupSection] {
		a.Section = &want.Section
	}
	channels := me.withHidden(want.Channels, now.Channels)
	if changed[view.BlockGroupChannels] {
		a.Channels = &channels
	} else {
		channels = now.Channels
	}
	additional := me.withHidden(want.Additional, now.AdditionalChannels)
	if changed[view.BlockGroupAdditional] {
		a.AdditionalChannels = &additional
	}
	errors := me.formTroubles(a, now, channels, conflicts)
	if len(errors) > 0 {
		return Outcome{Reply: Reply{Errors: errors}}, nil
	}
	if me.memory().Standing().Paused {
		return Outcome{}, complain(view.Paused(me.whom("")))
	}
	out := Outcome{Reply: Reply{Clear: true}}
	if id != "" && a.Changes() == 0 {
		return out, nil
	}
	out.asks(a, want.Handle, nil)
	out.do(a)
	return out, nil
}

// withHidden are channels that were chosen, and those of a group that the asker is
// not shown.
func (a asker) withHidden(chosen, all []workspace.ChannelID) []workspace.ChannelID {
	shown, _ := a.pickable(all)
	kept := append([]workspace.ChannelID{}, chosen...)
	for _, id := range all {
		if !slices.Contains(shown, id) && !slices.Contains(kept, id) {
			kept = append(kept, id)
		}
	}
	return kept
}

// formTroubles is what is wrong with a change, by field: what Slack would refuse,
// what the rule would put back, and what somebody else has changed meanwhile.
func (a asker) formTroubles(c action.ChangeUsergroup, now workspace.Usergroup, channels []workspace.ChannelID, conflicts map[string]string) map[string]string {
	errors := map[string]string{view.BlockGroupUsers: strings.Join(a.ungroupable(c.Users), " ")}
	text := func(block string, value *string, trouble func(string) string) {
		if value != nil {
			errors[block] = trouble(*value)
		}
	}
	text(view.BlockGroupName, c.Name, rules.GroupNameTrouble)
	text(view.BlockGroupText, c.Description, rules.DescriptionTrouble)
	text(view.BlockGroupHandle, c.Handle, func(handle string) string { return a.handleTrouble(handle, now) })
	errors[view.BlockGroupChannels] = rules.ChannelsTrouble(len(channels))
	if c.AdditionalChannels != nil {
		errors[view.BlockGroupAdditional] = rules.ChannelsTrouble(len(*c.AdditionalChannels))
	}
	if c.Section != nil {
		errors[view.BlockGroupSection] = rules.SectionTrouble(*c.Section, len(channels))
	}
	maps.Copy(errors, conflicts)
	kept := a.keptByRule(now, c)
	for block, is := range map[string]bool{
		view.BlockGroupName: kept.Name, view.BlockGroupHandle: kept.Handle, view.BlockGroupText: kept.Description,
		view.BlockGroupChannels: kept.Channels, view.BlockGroupAdditional: kept.AdditionalChannels, view.BlockGroupSection: kept.Section,
	} {
		if is {
			errors[block] = view.KeptField
		}
	}
	maps.DeleteFunc(errors, func(_, what string) bool { return what == "" })
	return errors
}

// handleTrouble is what Slack would refuse about a handle, and who holds it.
func (r Request) handleTrouble(handle string, now workspace.Usergroup) string {
	if handle == now.Handle {
		return ""
	}
	if what := rules.HandleTrouble(handle); what != "" {
		return what
	}
	if !rules.WhoHolds(r.Workspace, handle, now.ID).IsZero() {
		return r.heldBy(handle)
	}
	return ""
}

// peopleSubmitted changes who is in a user group.
func peopleSubmitted(_ context.Context, r Request, s groupSubmission) (Outcome, error) {
	me := r.from(s.asker())
	g, known := r.Workspace.Usergroup(workspace.UsergroupID(s.View.PrivateMetadata))
	if !known {
		return Outcome{}, complain(view.Outdated(r.Settings.command()))
	}
	add, remove := s.at(view.BlockGroupAdd).Users, s.at(view.BlockGroupRemove).Users
	errors := map[string]string{view.BlockGroupAdd: strings.Join(me.ungroupable(add), " ")}
	for _, u := range add {
		if slices.Contains(remove, u) {
			errors[view.BlockGroupRemove] = "Somebody is to be added and to be taken out."
		}
	}
	maps.DeleteFunc(errors, func(_, what string) bool { return what == "" })
	if len(errors) > 0 {
		return Outcome{Reply: Reply{Errors: errors}}, nil
	}
	if len(add)+len(remove) == 0 {
		return Outcome{Reply: Reply{Clear: true}}, me.mayEdit(g)
	}
	out, _, err := me.editGroup(g, action.EditMembers{Add: add, Remove: remove}, waiting{})
	if err != nil {
		return Outcome{}, err
	}
	out.Reply = Reply{Clear: true}
	return out, nil
}
