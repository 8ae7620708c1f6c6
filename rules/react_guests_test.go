package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

const guestPolicy = `
version: 1
reactions:
  - name: rooms
    on: [created, converted]
    channels: [room-.*]
    do:
      - join
      - invite: [{channel: crew}, {usergroup: commanders}, {channel: elsewhere}]
      - announce: {to: lobby, text: "{{.Cluster}}"}
      - topic: " {{.Cluster}} "
      - post: "{{.Cluster}}{{.Channel}} "
    mode: enforce
  - name: trial
    on: [created]
    channels: [room-.*]
    do: [{invite: [{channel: attic}]}]
`

// guests is the usual workspace with channels that a reaction invites people
// from: Usher knows who is in crew, and is not in elsewhere, lobby and attic.
func guests(t *testing.T) reacting {
	t.Helper()
	r := newReacting(t, "version: 1")
	e := r.w.Edit()
	for id, name := range map[workspace.ChannelID]string{"CCREW": "crew", "CELSE": "elsewhere", "CLOBBY": "lobby", "CATTIC": "attic"} {
		e.PutChannel(workspace.Channel{ID: id, Name: name, BotIn: name == "crew"})
	}
	e.SetMembers("CCREW", []workspace.UserID{"UALICE", "UUSHER", "UROBO"}, workspace.Knowledge{Complete: true, At: noon})
	w := e.Snapshot()
	r = newReactingIn(t, guestPolicy, w)
	return r
}

func (r reacting) do(c workspace.Channel, change rules.ChannelChange) (lines []string) {
	r = r.with(c)
	for _, line := range strings.Split(r.said(rules.Occurrence{Channel: c.ID, Change: change, Actor: c.Creator}), "\n") {
		lines = append(lines, strings.TrimSpace(line))
	}
	return lines
}

// A step without a text is left out and says so; Slack takes no join for a
// private channel, in which Usher is anyway.
func TestStepsThatHaveNothingToDo(t *testing.T) {
	r := guests(t)
	for _, tt := range []struct {
		channel workspace.Channel
		want    string
	}{
		{workspace.Channel{ID: "C1", Name: "room-1", Creator: "UBOB"}, "rooms join invite"},
		{workspace.Channel{ID: "C1", Name: "room-1", Creator: "UBOB", Private: true, BotIn: true}, "rooms invite"},
		{workspace.Channel{ID: "C1", Name: "room-1", Creator: "UBOB", Private: true}, "rooms invite"},
	} {
		lines := r.do(tt.channel, rules.ChannelConverted)
		got := ""
		for _, line := range lines[:len(lines)-1] {
			if what, _, skipped := strings.Cut(line, " ["); skipped || !strings.Contains(line, " ") {
				got += " " + what
			}
		}
		if strings.TrimSpace(got) != tt.want {
			t.Errorf("%+v: %q, want %q; all of it: %q", tt.channel, got, tt.want, lines)
		}
		all := strings.Join(lines, "\n")
		for _, want := range []string{"post | <#C1>", "not announce: Its text is empty for this channel.", "not topic: Its text is empty for this channel."} {
			if !strings.Contains(all, want+"\n") {
				t.Errorf("%+v: no %q in %s", tt.channel, want, all)
			}
		}
		if said := strings.Contains(all, "not join: Usher cannot come into a private channel by itself"); said != (tt.channel.Private && !tt.channel.BotIn) {
			t.Errorf("%+v: it is said of join: %t", tt.channel, said)
		}
	}
	private := r.with(workspace.Channel{ID: "C1", Name: "room-1", Creator: "UBOB", Private: true, BotIn: true})
	still, why := private.p.Still(private.w, noon, action.Step{Channel: "C1", Reaction: "rooms", Number: 1, Verb: "join", Name: "room-1"})
	if still || rules.Undue(why) != "Usher is in the channel already." {
		t.Errorf("a join that was stored while it was public: %t, %q", still, rules.Undue(why))
	}
	still, why = private.p.Still(private.w, noon, action.Step{Channel: "C1", Reaction: "rooms", Number: 4, Verb: "topic", Name: "room-1"})
	if still || rules.Undue(why) != "Its text is empty for this channel." {
		t.Errorf("a topic that was stored while it had a text: %t, %q", still, rules.Undue(why))
	}
}

// People of a channel are invited, and whoever cannot be listed is named.
func TestInvitingFromLists(t *testing.T) {
	r := guests(t).with(workspace.Channel{ID: "C1", Name: "room-1", Creator: "UBOB"})
	step := action.Step{Channel: "C1", Reaction: "rooms", Number: 2, Verb: "invite", Name: "room-1"}
	invite, ok := r.p.Narrow(r.w, noon, step).(action.Invite)
	if !ok || fmt.Sprint(invite.Users) != "[UALICE UCAROL UDAVE]" || invite.Missing != "It cannot be said who is in channel elsewhere: Usher is not in it." {
		t.Errorf("invited: %+v", invite)
	}
	if words := r.p.StepWords(r.w, noon, step); !strings.HasSuffix(words, "alice, carol, dave. It cannot be said who is in channel elsewhere: Usher is not in it.") {
		t.Errorf("in words: %s", words)
	}
	plan := r.p.Plan(r.w, noon)
	if got := fmt.Sprint(plan.Actions); got != "[join CELSE join CLOBBY]" { // not where it is only tried out
		t.Errorf("to be done first: %s", got)
	}
	for id, want := range map[workspace.ChannelID]bool{"CCREW": true, "CELSE": true, "CLOBBY": false, "CATTIC": false} {
		if got := r.p.InvitesFrom(id); got != want {
			t.Errorf("who is in %s has to be known: %t", id, got)
		}
	}
	e := r.w.Edit()
	e.DoubtMembers("CCREW")
	r.w = e.Snapshot()
	if plan := r.p.Plan(r.w, noon); len(plan.Refresh) != 1 || plan.Refresh[0].Channel != "CCREW" {
		t.Errorf("to be read: %+v", plan.Refresh)
	}
	if again := r.p.Narrow(r.w, noon, step).(action.Invite); fmt.Sprint(again.Users, again.Missing) != fmt.Sprint(invite.Users, invite.Missing) {
		t.Errorf("a list that is only doubted: %+v", again)
	}
}
