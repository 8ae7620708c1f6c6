package directory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"usher/bot/gateway"
	"usher/rules"
	"usher/rules/workspace"
)

// How old what was read may become before Refresh reads it again although
// nothing speaks against it.
const (
	usersFresh   = 24 * time.Hour
	membersFresh = 7 * 24 * time.Hour
)

// cursorFresh is for how long a stored cursor is gone on with.
const cursorFresh = time.Hour

// Difference is a channel that reading found to be other than it was known.
// The zero Was: it was not known; the zero Is: it is gone.
type Difference struct{ Was, Is workspace.Channel }

// Found is what reading found that no event said: channels that became private
// or public, new ones, and those of which the event may still be on its way:
// that have another name, that were archived or unarchived.
type Found struct{ Converted, Created, Renamed, Archived, Unarchived []workspace.ChannelID }

func (f Found) anything() bool {
	return len(f.Converted)+len(f.Created)+len(f.Renamed)+len(f.Archived)+len(f.Unarchived) > 0
}

// missedWithin is how old the list of channels may be that differences are taken
// for something that just happened.
const missedWithin = 24 * time.Hour

// unsaid is a channel as it was read, with what that shows which no event has
// said: what is so again is nothing.
func (e *edit) unsaid(c workspace.Channel) workspace.Channel {
	old, known := e.was.Channel(c.ID)
	if !known {
		return c
	}
	c.WasCalled, c.Turned = old.WasCalled, old.Turned
	if read := e.was.ChannelsKnown().At; read.IsZero() || e.m.now().Sub(read) > missedWithin {
		return c
	}
	if c.Name != old.Name {
		if c.WasCalled = cmp.Or(old.WasCalled, old.Name); c.WasCalled == c.Name {
			c.WasCalled = ""
		} else {
			e.found.Renamed = append(e.found.Renamed, c.ID)
		}
	}
	if c.Archived != old.Archived {
		switch c.Turned = !old.Turned; {
		case c.Turned && c.Archived:
			e.found.Archived = append(e.found.Archived, c.ID)
		case c.Turned:
			e.found.Unarchived = append(e.found.Unarchived, c.ID)
		}
	}
	return c
}

// Heard tells the mirror what is known of a channel as if an event had said so:
// that what reading found of it was answered, or what Usher itself has done.
func (d *Directory) Heard(team workspace.TeamID, id workspace.ChannelID, change rules.ChannelChange) {
	m := d.mirror(team)
	m.change(func(e *edit) {
		c, known := e.was.Channel(id)
		now := c
		switch change {
		case rules.ChannelRenamed:
			now.WasCalled = ""
		case rules.ChannelUnarchived:
			now.Turned = false
		case rules.ChannelArchived:
			if m.heard.since("archived "+string(id), d.config.Clock().Add(-skew)) {
				return // an event said so, and others may have followed
			}
			now.Archived, now.Turned = true, false
		case rules.ChannelCreated, rules.ChannelConverted, rules.ChannelRun, rules.ChannelEntered, rules.ChannelLost:
		}
		if known && now != c {
			e.putChannel(now)
		}
	})
}

