package slacksim_test

import (
	"slices"
	"testing"

	"github.com/slack-go/slack"
)

// Slack's client for Go changes everything it has a typed call for, and what
// it is answered is what is.
func TestSlackGoChangesEverything(t *testing.T) {
	w := start(t, grid)
	ctx := w.soon()
	try := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	room, err := w.api.CreateConversationContext(ctx, slack.CreateConversationParams{ChannelName: "inc-42", IsPrivate: true})
	try("create", err)
	if !room.IsPrivate || room.Creator != w.acme.BotUserID || room.Name != "inc-42" {
		t.Errorf("created %+v", room)
	}
	_, err = w.api.InviteUsersToConversationContext(ctx, room.ID, w.id("alice"), w.id("bob"))
	try("invite", err)
	_, err = w.api.ForceInviteUsersToConversationContext(ctx, room.ID, w.id("carol"), w.id("bob"), "U0")
	try("force invite", err)
	w.members("inc-42", "alice", "bob", "carol", "usher")
	try("kick", w.api.KickUserFromConversationContext(ctx, room.ID, w.id("bob")))
	_, err = w.api.SetTopicOfConversationContext(ctx, room.ID, "Say what you know")
	try("topic", err)
	_, err = w.api.SetPurposeOfConversationContext(ctx, room.ID, "Incident 42")
	try("purpose", err)
	renamed, err := w.api.RenameConversationContext(ctx, room.ID, "inc-43")
	try("rename", err)
	if !slices.Equal(renamed.PreviousNames, []string{"inc-42"}) {
		t.Errorf("previous names %v", renamed.PreviousNames)
	}
	_, ts, err := w.api.PostMessageContext(ctx, room.ID, slack.MsgOptionText("hello", false))
	try("post", err)
	_, updated, _, err := w.api.UpdateMessageContext(ctx, room.ID, ts, slack.MsgOptionText("hello again", false))
	try("update", err)
	if updated != ts {
		t.Errorf("updated %s instead of %s", updated, ts)
	}
	try("pin", w.api.AddPinContext(ctx, room.ID, slack.NewRefToMessage(room.ID, ts)))
	pins, _, err := w.api.ListPinsContext(ctx, room.ID)
	try("pins", err)
	if len(pins) != 1 || pins[0].Message.Text != "hello again" {
		t.Errorf("pins %+v", pins)
	}
	mark, err := w.api.AddBookmarkContext(ctx, room.ID, slack.AddBookmarkParameters{Title: "Runbook", Type: "link", Link: "https://wiki.acme.test"})
	try("bookmark", err)
	history, err := w.api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{ChannelID: room.ID})
	try("history", err)
	if len(history.Messages) != 1 || history.Messages[0].Edited == nil {
		t.Errorf("history %+v", history.Messages)
	}
	_, err = w.api.PostEphemeralContext(ctx, room.ID, w.id("alice"), slack.MsgOptionText("psst", false))
	try("ephemeral", err)
	dm, _, _, err := w.api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{w.id("bob")}, ReturnIM: true})
	try("open", err)
	if !dm.IsIM || dm.User != w.id("bob") {
		t.Errorf("direct message %+v", dm)
	}
	got := w.channel("inc-43")
	if got.Topic != "Say what you know" || got.Purpose != "Incident 42" || !slices.Equal(got.Pins, []string{ts}) || got.Bookmarks[0].ID != mark.ID {
		t.Errorf("the channel is %+v", got)
	}

	group, err := w.api.CreateUserGroupContext(ctx, slack.UserGroup{Name: "Incident", Handle: "inc", Description: "who helps", Prefs: slack.UserGroupPrefs{Channels: []string{room.ID}}})
	try("create a group", err)
	_, err = w.api.UpdateUserGroupMembersContext(ctx, group.ID, w.id("dave"))
	try("members of a group", err)
	w.members("inc-43", "alice", "carol", "dave", "usher")
	name := "Incidents"
	_, err = w.api.UpdateUserGroupContext(ctx, group.ID, slack.UpdateUserGroupsOptionName(name))
	try("update a group", err)
	off, err := w.api.DisableUserGroupContext(ctx, group.ID)
	try("disable a group", err)
	if off.DateDelete == 0 || off.Name != name {
		t.Errorf("disabled %+v", off)
	}
	_, err = w.api.EnableUserGroupContext(ctx, group.ID)
	try("enable a group", err)

	try("link", w.admin.AdminConversationsRestrictAccessAddGroup(ctx, room.ID, "S-IDP1"))
	w.members("inc-43", "alice", "usher")
	linked, err := w.admin.AdminConversationsRestrictAccessListGroups(ctx, room.ID)
	try("links", err)
	if !slices.Equal(linked, []string{"S-IDP1"}) {
		t.Errorf("links %v", linked)
	}
	try("archive", w.api.ArchiveConversationContext(ctx, room.ID))
	if !w.channel("inc-43").IsArchived {
		t.Error("not archived")
	}
}
