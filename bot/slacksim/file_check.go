package slacksim

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// fileProblem is one thing in a file that does not fit.
type fileProblem struct {
	at      string // workspaces[0].channels[2].members[1]
	message string
}

func (p fileProblem) Error() string {
	if p.at == "" { // the file as a whole
		return p.message
	}
	return p.at + ": " + p.message
}

// valid is check for a file that was not read from text.
func (f *File) valid() error {
	var all []error
	for _, p := range f.check() {
		all = append(all, p)
	}
	return errors.Join(all...)
}

// check reports everything in the file that does not fit together.
func (f *File) check() []fileProblem {
	problems := f.App.check()
	if len(f.Workspaces) == 0 {
		return append(problems, fileProblem{"workspaces", "at least one is needed"})
	}
	teams := map[string]bool{}
	for i := range f.Workspaces {
		w := &f.Workspaces[i]
		c := fileCheck{at: fmt.Sprintf("workspaces[%d]", i), problems: &problems}
		if w.Name == "" && w.ID == "" {
			c.say("name", "is missing")
			continue
		}
		key := w.ID
		if key == "" {
			key = w.Name
		}
		if teams[key] {
			c.say("id", "%q is used twice", key)
		}
		teams[key] = true
		c.workspace(w)
	}
	return problems
}

var (
	scopeForm = regexp.MustCompile(`^[a-z._]+(:[a-z._]+)?$`)
	eventForm = regexp.MustCompile(`^[a-z_]+(\.[a-z_]+)?$`)
)

// check takes every scope and event that Slack may know: an app's manifest has
// also those that change nothing here.
func (a FileApp) check() []fileProblem {
	var problems []fileProblem
	look := func(at string, all []string, form *regexp.Regexp, want string) {
		for i, name := range all {
			if !form.MatchString(name) {
				problems = append(problems, fileProblem{fmt.Sprintf("app.%s[%d]", at, i), fmt.Sprintf("%q: %s", name, want)})
			}
		}
	}
	look("scopes", a.Scopes, scopeForm, "a scope is needed, such as channels:read")
	look("user_scopes", a.UserScopes, scopeForm, "a scope is needed, such as admin.users:read")
	look("events", a.Events, eventForm, "an event is needed, such as team_join or message.channels")
	return problems
}

// fileCheck collects the problems of one workspace.
type fileCheck struct {
	at       string
	problems *[]fileProblem
	users    map[string]bool
	channels map[string]bool
	groups   map[string]bool
}

func (c *fileCheck) say(where, format string, args ...any) {
	*c.problems = append(*c.problems, fileProblem{c.at + "." + where, fmt.Sprintf(format, args...)})
}

// names records ids and names, each of which may occur once.
func (c *fileCheck) names(into map[string]bool, where, kind, id, name string) {
	if name == "" {
		c.say(where, "a %s needs a name", kind)
	}
	for _, n := range slices.Compact([]string{id, name}) {
		if n == "" {
			continue
		}
		if into[n] {
			c.say(where, "%s %q exists twice", kind, n)
		}
		into[n] = true
	}
}

func (c *fileCheck) known(in map[string]bool, where, kind string, wanted []string) {
	for i, n := range wanted {
		c.one(in, fmt.Sprintf("%s[%d]", where, i), kind, n)
	}
}

// one is known for a single reference.
func (c *fileCheck) one(in map[string]bool, where, kind, wanted string) {
	if in[wanted] {
		return
	}
	known := slices.Sorted(maps.Keys(in))
	switch {
	case len(known) == 0:
		known = []string{"none"}
	case len(known) > 12:
		known = append(known[:12], "…")
	}
	c.say(where, "no %s %q; known: %s", kind, wanted, strings.Join(known, ", "))
}

func (c *fileCheck) workspace(w *FileWorkspace) {
	c.users, c.channels, c.groups = map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(w.Preferences)) {
		if err := new(preferences).set(name, w.Preferences[name]); err != nil {
			c.say("preferences."+name, "%v", err)
		}
	}
	emails := map[string]bool{}
	for i, u := range w.Users {
		at := fmt.Sprintf("users[%d]", i)
		c.names(c.users, at, "user", u.ID, u.Name)
		if u.Guest != "" && u.Guest != "single" && u.Guest != "multi" {
			c.say(at+".guest", "%q: use single or multi", u.Guest)
		}
		if u.Guest != "" && (u.Admin || u.Owner) {
			c.say(at, "a guest cannot be an admin or owner")
		}
		if address := strings.ToLower(u.Email); address != "" {
			if emails[address] {
				c.say(at+".email", "%q is somebody else's already", u.Email)
			}
			emails[address] = true
		}
	}
	c.users[botName] = true
	general := ""
	for i, ch := range w.Channels {
		at := fmt.Sprintf("channels[%d]", i)
		c.names(c.channels, at, "channel", ch.ID, ch.Name)
		if ch.Name != "" && checkChannelName(ch.Name) != nil {
			c.say(at+".name", "%q: lower case letters, digits, - and _, at most %d characters", ch.Name, maxChannelName)
		}
		if ch.General && ch.Private {
			c.say(at, "#general cannot be private")
		}
		if ch.General && general != "" {
			c.say(at+".general", "#%s is the general channel already: a workspace has one", general)
		} else if ch.General {
			general = ch.Name
		}
		c.known(c.users, at+".members", "user", ch.Members)
		if ch.Creator != "" {
			c.one(c.users, at+".creator", "user", ch.Creator)
		}
	}
	handles := map[string]bool{}
	for i, g := range w.Usergroups {
		at := fmt.Sprintf("usergroups[%d]", i)
		c.names(handles, at, "user group", g.ID, g.Handle)
		c.known(c.users, at+".members", "user", g.Members)
		c.known(c.channels, at+".channels", "channel", g.Channels)
		c.known(c.channels, at+".additional_channels", "channel", g.AdditionalChannels)
	}
	for i, g := range w.IDPGroups {
		at := fmt.Sprintf("idp_groups[%d]", i)
		c.names(c.groups, at, "IdP group", g.ID, g.Name)
		c.known(c.users, at+".members", "user", g.Members)
	}
	for i, l := range w.Links {
		at := fmt.Sprintf("links[%d]", i)
		c.one(c.channels, at+".channel", "channel", l.Channel)
		for _, ch := range w.Channels {
			if (ch.ID == l.Channel || ch.Name == l.Channel) && !ch.Private {
				c.say(at+".channel", "%q is public: a link restricts a private channel", l.Channel)
			}
		}
		c.one(c.groups, at+".idp_group", "IdP group", l.IDPGroup)
	}
}