// Refresh makes the mirror of a workspace whole with as few calls as possible:
// the user groups in one, each of the identity provider's groups that matter in
// one, the list of channels, then the members only of those
// channels that matter and whose figures differ from what was followed by
// events, or that were never read; and the accounts where they are not known or
// were read too long ago. A reading that was cut short is gone on with. report
// is called after every page, from several goroutines but one at a time.
//
// What could not be read stays incomplete, is named by the error, and does not
// keep the rest from being read. The differences are those of channels known
// before.
func (d *Directory) Refresh(ctx context.Context, team workspace.TeamID, report func(Progress)) ([]Difference, error) {
	m := d.mirror(team)
	p := newProgress(report, m.snap.Load())
	var failures failures

	failures.add("user groups", d.readUsergroups(ctx, m))
	p.page(usergroupPages, 1)
	d.readIDPGroups(ctx, m, p, &failures)
	found, err := d.readChannels(ctx, m, func(n int) { p.page(channelPages, n) })
	failures.add("channels", err)
	p.expectUsers(m.snap.Load())
	failures.add("saving", d.Save(ctx, team))

	work := d.outdated(m)
	pages := 0
	for _, c := range work {
		pages += 1 + c.Count/1000
	}
	p.expect(memberPages, pages)

	// Accounts and members have allowances of their own.
	var both errgroup.Group
	both.Go(func() error {
		if s := m.snap.Load(); s.UsersKnown().Complete && d.config.Clock().Sub(s.UsersKnown().At) < usersFresh {
			p.expect(userPages, 0)
			return nil
		}
		failures.add("accounts", d.readUsers(ctx, m, func(n int) { p.page(userPages, n) }))
		p.expect(userPages, 0)
		return nil
	})
	both.Go(func() error {
		d.readMany(ctx, m, work, p, &failures)
		p.expect(memberPages, 0)
		return nil
	})
	_ = both.Wait()
	failures.add("saving", d.Save(ctx, team))
	p.done()
	return found, failures.err(team)
}

