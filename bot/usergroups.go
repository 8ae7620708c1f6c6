package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"usher/bot/config"
	"usher/bot/gateway"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// Usergroups is what the command line does about user groups: by itself with the
// bot's token where no bot runs, or in the bot that runs, where what is to change
// is queued like everything else. Lists of people are merged into what is there,
// so that neither loses what the other does.
type Usergroups struct {
	slack  *gateway.Gateway
	team   workspace.TeamID
	bot    workspace.UserID
	known  *workspace.Snapshot // people, and channels where they were asked for; nil: not read yet
	mirror bool                // known is a running bot's: everything is in it
	writes usergroupWrites
}

// usergroupWrites changes user groups.
type usergroupWrites interface {
	change(ctx context.Context, a action.ChangeUsergroup) (gateway.UsergroupMembers, error)
	edit(ctx context.Context, g workspace.UsergroupID, c gateway.MembersChange) (gateway.MembersResult, error)
}

// straight changes them with Slack.
type straight struct {
	slack *gateway.Gateway
	team  workspace.TeamID
}

func (s straight) change(ctx context.Context, a action.ChangeUsergroup) (gateway.UsergroupMembers, error) {
	c := gateway.UsergroupChange{Name: a.Name, Handle: a.Handle, Description: a.Description, Channels: a.Channels, AdditionalChannels: a.AdditionalChannels, Section: a.Section}
	switch {
	case a.Group == "":
		return s.slack.CreateUsergroup(ctx, s.team, c)
	case a.Enabled == nil:
		return s.slack.UpdateUsergroup(ctx, s.team, a.Group, c)
	case *a.Enabled:
		return s.slack.EnableUsergroup(ctx, s.team, a.Group)
	}
	return s.slack.DisableUsergroup(ctx, s.team, a.Group)
}

func (s straight) edit(ctx context.Context, g workspace.UsergroupID, c gateway.MembersChange) (gateway.MembersResult, error) {
	return s.slack.ChangeUsergroupUsers(ctx, s.team, g, c)
}

// OpenUsergroups finds out whose the token is. team names the workspace where it
// is an organisation's.
func OpenUsergroups(ctx context.Context, token config.Secret, apiURL, team string) (*Usergroups, error) {
	credentials := gateway.Credentials{Bot: token.Reveal()}
	u := &Usergroups{}
	u.slack = gateway.New(gateway.Config{APIURL: apiURL, Base: http.DefaultTransport, Credentials: func(workspace.TeamID) (gateway.Credentials, bool) {
		return credentials, true
	}})
	who, err := u.slack.AuthTest(ctx, credentials.Bot)
	if err != nil {
		return nil, inSentence("ask whose the token is", err)
	}
	u.team, u.bot, credentials.Org = who.Team, who.User, who.Org
	switch {
	case who.Org && team == "":
		return nil, errors.New("the token is an organisation's: name the workspace with --team")
	case who.Org:
		u.team = workspace.TeamID(team)
	case team != "" && workspace.TeamID(team) != who.Team:
		return nil, fmt.Errorf("the token belongs to the workspace %s, not to %s", who.Team, team)
	}
	u.writes = straight{u.slack, u.team}
	return u, nil
}

