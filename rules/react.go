package rules

import (
	"slices"
	"time"

	"usher/rules/action"
	"usher/rules/workspace"
)

// Occurrence is something that happened to a channel.
type Occurrence struct {
	Channel  workspace.ChannelID
	Change   ChannelChange
	Actor    workspace.UserID // who did it; empty: not known
	Event    string           // names the one time that it happened
	Reaction string           // asks this reaction alone; empty: all
}

// Reacting is one reaction's answer to an occurrence. Where it only reports,
// DryRun says so and Actions are what would be done.
type Reacting struct {
	Occurrence
	Name    string // what the channel is called
	DryRun  bool
	Actions []action.Action // in order; an Archive says itself when it is due
	Skips   []Skip          // steps that cannot be done
	Most    int             // channels that the reaction may touch within an hour by itself
}

// Skip is a step that cannot be done, and why, in plain text.
type Skip struct {
	Number int
	Verb   Verb
	Why    string
}

// React is what the reactions do about an occurrence, in the order of the
// policy. What Usher did itself causes nothing: a reaction never feeds itself.
// ChannelRun asks every reaction that is about the channel, whatever it waits for.
func (p *Policy) React(w *workspace.Snapshot, at time.Time, o Occurrence) []Reacting {
	c, known := w.Channel(o.Channel)
	bot := w.Team().Bot
	switch {
	case !known:
		return nil
	case o.Change == ChannelRun:
	case bot != "" && (o.Actor == bot || o.Change == ChannelCreated && c.Creator == bot):
		return nil
	}
	var all []Reacting
	for i := range p.reactions {
		r := &p.reactions[i]
		if o.Reaction != "" && o.Reaction != r.Name || !r.about(c, o.Change) {
			continue
		}
		all = append(all, p.react(w, at, r, c, o))
	}
	return all
}

// about reports whether the reaction answers a change of the channel.
func (r *Reaction) about(c workspace.Channel, change ChannelChange) bool {
	return r.Mode != ModeOff && r.claims.has(c) && (change == ChannelRun || slices.Contains(r.On, change))
}

func (p *Policy) react(w *workspace.Snapshot, at time.Time, r *Reaction, c workspace.Channel, o Occurrence) Reacting {
	o.Reaction = r.Name
	out := Reacting{Occurrence: o, Name: c.Name, DryRun: r.Mode != ModeEnforce, Most: p.brakes.reactions}
	for i := range r.Steps {
		s := &r.Steps[i]
		if s.Verb == VerbJoin && c.Private && c.BotIn { // Slack takes no such call for a private channel
			continue
		}
		if why := p.cannot(w, r, s, c, o.Actor); why != "" {
			out.Skips = append(out.Skips, Skip{Number: i + 1, Verb: s.Verb, Why: why})
			continue
		}
		if s.Verb == VerbArchive {
			out.Actions = append(out.Actions, s.fades(c.ID, r.Name, o.Event, i+1, at))
			continue
		}
		a := action.Step{
			Channel: c.ID, Reaction: r.Name, Change: string(o.Change), Event: o.Event, Name: c.Name,
			Number: i + 1, Verb: string(s.Verb), Actor: o.Actor,
		}
		out.Actions = append(out.Actions, a)
		if s.Verb == VerbPin {
			a.Pins = true
			out.Actions = append(out.Actions, a)
		}
	}
	return out
}

// fades is the first thing to do about a silence that begins at a time.
func (s *Step) fades(c workspace.ChannelID, reaction, event string, number int, from time.Time) action.Archive {
	a := action.Archive{Channel: c, Reaction: reaction, Event: event, Number: number, Since: from, At: from.Add(s.After)}
	if s.Warn > 0 {
		a.Warn, a.At = true, from.Add(s.After-s.Warn)
	}
	return a
}

// private reports whether a step speaks to the creator alone.
func (v Verb) private() bool { return v == VerbTellCreator || v == VerbRename }

// inside reports whether a step changes the channel itself.
func (v Verb) inside() bool { return v != VerbAnnounce && !v.private() }

// cannot is why a step cannot be done, in plain text; empty where it can.
func (p *Policy) cannot(w *workspace.Snapshot, r *Reaction, s *Step, c workspace.Channel, actor workspace.UserID) string {
	creator, known := w.User(c.Creator)
	switch {
	case s.Verb.inside() && c.Archived, s.Verb == VerbRename && c.Archived:
		return "The channel is archived."
	case s.Verb == VerbJoin && c.Private && !c.BotIn:
		return "Usher cannot come into a private channel by itself; somebody inside has to invite it."
	case s.Verb == VerbArchive && c.General, s.Verb == VerbRename && c.General:
		return "It is the workspace's general channel."
	case s.Verb.private() && c.Creator == "":
		return "Slack does not say who created the channel."
	case s.Verb.private() && known && creator.Bot:
		return "The channel was created by a bot, which cannot be told anything."
	case s.Verb.private() && known && (creator.Deleted || creator.External):
		return "Whoever created the channel is not in this workspace."
	case s.Verb == VerbAnnounce && s.to.id == "":
		return "There is no channel #" + s.To + " that Usher can see."
	case s.Text.parts != nil && p.fill(w, r, s, action.Step{Channel: c.ID, Actor: actor}).Text == "":
		return "Its text is empty for this channel."
	}
	return ""
}

// reaction is the reaction of a name.
func (p *Policy) reaction(name string) *Reaction {
	for i := range p.reactions {
		if p.reactions[i].Name == name {
			return &p.reactions[i]
		}
	}
	return nil
}

// step is the step that an action was made of, if it still stands in the policy.
func (p *Policy) step(reaction string, number int, verb Verb) (*Reaction, *Step) {
	r := p.reaction(reaction)
	if r == nil || r.Mode != ModeEnforce || number < 1 || number > len(r.Steps) || r.Steps[number-1].Verb != verb {
		return nil, nil
	}
	return r, &r.Steps[number-1]
}

// Fade is what follows from an Archive that came to an end: after a warning the
// archiving itself, after a message in between (active is when it was sent), or
// when somebody has the channel kept (active is when), a silence that begins
// anew. False: nothing follows.
func (p *Policy) Fade(a action.Archive, at, active time.Time) (action.Archive, bool) {
	_, s := p.step(a.Reaction, a.Number, VerbArchive)
	switch {
	case s == nil:
		return action.Archive{}, false
	case !active.IsZero():
		next := s.fades(a.Channel, a.Reaction, a.Event, a.Number, active)
		if next.At.Before(at) { // the policy's silence has become shorter meanwhile
			next.At = at
		}
		return next, true
	case a.Warn:
		a.Warn, a.Warned, a.At = false, true, at.Add(s.Warn)
		return a, true
	}
	return action.Archive{}, false
}

// Kept is the silence that begins anew when somebody has a channel kept, by the
// reaction and step that a warning named.
func (p *Policy) Kept(c workspace.ChannelID, reaction, event string, number int, at time.Time) (action.Archive, bool) {
	_, s := p.step(reaction, number, VerbArchive)
	if s == nil {
		return action.Archive{}, false
	}
	return s.fades(c, reaction, event, number, at), true
}

// Answers reports whether a reaction that is not off answers a change.
func (p *Policy) Answers(change ChannelChange) bool {
	return slices.ContainsFunc(p.reactions, func(r Reaction) bool { return r.Mode != ModeOff && slices.Contains(r.On, change) })
}

// Wants reports whether a reaction that is not off is about a channel as it is
// called now, whatever happens to it.
func (r *Reaction) Wants(c workspace.Channel) bool { return r.about(c, ChannelRun) }
