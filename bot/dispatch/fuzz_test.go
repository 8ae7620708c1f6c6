package dispatch_test

import (
	"path/filepath"
	"testing"

	"usher/bot/dispatch"
	"usher/handlers"
)

// Whatever an envelope holds, it is acknowledged, and the lane goes on.
func FuzzEnvelope(f *testing.F) {
	router, err := handlers.NewRouter(handlers.Routes())
	if err != nil {
		f.Fatal(err)
	}
	b := start(f, filepath.Join(f.TempDir(), "usher.db"), nil, func(c *dispatch.Config, _ *dispatch.RequestsConfig) { c.Router = router })
	for _, seed := range [][2]string{
		{"events_api", `{}`}, {"events_api", `null`}, {"events_api", `[]`}, {"events_api", `{"event":null}`}, {"events_api", `{"type":"app_rate_limited"}`},
		{"events_api", `{"event":{"type":"member_joined_channel","user":"U1","channel":"C1","event_ts":"1700000000.000100"}}`},
		{"events_api", `{"event":{"type":"member_left_channel","user":"U0BOT","channel":"C1","event_ts":"x"}}`},
		{"events_api", `{"event":{"type":"channel_rename","channel":{"id":"C1","name":"a"}}}`},
		{"events_api", `{"event":{"type":"channel_id_changed","old_channel_id":"C1","new_channel_id":"C1"}}`},
		{"events_api", `{"event":{"type":"user_change","user":{"id":"U1","profile":{"fields":[]}}}}`},
		{"events_api", `{"event":{"type":"team_join","user":"U1"}}`},
		{"events_api", `{"event":{"type":"subteam_members_changed","subteam_id":"S1","added_users":["U1",""],"added_users_count":-1}}`},
		{"events_api", `{"event":{"type":"subteam_updated","subteam":{"id":"S1","users":null,"user_count":"2"}}}`},
		{"slash_commands", `{"user_id":"U1","text":"join #x"}`}, {"slash_commands", `{"user_id":1}`}, {"slash_commands", `"x"`},
		{"interactive", `{"type":"block_actions"}`}, {"interactive", `{"type":"block_actions","actions":[{"action_id":"join","value":"C1"}],"user":{"id":"U1"}}`},
		{"interactive", `{"type":"view_submission","view":{"callback_id":"rename","state":{"values":{"a":null}}}}`}, {"interactive", `{"type":"message_action"}`},
		{"hello", `{}`}, {"", ``},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, kind, payload string) {
		if kind == "operator" {
			t.Skip("no envelope of Slack's is one")
		}
		p := envelope(kind, "", payload)
		b.send(t, p)
		p.wait(t)
	})
}
