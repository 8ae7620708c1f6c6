package handlers_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"usher/handlers"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// largeWorld has 200,000 channels of which 10,000 are under 500 rules.
func largeWorld(b *testing.B) *world {
	b.Helper()
	const clusters, each, people = 500, 20, 20_000
	var config rules.Config
	e := workspace.New(workspace.Team{ID: "T01", Bot: "U0BOT"}).Edit()
	known := workspace.Knowledge{Complete: true, At: noon}
	var users []workspace.UserID
	for i := range people {
		id := workspace.UserID(fmt.Sprintf("U%06d", i))
		users = append(users, id)
		e.PutUser(workspace.User{ID: id, Team: "T01", Name: fmt.Sprintf("person-%d", i), Owner: i == 0})
	}
	for i := range clusters {
		name := fmt.Sprintf("team%03d", i)
		master := workspace.ChannelID(fmt.Sprintf("CM%03d", i))
		e.PutChannel(workspace.Channel{ID: master, Name: name, Private: true, BotIn: true})
		e.SetMembers(master, append([]workspace.UserID{"U000000", "U000001"}, users[i*40:(i+1)*40]...), known)
		config.Clusters = append(config.Clusters, rules.ClusterConfig{
			Name: name, Members: []rules.Source{{Channel: name}}, Channels: []rules.Pattern{{Text: name + "-.*"}},
			Others: rules.Word{Text: "remove"}, Mode: rules.Word{Text: "enforce"},
		})
		for j := range each {
			c := workspace.ChannelID(fmt.Sprintf("CG%03d%02d", i, j))
			e.PutChannel(workspace.Channel{ID: c, Name: fmt.Sprintf("%s-room-%d", name, j), Private: j%2 == 0, BotIn: true})
			e.SetMembers(c, users[i*40:i*40+20], known)
		}
	}
	for i := range 190_000 {
		e.PutChannel(workspace.Channel{ID: workspace.ChannelID(fmt.Sprintf("CX%06d", i)), Name: fmt.Sprintf("project-%06d", i)})
	}
	e.KnowUsers(known)
	e.KnowChannels(known)
	x := &world{w: e.Snapshot(), memory: memory{opened: map[workspace.UserID]action.Home{}}}
	policy, problems := rules.Compile(config)
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	x.policy, _, problems = policy.Bind(x.w, nil)
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	var err error
	if x.router, err = handlers.NewRouter(handlers.Routes()); err != nil {
		b.Fatal(err)
	}
	return x
}

// What people wait for must come well within Slack's 3 seconds, in the largest
// workspace there may be.
func BenchmarkLargeWorkspace(b *testing.B) {
	x := largeWorld(b)
	for _, c := range []struct{ name, kind, payload string }{
		{"join", "command", slashed("U000003", "join #team000-room-3")},
		{"typo", "command", slashed("U000003", "join #team000-rom-3")},
		{"list", "command", slashed("U000003", "list")},
		{"list_everything", "command", slashed("U000001", "list")},
		{"status_admin", "command", slashed("U000000", "status")},
		{"cluster", "action:cluster", clicked("U000000", "cluster", "team007", onHome)},
		{"member_joined", "event:member_joined_channel", member("CG00003", "U000003", "")},
		{"user_change", "event:user_change", `{"user":{"id":"U000003"}}`},
		{"channel_rename", "event:channel_rename", `{"channel":{"id":"CG00003"}}`},
		{"member_joined_master", "event:member_joined_channel", member("CM000", "U000003", "")},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := x.router.Handle(context.Background(), c.kind, x.request(), json.RawMessage(c.payload)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for name, user := range map[string]workspace.UserID{"home": "U000003", "home_everything": "U000001", "home_admin": "U000000"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				handlers.Home(x.request(), action.Home{User: user})
			}
		})
	}
}
