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
	"usher/rules/workspace"
)

// Usergroups is what the command line does about user groups. It talks to Slack
// by itself, with the bot's token, so that it works whether or not a bot runs;
// one that runs hears of it as of a change that somebody makes in Slack. Lists
// of people are merged into what is there, so neither loses what the other does.
type Usergroups struct {
	slack *gateway.Gateway
	team  workspace.TeamID
	bot   workspace.UserID
	known *workspace.Snapshot // people, and channels where they were asked for; nil: not read yet
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
	return u, nil
}

// inSentence is an error with what somebody can do about it.
func inSentence(what string, err error) error {
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

// Find is a user group by its handle or id, with its people.
func (u *Usergroups) Find(ctx context.Context, named string) (gateway.UsergroupMembers, error) {
	all, err := u.List(ctx, gateway.UsergroupQuery{Disabled: true, Users: true, Count: true})
	if err != nil {
		return gateway.UsergroupMembers{}, err
	}
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

// change checks what Slack would refuse and finds the channels.
func (u *Usergroups) change(ctx context.Context, e UsergroupEdit) (gateway.UsergroupChange, error) {
	c := gateway.UsergroupChange{Name: e.Name, Handle: e.Handle, Description: e.Description, Section: e.Section}
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
	if len(wrong) > 0 {
		return c, errors.New(strings.Join(wrong, "\n"))
	}
	return c, nil
}

// Create makes a user group.
func (u *Usergroups) Create(ctx context.Context, e UsergroupEdit) (gateway.UsergroupMembers, error) {
	c, err := u.change(ctx, e)
	if err != nil {
		return gateway.UsergroupMembers{}, err
	}
	made, err := u.slack.CreateUsergroup(ctx, u.team, c)
	return made, u.explain(ctx, "create a user group", "", c, err)
}

// Update changes a user group.
func (u *Usergroups) Update(ctx context.Context, named string, e UsergroupEdit) (gateway.UsergroupMembers, error) {
	c, err := u.change(ctx, e)
	if err != nil {
		return gateway.UsergroupMembers{}, err
	}
	g, err := u.Find(ctx, named)
	if err != nil {
		return g, err
	}
	changed, err := u.slack.UpdateUsergroup(ctx, u.team, g.ID, c)
	return changed, u.explain(ctx, "change @"+g.Handle, g.ID, c, err)
}

// Enable brings a user group back, or disables it.
func (u *Usergroups) Enable(ctx context.Context, named string, enabled bool) (gateway.UsergroupMembers, error) {
	g, err := u.Find(ctx, named)
	if err != nil {
		return g, err
	}
	call, what := u.slack.EnableUsergroup, "enable @"
	if !enabled {
		call, what = u.slack.DisableUsergroup, "disable @"
	}
	changed, err := call(ctx, u.team, g.ID)
	if refused, ok := errors.AsType[*gateway.Error](err); ok && (refused.Code == "already_enabled" || refused.Code == "already_disabled") {
		return g, nil
	}
	return changed, u.explain(ctx, what+g.Handle, g.ID, gateway.UsergroupChange{}, err)
}

// explain puts an error into words: who holds a handle or a name, most of all.
func (u *Usergroups) explain(ctx context.Context, what string, but workspace.UsergroupID, c gateway.UsergroupChange, err error) error {
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
