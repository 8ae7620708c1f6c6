package slacksim

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// fileProblem is one thing in a file that does not fit.
type fileProblem struct {
	at      string // workspaces[0].channels[2].members[1]
	message string
}

func (p fileProblem) Error() string { return p.at + ": " + p.message }

// line is where the problem is, or what it is inside of.
func (p fileProblem) line(source *ast.File) int {
	for at := p.at; at != ""; at = at[:max(strings.LastIndexAny(at, ".["), 0)] {
		path, err := yaml.PathString("$." + at)
		if err != nil {
			continue
		}
		if node, err := path.FilterFile(source); err == nil && node != nil {
			return node.GetToken().Position.Line
		}
	}
	return 1
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
	var problems []fileProblem
	if len(f.Workspaces) == 0 {
		return []fileProblem{{"workspaces", "at least one is needed"}}
	}
	teams := map[string]bool{}
	for i := range f.Workspaces {
		w := &f.Workspaces[i]
		c := fileCheck{at: fmt.Sprintf("workspaces[%d]", i), problems: &problems}
		if w.Name == "" {
			c.say("name", "is missing")
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
	for _, n := range []string{id, name} {
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
		if in[n] {
			continue
		}
		known := slices.Sorted(maps.Keys(in))
		if len(known) > 12 {
			known = append(known[:12], "…")
		}
		c.say(fmt.Sprintf("%s[%d]", where, i), "no %s %q; known: %s", kind, n, strings.Join(known, ", "))
	}
}

func (c *fileCheck) workspace(w *FileWorkspace) {
	c.users, c.channels, c.groups = map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(w.Preferences)) {
		if err := new(preferences).set(name, w.Preferences[name]); err != nil {
			c.say("preferences."+name, "%v", err)
		}
	}
	for i, u := range w.Users {
		at := fmt.Sprintf("users[%d]", i)
		c.names(c.users, at, "user", u.ID, u.Name)
		if u.Guest != "" && u.Guest != "single" && u.Guest != "multi" {
			c.say(at+".guest", "%q: use single or multi", u.Guest)
		}
		if u.Guest != "" && (u.Admin || u.Owner) {
			c.say(at, "a guest cannot be an admin or owner")
		}
	}
	c.users[botName] = true
	for i, ch := range w.Channels {
		at := fmt.Sprintf("channels[%d]", i)
		c.names(c.channels, at, "channel", ch.ID, ch.Name)
		if ch.Name != "" && checkChannelName(ch.Name) != nil {
			c.say(at+".name", "%q: lower case letters, digits, - and _, at most %d characters", ch.Name, maxChannelName)
		}
		if ch.General && ch.Private {
			c.say(at, "#general cannot be private")
		}
		c.known(c.users, at+".members", "user", ch.Members)
		if ch.Creator != "" {
			c.known(c.users, at+".creator", "user", []string{ch.Creator})
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
	if !w.Grid && len(w.IDPGroups)+len(w.Links) > 0 {
		c.say("grid", "IdP groups and links need grid: true")
	}
	for i, g := range w.IDPGroups {
		at := fmt.Sprintf("idp_groups[%d]", i)
		c.names(c.groups, at, "IdP group", g.ID, g.Name)
		c.known(c.users, at+".members", "user", g.Members)
	}
	for i, l := range w.Links {
		at := fmt.Sprintf("links[%d]", i)
		c.known(c.channels, at+".channel", "channel", []string{l.Channel})
		c.known(c.groups, at+".idp_group", "IdP group", []string{l.IDPGroup})
	}
}
