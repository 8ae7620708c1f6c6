package handlers

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// HeldState is what administrators made of something held. The zero value waits
// for them.
type HeldState string

// The states of what is held.
const (
	HeldReleased HeldState = "released" // it is being carried out
	HeldDropped  HeldState = "dropped"  // they decided against it
)

// Held is something that waits for an administrator, as it is kept.
type Held struct {
	Key       string                `json:"key"` // rules.Brake.Key
	Kind      rules.BrakeKind       `json:"kind"`
	Channel   workspace.ChannelID   `json:"channel,omitempty"`
	Usergroup workspace.UsergroupID `json:"usergroup,omitempty"`
	User      workspace.UserID      `json:"user,omitempty"`
	Source    string                `json:"source,omitempty"`
	Clusters  []string              `json:"clusters,omitempty"`
	Has       int                   `json:"has"`
	Had       int                   `json:"had"`
	People    []workspace.UserID    `json:"people,omitempty"` // who would be removed, sorted
	Rooms     []workspace.ChannelID `json:"-"`                // reaction: where what it does waits now
	Since     time.Time             `json:"since"`
	State     HeldState             `json:"state,omitempty"`
	By        []workspace.UserID    `json:"by,omitempty"` // who decided, or where it takes two, has agreed so far
}

// ID names what is held and everybody it is about: when that changes, so does
// the id, and nobody releases what they have not seen.
func (h Held) ID() string {
	about := fmt.Appendln(nil, h.Key, h.People, h.Has)
	if len(h.Rooms) > 0 {
		about = fmt.Appendln(about, h.Rooms)
	}
	sum := sha256.Sum256(about)
	return hex.EncodeToString(sum[:])[:10]
}

// Waits reports whether administrators have yet to decide.
func (h Held) Waits() bool { return h.State == "" }

// HeldOf is a brake as it is kept.
func HeldOf(b rules.Brake, at time.Time) Held {
	h := Held{
		Key: b.Key(), Kind: b.Kind, Channel: b.Channel, Usergroup: b.Usergroup, User: b.User, Source: b.Source, Clusters: b.Clusters,
		Has: b.Has, Had: b.Had, Since: at.UTC(),
	}
	for _, d := range b.Decisions {
		h.People = append(h.People, d.User)
	}
	slices.Sort(h.People)
	return h
}

// hold keeps what a person has to release, and tells the administrators once.
// What was released before goes on, as long as it concerns nobody new.
func (r Request) hold(out *Outcome, held []rules.Brake) {
	before := r.heldByKey()
	for _, b := range held {
		now := HeldOf(b, r.At)
		was, known := before[now.Key]
		if known && was.Waits() {
			now.Since = was.Since
		}
		switch {
		case known && was.State == HeldReleased && within(now.People, was.People) && len(b.Decisions) > 0:
			out.decide(b.Decisions...)
			continue
		case known && was.ID() == now.ID():
			out.Held = append(out.Held, b)
			if was.Waits() {
				r.tellHeld(out, now) // whoever has become an administrator since
			}
			continue
		}
		out.Held = append(out.Held, b)
		out.Keep = append(out.Keep, now)
		r.tellHeld(out, now)
	}
}

// tellHeld tells the administrators, once for as long as it is held.
func (r Request) tellHeld(out *Outcome, h Held) {
	for _, admin := range r.Policy.Admins(r.Workspace) {
		out.do(action.Tell{
			To: admin, Topic: action.HeldBack, Channel: h.Channel, Cluster: first(h.Clusters), Detail: heldWords(h), Refers: h.Key,
			Once: fmt.Sprintf("held:%s:%d:%s", h.Key, h.Since.Unix(), admin),
		})
	}
}

func within(some, all []workspace.UserID) bool {
	return !slices.ContainsFunc(some, func(u workspace.UserID) bool { return !slices.Contains(all, u) })
}

func (r Request) heldByKey() map[string]Held {
	all := map[string]Held{}
	for _, h := range r.held() {
		all[h.Key] = h
	}
	return all
}

// held is what administrators have been asked about, as it stands now.
func (r Request) held() []Held {
	all := slices.Clone(r.memory().Held())
	for i := range all {
		if all[i].Kind == rules.BrakeReaction {
			all[i].Rooms = r.memory().Waits(ReactionHold(all[i].Source))
		}
	}
	return all
}

