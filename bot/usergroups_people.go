package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"usher/bot/gateway"
	"usher/rules"
	"usher/rules/workspace"
)

// people reads the accounts of the workspace, once.
func (u *Usergroups) people(ctx context.Context) (*workspace.Snapshot, error) {
	if u.known != nil {
		return u.known, nil
	}
	e := workspace.New(workspace.Team{ID: u.team, Bot: u.bot}).Edit()
	for p, err := range gateway.Pages(ctx, "", func(ctx context.Context, cursor string) (gateway.Page[workspace.User], error) {
		return u.slack.Users(ctx, u.team, cursor)
	}) {
		if err != nil {
			return nil, inSentence("read who is in the workspace", err)
		}
		for _, found := range p.Items {
			e.PutUser(found)
		}
	}
	u.known = e.Snapshot()
	return u.known, nil
}

// everything is people, channels and user groups.
func (u *Usergroups) everything(ctx context.Context) (*workspace.Snapshot, error) {
	w, err := u.people(ctx)
	if err != nil || u.mirror {
		return w, err
	}
	e := w.Edit()
	groups, err := u.slack.Usergroups(ctx, u.team)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		e.PutUsergroup(g.Usergroup)
	}
	for p, err := range gateway.Pages(ctx, "", func(ctx context.Context, cursor string) (gateway.Page[workspace.Channel], error) {
		return u.slack.Channels(ctx, u.team, cursor)
	}) {
		if err != nil {
			return nil, inSentence("read the list of channels", err)
		}
		for _, c := range p.Items {
			e.PutChannel(c)
		}
	}
	return e.Snapshot(), nil
}

// channels finds channels by name or id.
func (u *Usergroups) channels(ctx context.Context, names []string) (ids []workspace.ChannelID, missing []string, err error) {
	ids = []workspace.ChannelID{}
	if len(names) == 0 {
		return ids, nil, nil
	}
	w, err := u.everything(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		bare := strings.TrimPrefix(strings.TrimSpace(name), "#")
		c, ok := w.ChannelByName(bare)
		if !ok {
			c, ok = w.Channel(workspace.ChannelID(bare))
		}
		if !ok || c.Archived {
			missing = append(missing, name)
			continue
		}
		ids = append(ids, c.ID)
	}
	return ids, missing, nil
}

// persons finds people by id, address or name, and refuses those whom Slack does
// not take into user groups: all that is wrong is said at once.
func (u *Usergroups) persons(ctx context.Context, names []string, coming bool) ([]workspace.UserID, error) {
	w, err := u.people(ctx)
	if err != nil {
		return nil, err
	}
	var ids []workspace.UserID
	var wrong []string
	for _, name := range names {
		found, err := FindPerson(w, name)
		if err != nil {
			wrong = append(wrong, err.Error())
			continue
		}
		if trouble := rules.UngroupableTrouble(u.bot, found); coming && trouble != "" {
			wrong = append(wrong, trouble)
			continue
		}
		ids = append(ids, found.ID)
	}
	if len(wrong) > 0 {
		return nil, errors.New(strings.Join(wrong, "\n"))
	}
	return ids, nil
}

// MembersEdit is who is to come into a user group and who is to go, or who alone
// is to be in it; by id, address or name.
type MembersEdit struct{ Set, Add, Remove []string }

// Change merges an edit into who is in a user group.
func (u *Usergroups) Change(ctx context.Context, named string, e MembersEdit) (gateway.UsergroupMembers, gateway.MembersResult, error) {
	g, err := u.look(ctx, named)
	if err != nil {
		return g, gateway.MembersResult{}, err
	}
	var c gateway.MembersChange
	for _, l := range []struct {
		names  []string
		into   *[]workspace.UserID
		coming bool
	}{{e.Set, &c.Set, true}, {e.Add, &c.Add, true}, {e.Remove, &c.Remove, false}} {
		if l.names == nil {
			continue
		}
		if *l.into, err = u.persons(ctx, l.names, l.coming); err != nil {
			return g, gateway.MembersResult{}, err
		}
	}
	r, err := u.writes.edit(ctx, g.ID, c)
	if err != nil {
		return g, r, inSentence("change who is in @"+g.Handle, err)
	}
	g.Users, g.Count = r.After, len(r.After)
	return g, r, nil
}

// ChannelNames are channels as people read them; those that cannot be seen by
// their ids.
func (u *Usergroups) ChannelNames(ctx context.Context, ids []workspace.ChannelID) ([]string, error) {
	names := []string{}
	for _, id := range ids {
		c, known := workspace.Channel{}, false
		if u.mirror {
			c, known = u.known.Channel(id)
		} else if len(ids) <= namedChannels {
			var err error
			if c, err = u.slack.ChannelInfo(ctx, u.team, id); ctx.Err() != nil {
				return nil, err
			}
			known = err == nil
		}
		if !known || c.Name == "" {
			names = append(names, string(id))
			continue
		}
		names = append(names, fmt.Sprintf("#%s (%s)", c.Name, id))
	}
	return names, nil
}

// namedChannels is how many channels are looked up one by one.
const namedChannels = 20

// Called are people as others read them, by id; those who are not known by their ids.
func (u *Usergroups) Called(ctx context.Context, ids []workspace.UserID) ([]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	w, err := u.people(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, id := range ids {
		found, ok := w.User(id)
		if !ok {
			names = append(names, string(id))
			continue
		}
		name := fmt.Sprintf("%s (%s)", found.Called(), id)
		if found.Deleted {
			name += ", deactivated"
		}
		names = append(names, name)
	}
	return names, nil
}
