package handlers

import (
	"fmt"
	"strings"

	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// hold keeps what a person has to release, and tells the administrators once.
func (r Request) hold(out *Outcome, held []rules.Brake) {
	out.Held = append(out.Held, held...)
	for _, b := range held {
		r.operators(out, "held:"+b.Key()+":"+r.day(), action.Tell{
			Channel: b.Channel, Cluster: first(b.Clusters), Detail: heldWords(b),
		})
	}
}

func first(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

// heldWords says what is held and why, in plain text.
func heldWords(b rules.Brake) string {
	switch b.Kind {
	case rules.BrakeRemovals, rules.BrakeShare:
		return fmt.Sprintf("%d of %d members would be removed from it, which is more than the policy's brakes let me do on my own. Nobody is removed until that is sorted out.", b.Has, b.Had)
	case rules.BrakeEmpty:
		return fmt.Sprintf("The source “%s” is empty. I do not believe that, and nobody is let in or removed because of it.", b.Source)
	case rules.BrakeShrink:
		return fmt.Sprintf("The source “%s” went from %d to %d people. That is a lot at once, and nobody is removed because of it until somebody has had a look.", b.Source, b.Had, b.Has)
	}
	return "Something waits for a person to have a look."
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