// overdue are the keys of what a plan of the whole workspace holds no more. What
// keeps coming back is held until administrators decide, or the person is gone.
func (r Request) overdue(held []rules.Brake) (keys []string, spared map[workspace.Seat]rules.Code) {
	now := map[string]bool{}
	for _, b := range held {
		now[b.Key()] = true
	}
	for _, h := range r.held() {
		if !now[h.Key] && len(h.Rooms) == 0 && (h.Kind != rules.BrakeFlapping || !r.stands(workspace.Seat{Channel: h.Channel, User: h.User})) {
			keys = append(keys, h.Key)
		}
	}
	for seat := range r.memory().Spared() {
		if !r.stands(seat) {
			if spared == nil {
				spared = map[workspace.Seat]rules.Code{}
			}
			spared[seat] = ""
		}
	}
	return keys, spared
}

// stands reports whether somebody may still be in a channel, as far as is known.
func (r Request) stands(s workspace.Seat) bool {
	roster := r.Workspace.Members(s.Channel)
	return !roster.Complete || r.in(s.Channel, s.User)
}

// heldWords says what is held and why, in plain text.
func heldWords(h Held) string {
	switch h.Kind {
	case rules.BrakeRemovals, rules.BrakeShare:
		return fmt.Sprintf("%d of %d members would be removed, which is more than the policy's brakes let me do on my own. None of them is removed until an administrator releases it.", h.Has, h.Had)
	case rules.BrakeEmpty:
		return fmt.Sprintf("The source “%s” is empty. I do not believe that: nobody is let in or removed because of it until an administrator says that it is right.", h.Source)
	case rules.BrakeShrink:
		return fmt.Sprintf("The source “%s” went from %d to %d people. That is a lot at once: nobody is removed because of it until an administrator says that it is right.", h.Source, h.Had, h.Has)
	case rules.BrakeFlapping:
		return fmt.Sprintf("I have removed the same person %s within a day, and they were added again each time. They stay until an administrator decides.", times(h.Has))
	case rules.BrakeReaction:
		return fmt.Sprintf("The reaction “%s” would touch more than %d channels within an hour. What it does in further ones waits until an administrator releases it.", h.Source, h.Had)
	}
	return "Something waits for a person to have a look."
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// flaps reports whether somebody who has just come in was removed so often that
// administrators have to decide; then they stay, and it is held.
func (r Request) flaps(out *Outcome, d rules.Decision) bool {
	most := r.Policy.Flapping()
	if d.Verdict != rules.Remove || d.DryRun || most == 0 {
		return false
	}
	seat := workspace.Seat{Channel: d.Channel, User: d.User}
	n := r.memory().TakenOut(seat, r.At.Add(-24*time.Hour))
	if n < most {
		return false
	}
	b := rules.Brake{Kind: rules.BrakeFlapping, Channel: d.Channel, User: d.User, Has: n, Had: most, Clusters: []string{d.Cluster}, Decisions: []rules.Decision{d}}
	out.Spare = map[workspace.Seat]rules.Code{seat: rules.CodeFlapping}
	d.Verdict, d.Actions = rules.Review, nil
	d.Reasons = append(slices.Clone(d.Reasons), rules.Reason{Code: rules.CodeFlapping, Cluster: d.Cluster})
	out.decide(d)
	r.hold(out, []rules.Brake{b})
	return true
}

// heldNow is what is held under an id that somebody was shown; of a reaction,
// whatever waits of it now also under its key.
func (r Request) heldNow(id string) (h Held, found bool) {
	if len(id) < 4 {
		return Held{}, false
	}
	for _, h := range r.held() {
		if strings.HasPrefix(h.ID(), id) || h.Kind == rules.BrakeReaction && h.Key == id {
			return h, true
		}
	}
	// `usher plan` shows what would be held by now, before anything was kept of it.
	for _, b := range r.Policy.Plan(r.Workspace, r.At).Held {
		if h := HeldOf(b, r.At); strings.HasPrefix(h.ID(), id) {
			return h, true
		}
	}
	return Held{}, false
}
