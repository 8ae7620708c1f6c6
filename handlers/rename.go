package handlers

import (
	"context"

	"usher/handlers/view"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// renaming is the channel that somebody wants to rename, if they may and its
// name is still not wanted.
func (a asker) renaming(about view.Renaming) (workspace.Channel, error) {
	c, known := a.Workspace.Channel(about.Channel)
	switch {
	case !known || c.Archived:
		return c, complain(view.Outdated(a.Settings.command()))
	case c.Creator != a.me && !a.admin():
		return c, complain(view.RenameRefused())
	case !a.unwanted(about.Reaction, c):
		return c, complain(view.NameFits(a.room(c)))
	}
	return c, nil
}

// unwanted reports whether a reaction still is about a channel called so.
func (r Request) unwanted(reaction string, c workspace.Channel) bool {
	for _, found := range r.Policy.Reactions() {
		if found.Name == reaction {
			return found.Wants(c)
		}
	}
	return false
}

// pressRename opens the window in which the new name is written.
func pressRename(a asker, p press) (Outcome, error) {
	about := view.ReadRenaming(p.value())
	c, err := a.renaming(about)
	if err != nil {
		return Outcome{}, err
	}
	suggested := ""
	if some := a.Policy.Suggest(a.Workspace, about.Reaction, c); len(some) > 0 {
		suggested = some[0]
	}
	return p.show(view.RenameModal(about, c.Name, suggested, a.Policy.Leads(about.Reaction))), nil
}

// submission is a submitted view.
type submission struct {
	origin
	View struct {
		PrivateMetadata string `json:"private_metadata"`
		State           struct {
			Values map[string]map[string]struct {
				Value string `json:"value"`
			} `json:"values"`
		} `json:"state"`
	} `json:"view"`
}

// renameSubmitted looks at everything again that may have changed since the
// window was opened, and at the name.
func renameSubmitted(_ context.Context, r Request, s submission) (Outcome, error) {
	me := r.from(s.asker())
	about := view.ReadRenaming(s.View.PrivateMetadata)
	c, err := me.renaming(about)
	if err != nil {
		return Outcome{}, err
	}
	name := rules.CleanName(s.View.State.Values[view.BlockName][view.ActionNewName].Value)
	if trouble := r.Policy.NameTrouble(r.Workspace, about.Reaction, c, name); trouble != "" {
		return Outcome{Reply: Reply{Errors: map[string]string{view.BlockName: trouble}}}, nil
	}
	var out Outcome
	out.do(action.Rename{Channel: c.ID, Name: name, Asked: &action.Asked{By: me.me}})
	return out, nil
}

// afterRename tells whoever asked what came of it.
func afterRename(_ context.Context, _ Request, s Settled) (Outcome, error) {
	var out Outcome
	a, ok := s.Action.(action.Rename)
	if !ok || a.Asked == nil {
		return out, nil
	}
	m := view.Renamed(a.Channel, a.Name)
	if !s.Result.OK() {
		m = view.NotRenamed(a.Channel, a.Name, s.Result.Sentence)
	}
	out.do(action.Reply{Asked: *a.Asked, Text: m.Text, Blocks: encode(m.Blocks)})
	return out, nil
}