// outdated are the channels whose members have to be read, sources of many
// things first: the smaller ones, so that most is known soon.
func (d *Directory) outdated(m *mirror) []workspace.Channel {
	s := m.snap.Load()
	var work []workspace.Channel
	for c := range s.Channels() {
		r := s.Members(c.ID)
		stale := d.config.Clock().Sub(r.At) > membersFresh
		if (!r.Complete || stale) && d.config.Matters(s, c) && (c.BotIn || !c.Private) {
			work = append(work, c)
		}
	}
	slices.SortFunc(work, func(a, b workspace.Channel) int {
		if a.Count != b.Count {
			return a.Count - b.Count
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
	return work
}

// readMany reads the members of channels, a few at a time, and saves now and then.
func (d *Directory) readMany(ctx context.Context, m *mirror, work []workspace.Channel, p *progress, failures *failures) {
	const atOnce, saveEvery = 4, 50
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, c := range work {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			failures.add("members of "+string(c.ID), d.readMembers(ctx, m, c.ID, func(n int) { p.page(memberPages, n) }))
			if i%saveEvery == saveEvery-1 {
				failures.add("saving", d.Save(ctx, m.team))
			}
			return nil
		})
	}
	_ = group.Wait()
	if ctx.Err() != nil {
		failures.add("members", ctx.Err())
	}
}

// readChannels reads the list of channels, believes doubted lists of members
// whose figures agree, and drops channels that are not in it any more.
func (d *Directory) readChannels(ctx context.Context, m *mirror, page func(int)) ([]Difference, error) {
	began := d.config.Clock()
	first := m.snap.Load().ChannelsKnown().At.IsZero()
	seen := map[workspace.ChannelID]bool{}
	var found []Difference
	asked := began
	for p, err := range gateway.Pages(ctx, "", func(ctx context.Context, cursor string) (gateway.Page[workspace.Channel], error) {
		asked = d.config.Clock()
		return d.config.Lister.Channels(ctx, m.team, cursor)
	}) {
		if err != nil {
			return found, err
		}
		m.change(func(e *edit) {
			for _, c := range p.Items {
				seen[c.ID] = true
				found = append(found, e.listed(c, asked)...)
			}
		})
		page(1)
	}
	m.change(func(e *edit) {
		for c := range e.was.Channels() {
			if !seen[c.ID] && !e.m.aboutSince(c.ID, began) {
				found = append(found, Difference{Was: c})
				e.dropGraces(c.ID)
				e.dropChannel(c.ID)
			}
		}
		e.KnowChannels(workspace.Knowledge{Complete: true, At: began})
		e.touch(kindKnown, knownChannels)
	})
	if first {
		found = nil
	}
	return found, nil
}

// aboutSince reports whether an event about a channel itself came after a moment.
func (m *mirror) aboutSince(id workspace.ChannelID, at time.Time) bool {
	for _, aspect := range []string{"channel ", "name ", "archived ", "shared "} {
		if m.heard.since(aspect+string(id), at) {
			return true
		}
	}
	return m.heard.since(moveID(id, m.snap.Load().Team().Bot), at)
}

// listed puts a channel as a list has it into the mirror. What an event said
// since the list was asked for is newer than the list.
func (e *edit) listed(c workspace.Channel, asked time.Time) []Difference {
	old, known := e.was.Channel(c.ID)
	if e.m.heard.since("channel "+string(c.ID), asked) && !known {
		return nil // it was deleted meanwhile
	}
	if known && e.m.aboutSince(c.ID, asked) {
		return nil
	}
	if e.was.Fresh(c) {
		e.found.Created = append(e.found.Created, c.ID)
	}
	c = e.unsaid(c)
	if !known || old != c {
		e.putChannel(c)
	}
	switch {
	case c.BotIn != old.BotIn:
		e.distrust(c.ID)
	case e.m.whole[c.ID] && c.Count == old.Count:
		e.TrustMembers(c.ID)
	case e.m.whole[c.ID]:
		e.DoubtMembers(c.ID) // somebody came or went unheard
	}
	was, is := old, c
	was.Count, is.Count = 0, 0
	was.WasCalled, was.Turned = is.WasCalled, is.Turned
	if was == is {
		return nil
	}
	return []Difference{{Was: old, Is: c}}
}

// readUsers reads all accounts, going on where it was cut short before.
func (d *Directory) readUsers(ctx context.Context, m *mirror, page func(int)) error {
	m.mu.Lock()
	at, ok := m.cursors[knownUsers]
	m.mu.Unlock()
	if now := d.config.Clock(); !ok || now.Sub(at.Began) > cursorFresh {
		at = cursor{Began: now}
	}
	failed := d.readUsersFrom(ctx, m, at, page)
	if at.Next != "" && gateway.BadCursor(failed) {
		failed = d.readUsersFrom(ctx, m, cursor{Began: d.config.Clock()}, page)
	}
	return failed
}

func (d *Directory) readUsersFrom(ctx context.Context, m *mirror, at cursor, page func(int)) error {
	const saveEvery = 10
	n := 0
	asked := at.Began
	for p, err := range gateway.Pages(ctx, at.Next, func(ctx context.Context, next string) (gateway.Page[workspace.User], error) {
		asked = d.config.Clock()
		return d.config.Lister.Users(ctx, m.team, next)
	}) {
		if err != nil {
			return err
		}
		m.change(func(e *edit) {
			for _, u := range p.Items {
				e.listedUser(u, asked)
			}
			if m.cursors[knownUsers] = (cursor{Next: p.Next, Began: at.Began}); p.Next == "" {
				delete(m.cursors, knownUsers)
				m.usersWhole = true
				e.KnowUsers(workspace.Knowledge{Complete: true, At: at.Began})
				e.touch(kindKnown, knownUsers)
			}
			e.touch(kindCursor, knownUsers)
		})
		page(1)
		if n++; n%saveEvery == 0 {
			if err := d.Save(ctx, m.team); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *edit) listedUser(u workspace.User, asked time.Time) {
	if e.m.heard.since("user "+string(u.ID), asked) {
		return
	}
	e.putUser(u)
}

// failures collects what could not be read.
type failures struct {
	mu  sync.Mutex
	all []error
}

func (f *failures) add(what string, err error) {
	if err == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = append(f.all, fmt.Errorf("%s: %w", what, err))
}

// failuresShown bounds the error's length; the number says how many there were.
const failuresShown = 5

func (f *failures) err(team workspace.TeamID) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch n := len(f.all); {
	case n == 0:
		return nil
	case n > failuresShown:
		return fmt.Errorf("read %s: %d lists stay incomplete, among them %w", team, n, errors.Join(f.all[:failuresShown]...))
	}
	return fmt.Errorf("read %s: %w", team, errors.Join(f.all...))
}
