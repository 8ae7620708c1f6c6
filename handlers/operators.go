package handlers

import (
	"strings"

	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

func first(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

// operators tells the administrators something, each of them once.
func (r Request) operators(out *Outcome, once string, t action.Tell) {
	t.Topic = action.Operator
	for _, admin := range r.Policy.Admins(r.Workspace) {
		t.To = admin
		t.Once = once + ":" + string(admin)
		out.do(t)
	}
}

// announce tells the owners of a channel that Usher is about to join, once: the
// rules tell them only of channels that it is in.
func (r Request) announce(out *Outcome, id workspace.ChannelID) {
	c, ok := r.Workspace.Channel(id)
	if !ok || c.BotIn || c.Private || c.Archived {
		return
	}
	for _, cl := range r.Policy.Governing(c) {
		if cl.Mode != rules.ModeEnforce {
			continue
		}
		for _, to := range r.Policy.Owners(r.Workspace, cl.Name) {
			out.do(action.Tell{
				To: to, Topic: action.NewChannel, Channel: id, Cluster: cl.Name,
				Once: strings.Join([]string{string(action.NewChannel), cl.Name, string(id), string(to)}, ":"),
			})
		}
	}
}

// day is what makes something be told again the next day.
func (r Request) day() string { return r.At.UTC().Format("2006-01-02") }
