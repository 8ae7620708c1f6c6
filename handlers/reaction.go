package handlers

import (
	"context"
	"fmt"
	"slices"
	"time"

	"usher/handlers/view"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

func reactionRoutes() []Route {
	return []Route{
		On("due:happened", happened),
		On("settled:step", afterStep),
		On("settled:archive", afterArchive),
		On("settled:rename", afterRename),
		On("action:"+view.ActionKeep, pressed(pressKeep)),
		On("action:"+view.ActionRename, pressed(pressRename)),
		On("view:"+view.ViewRename, renameSubmitted),
	}
}

// Reacted is one reaction's answer to what happened, for the record.
type Reacted struct {
	rules.Reacting
	Hold string // not empty: what it does waits until a person releases this word
}

// ReactionHold is the word under which a reaction's actions wait for a person.
func ReactionHold(reaction string) string { return "reaction:" + reaction }

// react asks the reactions about something that happened to a channel.
func (r Request) react(out *Outcome, o rules.Occurrence) {
	o.Event = r.EventID
	for _, re := range r.Policy.React(r.Workspace, r.At, o) {
		done := Reacted{Reacting: re}
		if !re.DryRun && len(re.Actions) > 0 {
			done.Hold = r.braked(out, re)
			for _, a := range re.Actions {
				due := Due{Action: a, Hold: done.Hold}
				if fades, ok := a.(action.Archive); ok {
					due.At = fades.At
				}
				out.Actions = append(out.Actions, due)
			}
		}
		out.Reacted = append(out.Reacted, done)
	}
}

// braked is the word under which a reaction waits that would touch more
// channels within an hour than the policy lets it; empty while it need not, and
// where a person asked for it.
func (r Request) braked(out *Outcome, re rules.Reacting) string {
	touched := r.memory().Touched(re.Reaction)
	if re.Change == rules.ChannelRun || len(touched) < re.Most || slices.Contains(touched, re.Channel) {
		return ""
	}
	// Since a minute: several at once are one thing to be told of.
	now := HeldOf(rules.Brake{Kind: rules.BrakeReaction, Source: re.Reaction, Had: re.Most}, r.At.Truncate(time.Minute))
	if _, known := r.heldByKey()[now.Key]; !known {
		out.Keep = append(out.Keep, now)
		r.tellHeld(out, now)
		r.publish(out, r.Policy.Admins(r.Workspace)...)
	}
	return ReactionHold(re.Reaction)
}

// unhold lets what waits of a reaction go on, or drops it.
func (a asker) unhold(h Held, drop bool) (Outcome, view.Message, error) {
	out := Outcome{Forget: []string{h.Key}, Unhold: &Unhold{Hold: ReactionHold(h.Source), Drop: drop}}
	verdict := "release"
	if drop {
		verdict = "discard"
	}
	out.record(verdict, h)
	a.publish(&out, a.openers()...)
	return out, view.ReactionDecided(len(h.Rooms), drop, a.memory().Standing().Paused), nil
}

// reactTo asks the reactions about an event. A renaming that is out of date by
// now is left to the one that followed it.
func (r Request) reactTo(out *Outcome, e channelEvent, change rules.ChannelChange) {
	o := rules.Occurrence{Channel: e.Channel.ID, Change: change, Actor: e.User}
	c, known := r.Workspace.Channel(o.Channel)
	switch change {
	case rules.ChannelCreated:
		o.Actor = c.Creator
	case rules.ChannelRenamed:
		switch {
		case !known: // the news of its creation comes later, over another connection
			r.whenRead(out, action.Happened{Channel: o.Channel, Change: string(change), Name: e.Channel.Name})
			return
		case e.Channel.Name != "" && e.Channel.Name != c.Name:
			return
		}
	case rules.ChannelArchived, rules.ChannelUnarchived:
	case rules.ChannelConverted, rules.ChannelEntered, rules.ChannelLost, rules.ChannelRun:
		return
	}
	r.react(out, o)
}

// entered is Usher's own coming in. A private channel is first heard of by
// that, and counts as created; what is not known of it is read first.
func (r Request) entered(out *Outcome, e memberEvent) {
	c, known := r.Workspace.Channel(e.Channel)
	switch {
	case !known:
		r.whenRead(out, action.Happened{Channel: e.Channel, Change: string(rules.ChannelEntered), Actor: e.Inviter})
	case c.Private:
		r.react(out, rules.Occurrence{Channel: c.ID, Change: rules.ChannelCreated, Actor: e.Inviter})
	}
}

// A channel that is being read is asked about a moment later, and again if it
// is not known by then.
const (
	readFirst  = 300 * time.Millisecond
	readAgain  = 5 * time.Second
	readTrials = 5
)

func (r Request) whenRead(out *Outcome, a action.Happened) {
	wait := readFirst
	if a.Tries > 0 {
		wait = readAgain
	}
	out.Actions = append(out.Actions, Due{Action: a, At: r.At.Add(wait)})
}

// makeUpFor is how far back a channel's creation is made up for.
const makeUpFor = 24 * time.Hour

// happened is what was to be asked about once a channel was read again, or what
// somebody asked for by hand.
func happened(_ context.Context, r Request, a action.Happened) (Outcome, error) {
	var out Outcome
	o := rules.Occurrence{Channel: a.Channel, Change: rules.ChannelChange(a.Change), Actor: a.Actor, Reaction: a.Reaction}
	c, known := r.Workspace.Channel(a.Channel)
	if !known {
		if a.Tries++; a.Tries < readTrials {
			r.whenRead(&out, a)
		}
		return out, nil
	}
	if a.Name != "" && a.Name != c.Name {
		return out, nil // another renaming has followed
	}
	if a.Missed {
		switch {
		case !missed(c, o.Change):
			return out, nil // an event has said so, or it is as it was
		case a.Tries == 0: // the list may have been out of date
			out.do(action.Refresh{Channel: a.Channel})
			a.Tries++
			out.Actions = append(out.Actions, Due{Action: a, At: r.At.Add(readFirst)})
			return out, nil
		}
		out.Heard = append(out.Heard, Heard{a.Channel, o.Change})
	}
	switch o.Change {
	case rules.ChannelEntered:
		if !c.Private {
			return out, nil
		}
		o.Change = rules.ChannelCreated
	case rules.ChannelCreated: // reading found it
		if !c.Private {
			o.Actor = c.Creator
			if r.At.Sub(time.Unix(c.Created, 0)) > makeUpFor {
				return out, nil
			}
		}
	case rules.ChannelRenamed, rules.ChannelArchived, rules.ChannelUnarchived, rules.ChannelConverted, rules.ChannelRun, rules.ChannelLost:
	}
	r.react(&out, o)
	return out, nil
}

// missed reports whether reading found that something happened to a channel, and
// no event has said so.
func missed(c workspace.Channel, change rules.ChannelChange) bool {
	switch change {
	case rules.ChannelRenamed:
		return c.WasCalled != ""
	case rules.ChannelArchived:
		return c.Turned && c.Archived
	case rules.ChannelUnarchived:
		return c.Turned && !c.Archived
	case rules.ChannelCreated, rules.ChannelConverted, rules.ChannelRun, rules.ChannelEntered, rules.ChannelLost:
	}
	return false
}

// Ready is an action in the words it goes out with.
func Ready(_ Request, a action.Action) action.Action {
	if fades, ok := a.(action.Archive); ok && fades.Warn {
		m := view.ArchiveWarning(fades)
		fades.Text, fades.Blocks = m.Text, encode(m.Blocks)
		return fades
	}
	return a
}

// failed reports whether an action ended without having been done.
func failed(result Result) bool { return !result.OK() && result.Class != Dropped }

// afterStep tells the administrators which step could not be done and why; the
// steps after it go on.
func afterStep(_ context.Context, r Request, s Settled) (Outcome, error) {
	var out Outcome
	a, ok := s.Action.(action.Step)
	if !ok || !failed(s.Result) || a.Pins && s.Result.Code == "no_message" {
		return out, nil
	}
	r.undone(&out, a.Channel, a.Reaction, r.stepWords(a), s.Result, a.Verb+":"+r.day())
	return out, nil
}

// stepWords names a step, and where it goes if that is another channel.
func (r Request) stepWords(a action.Step) string {
	for _, found := range r.Policy.Reactions() {
		if found.Name == a.Reaction && 0 < a.Number && a.Number <= len(found.Steps) && found.Steps[a.Number-1].To != "" {
			return fmt.Sprintf("step %d (%s in #%s)", a.Number, a.Verb, found.Steps[a.Number-1].To)
		}
	}
	return fmt.Sprintf("step %d (%s)", a.Number, a.Verb)
}

// toldApart is how many channels of a reaction in an hour administrators are
// told of one by one where something could not be done.
const toldApart = 5

// undone tells the administrators, once in a while for each channel, reaction
// and cause.
func (r Request) undone(out *Outcome, c workspace.ChannelID, reaction, what string, result Result, while string) {
	why := result.Sentence
	if why == "" {
		why = "Slack refused it (" + result.Code + ")."
	}
	detail, where := fmt.Sprintf("Of the reaction “%s”, %s could not be done: %s The other steps go on.", reaction, what, why), string(c)
	if len(r.memory().Touched(reaction)) > toldApart {
		where = "many"
		detail += " The same may be so in other channels it is busy with; usher audit names them."
	}
	r.operators(out, "undone:"+where+":"+reaction+":"+result.Code+":"+while, action.Tell{Channel: c, Detail: detail})
}

// againAfter is when an archiving is tried again that something was in the way of.
const againAfter = 24 * time.Hour

// afterArchive goes on with a silence: from the warning to its end, or from the
// beginning where somebody spoke.
func afterArchive(_ context.Context, r Request, s Settled) (Outcome, error) {
	var out Outcome
	a, ok := s.Action.(action.Archive)
	if !ok {
		return out, nil
	}
	if over := s.Result.OK() || s.Result.Code == string(rules.CodeArchived); !a.Warn && over && s.Result.Value["active"] == "" {
		out.Heard = append(out.Heard, Heard{a.Channel, rules.ChannelArchived}) // Usher itself may have done it, and nothing follows from that
	}
	active, _ := time.Parse(time.RFC3339Nano, s.Result.Value["active"])
	switch {
	case s.Result.Class == Dropped && s.Result.Code == string(rules.CodeNotYet):
		if next, later := r.Policy.Instead(a, r.At); later {
			out.Actions = append(out.Actions, Due{Action: next, At: next.At})
		}
	case failed(s.Result):
		r.undone(&out, a.Channel, a.Reaction, "archiving", s.Result, a.Since.Format(time.DateTime))
		if s.Result.Class == Blocked {
			a.At = r.At.Add(againAfter)
			out.Actions = append(out.Actions, Due{Action: a, At: a.At})
		}
	case s.Result.OK() && (a.Warn || !active.IsZero()):
		if next, goesOn := r.Policy.Fade(a, r.At, active); goesOn {
			out.Actions = append(out.Actions, Due{Action: next, At: next.At})
		}
	}
	return out, nil
}

// pressKeep has a channel kept: the silence begins anew.
func pressKeep(a asker, p press) (Outcome, error) {
	k := view.ReadKeeping(p.value())
	if !a.in(k.Channel, a.me) {
		return Outcome{}, complain(view.KeepRefused())
	}
	if c, known := a.Workspace.Channel(k.Channel); known && c.Archived {
		return Outcome{}, complain(view.ArchivedAlready())
	}
	next, ok := a.Policy.Kept(k.Channel, k.Reaction, k.Event, k.Number, a.At)
	if !ok {
		return Outcome{}, complain(view.NothingToKeep())
	}
	var out Outcome
	out.Actions = append(out.Actions, Due{Action: next, At: next.At})
	m := view.Kept(a.me, next.At)
	out.do(action.Reply{Asked: action.Asked{By: a.me, ResponseURL: p.ResponseURL}, Text: m.Text, Blocks: encode(m.Blocks), Replace: true})
	return out, nil
}
