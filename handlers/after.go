package handlers

import (
	"context"

	"usher/handlers/view"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// afterInvite tells whoever asked to be let in what came of it.
func afterInvite(_ context.Context, r Request, s Settled) (Outcome, error) {
	var out Outcome
	a, ok := s.Action.(action.Invite)
	if !ok {
		return out, nil
	}
	if a.Asked == nil {
		r.blocked(&out, a.Channel, a.Cluster, s.Result)
		return out, nil
	}
	me := r.from(a.Asked.By)
	room := me.known(a.Channel)
	switch s.Result.Class {
	case Done, Already:
		me.tell(&out, *a.Asked, view.LetIn(room, s.Result.Class == Already), quiet)
	case Dropped:
		me.tell(&out, *a.Asked, view.NoLonger(room, r.Settings.command()), always)
	default:
		me.tell(&out, *a.Asked, view.NotLetIn(room, s.Result.Sentence, me.whom(a.Cluster)), always)
		r.blocked(&out, a.Channel, a.Cluster, s.Result)
	}
	return out, nil
}

// afterRemove tells whoever asked to leave what came of it, and the
// administrators where Usher may not remove anybody.
func afterRemove(_ context.Context, r Request, s Settled) (Outcome, error) {
	var out Outcome
	a, ok := s.Action.(action.Remove)
	if !ok {
		return out, nil
	}
	if a.Asked == nil {
		r.blocked(&out, a.Channel, a.Cluster, s.Result)
		return out, nil
	}
	me := r.from(a.Asked.By)
	room := me.known(a.Channel)
	if !s.Result.OK() {
		me.tell(&out, *a.Asked, view.NotTakenOut(room, s.Result.Sentence), always)
		r.blocked(&out, a.Channel, a.Cluster, s.Result)
		return out, nil
	}
	d := r.Policy.DecideJoin(r.Workspace, r.At, a.Channel, a.User)
	room.Back = d.Verdict == rules.Allow && !d.DryRun
	me.tell(&out, *a.Asked, view.TakenOut(room, r.Settings.command()), quiet)
	return out, nil
}

// afterJoin tells the administrators where Usher cannot get into a channel that
// a rule is about.
func afterJoin(_ context.Context, r Request, s Settled) (Outcome, error) {
	var out Outcome
	if a, ok := s.Action.(action.Join); ok {
		r.blocked(&out, a.Channel, "", s.Result)
	}
	return out, nil
}

// afterRefresh asks the rules again about what was read.
func afterRefresh(_ context.Context, r Request, s Settled) (Outcome, error) {
	var out Outcome
	a, ok := s.Action.(action.Refresh)
	if !ok {
		return out, nil
	}
	if !s.Result.OK() {
		r.blocked(&out, a.Channel, "", s.Result)
		return out, nil
	}
	switch {
	case a.Channel != "":
		r.read(&out, a.Channel)
		if r.Policy.Feeds(rules.FromChannel, string(a.Channel)) {
			out.do(action.Replan{Why: whyRefreshed})
		}
	case a.Usergroup != "":
		if _, managed := r.Policy.ManagedGroup(r.Workspace, a.Usergroup); managed || r.Policy.Feeds(rules.FromUsergroup, string(a.Usergroup)) {
			out.do(action.Replan{Why: whyRefreshed})
		}
	case a.User != "":
		r.user(&out, a.User, rules.CauseProfile)
	default:
		out.do(action.Replan{Why: whyRefreshed})
	}
	out.withoutRefresh()
	return out, nil
}

// read is look for a channel that was read. Where Usher was added to it before
// it was known, it is new to its owners.
func (r Request) read(out *Outcome, id workspace.ChannelID) {
	seat := workspace.Seat{Channel: id, User: r.Workspace.Team().Bot}
	if _, known := r.Workspace.Channel(id); !known || r.memory().Added(seat) == "" {
		r.look(out, id)
		return
	}
	out.Added = map[workspace.Seat]workspace.UserID{seat: ""}
	r.channel(out, id, rules.ChannelEntered)
}

// known is a channel by its id, also when it is gone by now.
func (a asker) known(id workspace.ChannelID) view.Room {
	c, ok := a.Workspace.Channel(id)
	if !ok {
		return view.Room{ID: id, Name: string(id)}
	}
	return a.room(c)
}

// loudness says whether somebody is told even though they see it anyway.
type loudness bool

const (
	always loudness = true
	quiet  loudness = false // a click on the Home: the Home itself shows that it worked
)

// tell answers where the person waits, and redraws their Home.
func (a asker) tell(out *Outcome, where action.Asked, m view.Message, how loudness) {
	if where.ResponseURL != "" || how == always {
		out.do(action.Reply{Asked: where, Text: m.Text, Blocks: encode(m.Blocks)})
	}
	a.publish(out, a.me)
}

// blocked tells the administrators, once a day for each channel and cause, what
// somebody has to change; for what holds in the whole workspace, once a day.
func (r Request) blocked(out *Outcome, c workspace.ChannelID, cluster string, result Result) {
	if result.Class != Blocked {
		return
	}
	detail := result.Sentence
	if detail == "" {
		detail = "Slack refused a change (" + result.Code + ")."
	}
	if result.everywhere() {
		c, cluster = "", ""
	}
	r.operators(out, "blocked:"+string(c)+":"+result.Code+":"+r.day(),
		action.Tell{Channel: c, Cluster: cluster, Detail: detail})
}
