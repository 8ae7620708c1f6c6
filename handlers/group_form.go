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

// form opens the form of a user group for administrators; the zero group is a
// new one.
func (a asker) form(g workspace.Usergroup, name string) (view.GroupForm, error) {
	if !a.admin() {
		return view.GroupForm{}, complain(view.AdminsOnly(a.whom("")))
	}
	f := view.GroupForm{ID: g.ID, Handle: g.Handle, Name: g.Name, Description: g.Description, Channels: g.Channels, Additional: g.AdditionalChannels, Section: g.Section}
	if f.ID == "" {
		f.Name = name
	}
	return f, nil
}

func (a asker) openForm(g workspace.Usergroup, w waiting, name string) (Outcome, error) {
	f, err := a.form(g, name)
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{Reply: Reply{Open: &Modal{TriggerID: w.trigger, View: f.View()}}}, nil
}

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

// groupSubmitted makes or changes a user group, if the person still may and
// Slack would take it; what it would not take is said at its field.
func groupSubmitted(_ context.Context, r Request, s groupSubmission) (Outcome, error) {
	me := r.from(s.asker())
	id := workspace.UsergroupID(s.View.PrivateMetadata)
	now, known := r.Workspace.Usergroup(id)
	if id != "" && !known {
		return Outcome{}, complain(view.Outdated(r.Settings.command()))
	}
	if !me.admin() {
		return Outcome{}, complain(view.AdminsOnly(me.whom("")))
	}
	name, handle, text := strings.TrimSpace(s.at(view.BlockGroupName).Value), strings.TrimPrefix(strings.TrimSpace(s.at(view.BlockGroupHandle).Value), "@"), strings.TrimSpace(s.at(view.BlockGroupText).Value)
	channels, additional := s.at(view.BlockGroupChannels).Conversations, s.at(view.BlockGroupAdditional).Conversations
	section := len(s.at(view.BlockGroupSection).Options) > 0
	people := s.at(view.BlockGroupUsers).Users
	a := action.ChangeUsergroup{Group: id, Asked: &action.Asked{By: me.me}, Users: people}
	differing(&a.Name, now.Name, name)
	differing(&a.Handle, now.Handle, handle)
	differing(&a.Description, now.Description, text)
	differingChannels(&a.Channels, now.Channels, channels)
	differingChannels(&a.AdditionalChannels, now.AdditionalChannels, additional)
	if section != now.Section {
		a.Section = &section
	}
	errors := map[string]string{
		view.BlockGroupName: rules.GroupNameTrouble(name), view.BlockGroupText: rules.DescriptionTrouble(text), view.BlockGroupHandle: me.handleTrouble(handle, now),
		view.BlockGroupChannels: rules.ChannelsTrouble(len(channels)), view.BlockGroupAdditional: rules.ChannelsTrouble(len(additional)),
		view.BlockGroupUsers: strings.Join(me.ungroupable(people), " "),
	}
	if section && len(channels) == 0 {
		errors[view.BlockGroupSection] = "Choose at least one default channel, or leave this out."
	}
	kept := me.keptByRule(now, a)
	for block, is := range map[string]bool{
		view.BlockGroupName: kept.Name, view.BlockGroupHandle: kept.Handle, view.BlockGroupText: kept.Description,
		view.BlockGroupChannels: kept.Channels, view.BlockGroupAdditional: kept.AdditionalChannels, view.BlockGroupSection: kept.Section,
	} {
		if is {
			errors[block] = view.KeptField
		}
	}
	maps.DeleteFunc(errors, func(_, what string) bool { return what == "" })
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
	out.asks(a, handle, nil)
	out.do(a)
	return out, nil
}

func differing(into **string, now, want string) {
	if now != want {
		*into = &want
	}
}

func differingChannels(into **[]workspace.ChannelID, now, want []workspace.ChannelID) {
	if !slices.Equal(now, want) {
		kept := append([]workspace.ChannelID{}, want...)
		*into = &kept
	}
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
