package rules_test

import (
	"regexp"
	"slices"

	"usher/rules"
)

// answer is what the oracle says: yes, no, or that it cannot be known.
type answer int

const (
	no answer = iota
	yes
	unknown
)

// source asks one source about one person, by POLICY's words alone.
func (m *model) source(s rules.Source, u int, members bool) answer {
	in := func(list []int, known bool) answer {
		people := without(list, m.bot())
		switch {
		case !known, members && len(people) == 0:
			return unknown
		case slices.Contains(list, u):
			return yes
		}
		return no
	}
	switch {
	case s.Channel != "":
		i := slices.IndexFunc(m.channels, func(r room) bool { return r.Name == s.Channel })
		if i < 0 {
			return unknown
		}
		r := m.channels[i]
		return in(r.in, r.complete && r.BotIn && !r.Archived)
	case s.Usergroup != "":
		i := int(s.Usergroup[1] - '0')
		return in(m.groups[i], !m.stale[i])
	case s.Users != nil:
		if s.Users[0] == string(m.users[u].ID) {
			return yes
		}
		return no
	}
	switch {
	case m.users[u].Stub:
		return unknown
	case m.users[u].Title == "chief":
		return yes
	}
	return no
}

// cluster asks one cluster about one person.
func (m *model) cluster(c rules.ClusterConfig, u int) answer {
	if c.Broken {
		return unknown
	}
	in := no
	for _, s := range c.Members {
		switch m.source(s, u, true) {
		case yes:
			in = yes
		case unknown:
			if in == no {
				in = unknown
			}
		}
	}
	if in == no {
		return no
	}
	open := false
	for _, s := range c.Except {
		switch m.source(s, u, false) {
		case yes:
			return no
		case unknown:
			open = true
		}
	}
	if open {
		return unknown
	}
	return in
}

// claiming are the clusters that claim a channel.
func (m *model) claiming(r *room) []rules.ClusterConfig {
	var all []rules.ClusterConfig
	for _, c := range m.config.Clusters {
		match := func(p rules.Pattern) bool { return regexp.MustCompile("^(" + p.Text + ")$").MatchString(r.Name) }
		feeds := func(s rules.Source) bool { return s.Channel == r.Name }
		if c.Mode.Text == "off" || !slices.ContainsFunc(c.Channels, match) || slices.ContainsFunc(c.ButNot, match) {
			continue
		}
		if !c.Broken && slices.ContainsFunc(slices.Concat(c.Members, c.Except), feeds) {
			continue
		}
		all = append(all, c)
	}
	return all
}

// mayBe says whether somebody may be in a channel: yes through any cluster or a
// running grant, no when every cluster says no.
func (m *model) mayBe(r *room, u int) answer {
	for _, g := range m.grants {
		// The last grant for a person and channel is the one that counts.
		if g.Channel == r.ID && g.User == m.users[u].ID && noon.Before(g.Until) && g == m.lastGrant(r, u) {
			return yes
		}
	}
	result := no
	for _, c := range m.claiming(r) {
		switch m.cluster(c, u) {
		case yes:
			return yes
		case unknown:
			result = unknown
		}
	}
	return result
}

// mustGo says whether the policy, by its words, wants somebody out of a channel now.
func (m *model) mustGo(r *room, u int) bool {
	who := m.users[u]
	if who.Stub || who.Deleted || who.Bot || who.Owner || who.Admin || who.Guest != 0 || who.External || u == m.bot() {
		return false
	}
	if r.Archived || r.General || !r.BotIn || !r.complete || m.mayBe(r, u) != no {
		return false
	}
	strictest, grace := "", ""
	rank := map[string]int{"report": 1, "warn": 2, "remove": 3}
	for _, c := range m.claiming(r) {
		if c.Others.Text == "allow" {
			return false
		}
		if c.Mode.Text != "enforce" {
			continue
		}
		if rank[c.Others.Text] > rank[strictest] {
			strictest, grace = c.Others.Text, c.Grace.Text
		} else if c.Others.Text == strictest && c.Grace.Text != "" {
			grace = c.Grace.Text
		}
	}
	if strictest != "remove" {
		return false
	}
	ran, running := r.grace[u]
	return grace == "" || slices.Contains(r.newcomers, u) || running && ran.Hours() >= 2
}

// left reports whether a person besides some is in a channel.
func (m *model) left(r *room, going []int) bool {
	return slices.ContainsFunc(r.in, func(u int) bool {
		who := m.users[u]
		return !slices.Contains(going, u) && !who.Bot && !who.Stub && !who.Deleted
	})
}
