package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"usher/bot"
	"usher/bot/health"
	"usher/bot/store"
	"usher/cmd/demo"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// insight is what the demo's page shows of the running bot.
type insight struct{ bot *bot.Bot }

// Changed is closed when something was handled, carried out or called since.
func (i insight) Changed() <-chan struct{} { return i.bot.Changed() }

// Lately are the last decisions and actions of a workspace, in words, and
// whether Usher is fit for use.
func (i insight) Lately(ctx context.Context, team string, n int) (demo.Behind, error) {
	id := workspace.TeamID(team)
	decisions, actions, err := i.bot.Lately(ctx, id, n)
	if err != nil {
		return demo.Behind{}, err
	}
	w := i.bot.Snapshot(id)
	var b demo.Behind
	var findings []health.Finding
	b.Connected, findings = i.bot.Look(ctx)
	for _, f := range findings {
		if !f.OK {
			b.Trouble = append(b.Trouble, f.Sentence)
		}
	}
	for _, r := range decisions {
		d, err := decided(w, r)
		if err != nil {
			return demo.Behind{}, err
		}
		b.Decisions = append(b.Decisions, d)
	}
	for _, a := range actions {
		b.Actions = append(b.Actions, carried(w, a))
	}
	return b, nil
}

// decided is one decision, with the reasons an operator reads.
func decided(w *workspace.Snapshot, r store.Record) (demo.Decided, error) {
	d, err := r.Decision()
	if err != nil {
		return demo.Decided{}, err
	}
	out := demo.Decided{
		Key: strconv.FormatInt(r.Seq, 10), At: r.At, Verdict: r.Verdict, User: string(r.User), Channel: string(r.Channel),
		Who: bot.Named(w, string(r.User)), Where: bot.Named(w, string(r.Channel)),
	}
	if d.DryRun {
		out.Where += " (only reported)"
	}
	for _, why := range d.Reasons {
		out.Reasons = append(out.Reasons, why.Words(w, rules.Operator))
	}
	return out, nil
}

func carried(w *workspace.Snapshot, a store.Stored) demo.Carried {
	c := demo.Carried{Key: strconv.FormatInt(int64(a.ID), 10), At: a.Settled, State: string(a.Result.Class), Note: a.Result.Sentence, What: string(a.Kind)}
	if a.Action != nil {
		c.What = inWords(w, a.Action)
		if home, ok := a.Action.(action.Home); ok {
			c.Home = bot.Named(w, string(home.User))
		}
	}
	if a.Settled.IsZero() {
		c.State, c.At = "waiting", a.Due
		if a.Running {
			c.State = "running"
		}
	}
	return c
}

// inWords is an action's line with names in the place of ids.
func inWords(w *workspace.Snapshot, a action.Action) string {
	line := a.String()
	if told, ok := a.(action.Tell); ok {
		line = fmt.Sprintf("tell %s %s", told.To, told.Topic.About(string(told.Subject), cmp.Or(string(told.Channel), string(told.Usergroup))))
	}
	words := strings.Fields(line)
	for i, word := range words {
		bare := strings.TrimRight(word, ",:.")
		if name := bot.Named(w, bare); name != bare {
			words[i] = name + word[len(bare):]
		}
	}
	return strings.Join(slices.Clip(words), " ")
}
