package slacksim

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// Names is one or several people or channels, by id or name. In JSON a list or
// a single string, which may hold several separated by commas.
type Names []string

// UnmarshalJSON accepts a list or a string.
func (n *Names) UnmarshalJSON(raw []byte) error {
	var list []string
	if err := json.Unmarshal(raw, &list); err == nil {
		*n = list
		return nil
	}
	var one string
	if err := json.Unmarshal(raw, &one); err != nil {
		return err
	}
	*n = nil
	for part := range strings.SplitSeq(one, ",") {
		if part = strings.TrimSpace(part); part != "" {
			*n = append(*n, part)
		}
	}
	return nil
}

// deed is an Act with its workspace and person found.
type deed struct {
	*slack
	Act
	ctx context.Context
	w   *workspace
	me  *user
}

// immediate are the verbs done in one step; awaited are those that wait for the
// app.
var (
	immediate = map[string]func(*deed) (ActAnswer, *failure){
		"create_channel": (*deed).createChannel, "join": (*deed).join, "leave": (*deed).leave, "invite": (*deed).invite, "kick": (*deed).kick,
		"rename": (*deed).rename, "archive": (*deed).archive, "unarchive": (*deed).unarchive, "delete_channel": (*deed).deleteChannel,
		"convert_private": (*deed).convertPrivate, "convert_public": (*deed).convertPublic, "share_external": (*deed).shareExternal, "unshare_external": (*deed).unshareExternal,
		"set_topic": (*deed).setTopic, "post": (*deed).post,
		"add_user": (*deed).addUser, "deactivate": (*deed).deactivateUser, "reactivate": (*deed).reactivate, "set_profile": (*deed).setProfile, "set_role": (*deed).setRole,
		"set_usergroup": (*deed).setUsergroup, "edit_usergroup": (*deed).editUsergroup, "disable_usergroup": (*deed).disableUsergroup,
		"set_idp_group": (*deed).setIDPGroup, "set_preference": (*deed).setPreference, "uninstall_app": (*deed).uninstallApp,
	}
	awaited = map[string]func(*deed) ActAnswer{
		"slash": (*deed).slash, "open_home": (*deed).openHome, "click": (*deed).click,
		"submit": (*deed).submit, "close": (*deed).closeView, "suggest": (*deed).suggest,
	}
)

// verbs lists everything a person can do.
func verbs() []string {
	all := slices.AppendSeq(slices.Collect(maps.Keys(immediate)), maps.Keys(awaited))
	slices.Sort(all)
	return all
}

func refused(f *failure) ActAnswer {
	a := ActAnswer{Error: f.code}
	a.Detail, _ = f.more["detail"].(string)
	return a
}

// unknown is a failure that says in words what was wrong.
func unknown(code, detail string) *failure { return &failure{code, answer{"detail": detail}} }

func (s *slack) act(ctx context.Context, a Act) ActAnswer {
	d := &deed{slack: s, Act: a, ctx: ctx}
	if wait, err := time.ParseDuration(a.Wait); a.Wait != "" && (err != nil || wait < 0) {
		return refused(unknown("invalid_wait", `wait is a duration such as "1.5s"`))
	}
	s.mu.Lock()
	f := d.resolve()
	if f != nil {
		s.mu.Unlock()
		return refused(f)
	}
	if wait := awaited[a.Do]; wait != nil {
		s.mu.Unlock()
		return wait(d)
	}
	defer s.mu.Unlock()
	out, f := immediate[a.Do](d)
	s.touch() // what is refused half way has changed something too
	if f != nil {
		return refused(f)
	}
	out.OK = true
	s.log.Debug().Str("act", a.Do).Str("team", d.w.id).Str("user", d.me.id).Msg("act was done")
	return out
}

// resolve finds the workspace and the person.
func (d *deed) resolve() *failure {
	if immediate[d.Do] == nil && awaited[d.Do] == nil {
		return unknown("unknown_verb", "do is one of "+strings.Join(verbs(), ", "))
	}
	for _, w := range d.workspaces {
		if w.id == d.Team || w.name == d.Team || d.Team == "" && len(d.workspaces) == 1 {
			d.w = w
		}
	}
	if d.w == nil && d.Do == "share_external" && d.With == "" {
		d.With = d.Team // team is then the other one; the channel says whose it is
		for _, w := range d.workspaces {
			if w.channel(d.Channel) != nil {
				d.w = w
			}
		}
	}
	if d.w == nil {
		var known []string
		for _, w := range d.workspaces {
			known = append(known, w.id)
		}
		return unknown("team_not_found", "team is one of "+strings.Join(known, ", "))
	}
	d.me = d.w.user(d.As)
	if d.As == "" {
		d.me = d.w.admin
	}
	switch {
	case d.me == nil:
		return unknown("user_not_found", "as is the name or id of somebody in the workspace")
	case d.me.deleted:
		return fail("account_inactive")
	}
	return nil
}

// place finds the channel, if the person may know of it.
func (d *deed) place() (*channel, *failure) {
	c := d.w.channel(d.Channel)
	if c == nil || !d.w.visible(c, d.me) && !(c.private && d.me.owner && d.Do == "delete_channel") {
		return nil, unknown("channel_not_found", "channel is the name or id of a channel the person can see")
	}
	return c, nil
}

// waiting is how long the act may wait for something to see.
func (d *deed) waiting() time.Duration {
	if w, err := time.ParseDuration(d.Wait); err == nil {
		return w
	}
	return triggerLife
}

// await waits until the condition, looked at with the mutex held, is true, or
// the time is over.
func (s *slack) await(ctx context.Context, most time.Duration, is func() bool) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	for {
		s.mu.Lock()
		ok, changed := is(), s.changed
		s.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-timer.C:
			return
		case <-ctx.Done():
			return
		}
	}
}
