package rules

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"usher/rules/workspace"
)

// pattern is one RE2 expression over whole channel names.
type pattern struct {
	text   string
	at     Place
	prefix string         // what every match begins with
	re     *regexp.Regexp // anchored; nil: whatever begins with prefix (all that is left of a pattern that does not compile)
}

func (m *pattern) match(name string) bool {
	return strings.HasPrefix(name, m.prefix) && (m.re == nil || m.re.MatchString(name))
}

// claims is which channels a rule is about.
type claims struct {
	patterns, butNot []pattern
	ids, butNotIDs   []workspace.ChannelID
}

func anyMatch(patterns []pattern, name string) bool {
	for i := range patterns {
		if patterns[i].match(name) {
			return true
		}
	}
	return false
}

// names reports whether a channel of this name is claimed by its name.
func (c *claims) names(name string) bool {
	return anyMatch(c.patterns, name) && !anyMatch(c.butNot, name)
}

// has reports whether the channel is claimed.
func (c *claims) has(ch workspace.Channel) bool {
	if slices.Contains(c.butNotIDs, ch.ID) {
		return false
	}
	return c.names(ch.Name) || slices.Contains(c.ids, ch.ID) && !anyMatch(c.butNot, ch.Name)
}

// index finds the clusters that claim a channel without asking each of them:
// by what their patterns begin with, and remembered by name.
type index struct {
	clusters []*cluster
	prefixes map[string][]int // prefix -> clusters with a pattern beginning so, ascending
	lengths  []int            // of the prefixes, ascending, each once
	ids      map[workspace.ChannelID][]int
	butIDs   map[workspace.ChannelID][]int

	mu     sync.RWMutex
	byName map[string][]int
}

// namesKept bounds what is remembered: many more names than a workspace has channels.
const namesKept = 1 << 20

func newIndex(clusters []*cluster) *index {
	x := &index{
		clusters: clusters,
		prefixes: map[string][]int{}, byName: map[string][]int{},
		ids: map[workspace.ChannelID][]int{}, butIDs: map[workspace.ChannelID][]int{},
	}
	for i, c := range clusters {
		if c.Mode == ModeOff {
			continue
		}
		for _, m := range c.claims.patterns {
			if at := x.prefixes[m.prefix]; len(at) == 0 || at[len(at)-1] != i {
				x.prefixes[m.prefix] = append(at, i)
			}
			x.lengths = append(x.lengths, len(m.prefix))
		}
		for _, id := range c.claims.ids {
			x.ids[id] = append(x.ids[id], i)
		}
		for _, id := range c.claims.butNotIDs {
			x.butIDs[id] = append(x.butIDs[id], i)
		}
	}
	slices.Sort(x.lengths)
	x.lengths = slices.Compact(x.lengths)
	return x
}

// claiming are the clusters that claim a channel, ascending. Not to be written to.
func (x *index) claiming(c workspace.Channel) []int {
	var found []int
	if c.Name != "" { // a name that is not known matches nothing
		found = x.named(c.Name)
	}
	more, less := x.ids[c.ID], x.butIDs[c.ID]
	if len(more) == 0 && len(less) == 0 {
		return found
	}
	found = slices.Clone(found)
	for _, i := range more {
		if !anyMatch(x.clusters[i].claims.butNot, c.Name) {
			found = append(found, i)
		}
	}
	found = slices.DeleteFunc(found, func(i int) bool { return slices.Contains(less, i) })
	slices.Sort(found)
	return slices.Compact(found)
}

func (x *index) named(name string) []int {
	x.mu.RLock()
	found, ok := x.byName[name]
	x.mu.RUnlock()
	if ok {
		return found
	}
	for _, n := range x.lengths {
		if n > len(name) {
			break
		}
		for _, i := range x.prefixes[name[:n]] {
			if x.clusters[i].claims.names(name) {
				found = append(found, i)
			}
		}
	}
	slices.Sort(found)
	found = slices.Compact(found)
	x.mu.Lock()
	if len(x.byName) >= namesKept {
		clear(x.byName)
	}
	x.byName[name] = found
	x.mu.Unlock()
	return found
}