// inSentence is an error with what somebody can do about it.
func inSentence(what string, err error) error {
	if t, ok := errors.AsType[told](err); ok && t.sentence != "" {
		return fmt.Errorf("%s: %s (%w)", what, t.sentence, err)
	}
	if sentence := gateway.Sentence(err); sentence != "" {
		return fmt.Errorf("%s: %s (%w)", what, sentence, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// List are the user groups of a query, by handle.
func (u *Usergroups) List(ctx context.Context, q gateway.UsergroupQuery) ([]gateway.UsergroupMembers, error) {
	all, err := u.slack.ListUsergroups(ctx, u.team, q)
	if err != nil {
		return nil, inSentence("list user groups", err)
	}
	slices.SortFunc(all, func(a, b gateway.UsergroupMembers) int { return strings.Compare(a.Handle, b.Handle) })
	return all, nil
}

// Team is the workspace.
func (u *Usergroups) Team() workspace.TeamID { return u.team }

// Find is a user group by its handle or id, with its people.
func (u *Usergroups) Find(ctx context.Context, named string) (gateway.UsergroupMembers, error) {
	all, err := u.List(ctx, gateway.UsergroupQuery{Disabled: true, Users: true, Count: true})
	if err != nil {
		return gateway.UsergroupMembers{}, err
	}
	return find(all, named)
}

// look is Find for what is to be changed: a running bot knows it without asking.
func (u *Usergroups) look(ctx context.Context, named string) (gateway.UsergroupMembers, error) {
	if !u.mirror {
		return u.Find(ctx, named)
	}
	var all []gateway.UsergroupMembers
	for g := range u.known.Usergroups() {
		one := gateway.UsergroupMembers{Usergroup: g}
		for p := range u.known.In(u.known.UsergroupMembers(g.ID).Set) {
			one.Users = append(one.Users, p.ID)
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b gateway.UsergroupMembers) int { return strings.Compare(a.Handle, b.Handle) })
	return find(all, named)
}

// Members is who is in a user group, by its handle or id; of a disabled one only
// where disabled is set.
func (u *Usergroups) Members(ctx context.Context, named string, disabled bool) ([]workspace.UserID, error) {
	g, err := u.look(ctx, named)
	if err != nil {
		return nil, err
	}
	if g.Disabled && !disabled {
		return nil, fmt.Errorf("@%s is disabled; leave out --no-disabled to see who is in it all the same", g.Handle)
	}
	ids, err := u.slack.ListUsergroupUsers(ctx, u.team, g.ID, disabled)
	if err != nil {
		return nil, inSentence("list who is in @"+g.Handle, err)
	}
	return ids, nil
}

func find(all []gateway.UsergroupMembers, named string) (gateway.UsergroupMembers, error) {
	name := strings.TrimPrefix(strings.TrimSpace(named), "@")
	var handles []string
	for _, g := range all {
		if string(g.ID) == name || g.Handle == strings.ToLower(name) {
			return g, nil
		}
		handles = append(handles, "@"+g.Handle)
	}
	if len(handles) == 0 {
		return gateway.UsergroupMembers{}, fmt.Errorf("there is no user group %q; the workspace has none yet", named)
	}
	return gateway.UsergroupMembers{}, fmt.Errorf("there is no user group %q; there are %s", named, strings.Join(handles[:min(len(handles), 20)], ", "))
}

// UsergroupEdit is what is to change about a user group, in words. Nil fields
// stay as they are.
type UsergroupEdit struct {
	Name, Handle, Description    *string
	Channels, AdditionalChannels *[]string // names or ids
	Section                      *bool
}

type usergroupChange gateway.UsergroupChange

func (c usergroupChange) action(g workspace.UsergroupID) action.ChangeUsergroup {
	return action.ChangeUsergroup{
		Group: g, Name: c.Name, Handle: c.Handle, Description: c.Description, Channels: c.Channels, AdditionalChannels: c.AdditionalChannels, Section: c.Section,
	}
}

// change checks what Slack would refuse about a group as it is now, and finds the
// channels.
func (u *Usergroups) change(ctx context.Context, now workspace.Usergroup, e UsergroupEdit) (usergroupChange, error) {
	c := usergroupChange{Name: e.Name, Handle: e.Handle, Description: e.Description, Section: e.Section}
	var wrong []string
	check := func(text *string, trouble func(string) string) {
		if text != nil {
			if what := trouble(*text); what != "" {
				wrong = append(wrong, what)
			}
		}
	}
	check(e.Name, rules.GroupNameTrouble)
	check(e.Handle, rules.HandleTrouble)
	check(e.Description, rules.DescriptionTrouble)
	for _, l := range []struct {
		names *[]string
		into  **[]workspace.ChannelID
	}{{e.Channels, &c.Channels}, {e.AdditionalChannels, &c.AdditionalChannels}} {
		if l.names == nil {
			continue
		}
		if what := rules.ChannelsTrouble(len(*l.names)); what != "" {
			wrong = append(wrong, what)
			continue
		}
		ids, missing, err := u.channels(ctx, *l.names)
		if err != nil {
			return c, err
		}
		for _, name := range missing {
			wrong = append(wrong, fmt.Sprintf("There is no channel %q that Usher can see: check its name, or invite Usher to it.", name))
		}
		*l.into = &ids
	}
	if e.Section != nil {
		channels := len(now.Channels)
		if e.Channels != nil {
			channels = len(*e.Channels)
		}
		if what := rules.SectionTrouble(*e.Section, channels); what != "" {
			wrong = append(wrong, what)
		}
	}
	if len(wrong) > 0 {
		return c, errors.New(strings.Join(wrong, "\n"))
	}
	return c, nil
}

// Create makes a user group.
func (u *Usergroups) Create(ctx context.Context, e UsergroupEdit) (gateway.UsergroupMembers, error) {
	c, err := u.change(ctx, workspace.Usergroup{}, e)
	if err != nil {
		return gateway.UsergroupMembers{}, err
	}
	made, err := u.writes.change(ctx, c.action(""))
	return made, u.explain(ctx, "create a user group", "", c, err)
}

// Update changes a user group.
func (u *Usergroups) Update(ctx context.Context, named string, e UsergroupEdit) (gateway.UsergroupMembers, error) {
	g, err := u.look(ctx, named)
	if err != nil {
		return g, err
	}
	c, err := u.change(ctx, g.Usergroup, e)
	if err != nil {
		return g, err
	}
	changed, err := u.writes.change(ctx, c.action(g.ID))
	return changed, u.explain(ctx, "change @"+g.Handle, g.ID, c, err)
}

// Enable brings a user group back, or disables it.
func (u *Usergroups) Enable(ctx context.Context, named string, enabled bool) (gateway.UsergroupMembers, error) {
	g, err := u.look(ctx, named)
	if err != nil {
		return g, err
	}
	what := "enable @"
	if !enabled {
		what = "disable @"
	}
	changed, err := u.writes.change(ctx, action.ChangeUsergroup{Group: g.ID, Enabled: &enabled})
	if refused, ok := errors.AsType[*gateway.Error](err); ok && (refused.Code == "already_enabled" || refused.Code == "already_disabled") {
		return g, nil
	}
	return changed, u.explain(ctx, what+g.Handle, g.ID, usergroupChange{}, err)
}

// explain puts an error into words: who holds a handle or a name, most of all.
func (u *Usergroups) explain(ctx context.Context, what string, but workspace.UsergroupID, c usergroupChange, err error) error {
	refused, ok := errors.AsType[*gateway.Error](err)
	switch {
	case err == nil:
		return nil
	case !ok || refused.Code != "handle_already_exists" && refused.Code != "name_already_exists":
		return inSentence(what, err)
	}
	w, readErr := u.everything(ctx)
	if readErr != nil {
		return inSentence(what, err)
	}
	if c.Handle != nil {
		holder := rules.WhoHolds(w, *c.Handle, but)
		words := holder.Words(*c.Handle)
		if holder.Revivable() {
			words += "\nTry: usher usergroup enable " + *c.Handle
		}
		if !holder.IsZero() || refused.Code == "handle_already_exists" {
			return fmt.Errorf("%s: %s", what, words)
		}
	}
	for g := range w.Usergroups() {
		if c.Name != nil && g.Name == *c.Name && g.ID != but {
			return fmt.Errorf("%s: the user group @%s (%s, %s) has this name: choose another one, or rename that one", what, g.Handle, g.ID, enabledWord(!g.Disabled))
		}
	}
	return inSentence(what, err)
}

func enabledWord(enabled bool) string {
	if enabled {
		return "enabled"
	}
	return "disabled"
}
