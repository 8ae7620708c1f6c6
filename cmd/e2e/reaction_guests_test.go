package e2e

import (
	"testing"

	"usher/bot/slacksim"
)

const guestsPolicy = `
version: 1
admins: [{user: alice@acme.test}]
reactions:
  - name: rooms
    on: [created]
    channels: [room-.*]
    do:
      - join
      - invite: [{channel: crew}, {channel: hall}, {usergroup: nobodys}]
      - announce: {to: lobby, text: "{{.Channel}} is new"}
    mode: enforce
`

// The people of a channel are invited, also of one that Usher had to join first;
// it speaks in a public channel that nobody let it into; and a list that there is
// none of is said to the administrators while the rest goes on.
func TestThePeopleOfAChannelAreInvited(t *testing.T) {
	w := newTown(t, func(o *slacksim.Options) {
		o.Workspace.Workspaces[0].Channels = append(o.Workspace.Workspaces[0].Channels,
			slacksim.FileChannel{Name: "crew", Private: true, Members: []string{"carol", "usher"}},
			slacksim.FileChannel{Name: "hall", Members: []string{"mallory"}},
			slacksim.FileChannel{Name: "lobby", Members: []string{"bob"}})
	})
	w.policy(guestsPolicy)
	w.start()
	w.until("Usher is where the reaction needs it", func(s slacksim.State) bool {
		return in(s, "usher", "hall") && in(s, "usher", "lobby")
	})
	w.until("it has heard that it is in the hall, and read who else is", func(s slacksim.State) bool {
		joined, read := 0, 0
		for _, call := range w.slack.Calls(0) {
			switch {
			case call.Args["channel"] != channel(s, "hall").ID || !call.OK:
			case call.Method == "conversations.join":
				joined = call.N
			case call.Method == "conversations.members":
				read = call.N
			}
		}
		return joined > 0 && read > joined
	})
	w.create("bob", "room-1")
	w.until("everybody is in, and it was announced", func(s slacksim.State) bool {
		return in(s, "carol", "room-1") && in(s, "mallory", "room-1") && len(posted(s, "lobby")) == 1
	})
	w.until("alice knows whom it could not invite", func(s slacksim.State) bool {
		return len(told(s, "alice", "who is in usergroup nobodys: it cannot be found. The other steps go on.")) == 1
	})
	w.act(slacksim.Act{As: "bob", Do: "create_channel", Name: "room-2", Private: true})
	w.act(slacksim.Act{As: "bob", Do: "invite", Channel: "room-2", Users: slacksim.Names{"usher"}})
	w.until("a private channel is furnished without joining it", func(s slacksim.State) bool {
		return in(s, "carol", "room-2") && len(posted(s, "lobby")) == 2
	})
	for _, call := range w.slack.Calls(0) {
		if call.Method == "conversations.join" && !call.OK {
			t.Errorf("a join was refused: %s", call.Error)
		}
	}
	if texts := told(w.slack.State(), "alice", "(join) could not be done"); len(texts) > 0 {
		t.Errorf("alice is told %+v", texts)
	}
}
