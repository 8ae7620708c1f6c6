package rules_test

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// model is a random workspace and policy, kept simply enough to be judged by
// reading: lists and loops instead of sets and memories.
type model struct {
	users    []workspace.User
	channels []room
	groups   [][]int // people of user group i
	stale    []bool  // of user group i
	grants   []workspace.Grant
	config   rules.Config
}

type room struct {
	workspace.Channel
	in, newcomers []int
	grace         map[int]time.Duration // how long it has been running
	complete      bool
}

const (
	modelUsers    = 10 // the last is Usher
	modelChannels = 7  // the first two are masters
	modelGroups   = 3
)

func (m *model) bot() int { return len(m.users) - 1 }

func drawModel(t *rapid.T) *model {
	m := &model{}
	flags := rapid.SampledFrom([]string{"", "", "", "", "", "bot", "owner", "admin", "guest", "external", "deleted", "stub"})
	for i := range modelUsers {
		u := workspace.User{ID: workspace.UserID(fmt.Sprintf("U%d", i)), Title: rapid.SampledFrom([]string{"chief", "clerk"}).Draw(t, "title")}
		switch f := flags.Draw(t, "flag"); {
		case i == modelUsers-1, f == "bot":
			u.Bot = true
		case f == "owner":
			u.Owner = true
		case f == "admin":
			u.Admin = true
		case f == "guest":
			u.Guest = workspace.MultiChannelGuest
		case f == "external":
			u.External = true
		case f == "deleted":
			u.Deleted = true
		case f == "stub":
			u = workspace.User{ID: u.ID, Stub: true}
		}
		m.users = append(m.users, u)
	}
	someone := rapid.SliceOfDistinct(rapid.IntRange(0, modelUsers-2), rapid.ID[int])
	for i := range modelChannels {
		r := room{in: someone.Draw(t, "members"), grace: map[int]time.Duration{}, complete: rapid.IntRange(0, 9).Draw(t, "complete") > 0}
		name := []string{"m0", "m1", "a0", "a1", "ab0", "b0", "b1"}[i]
		r.Channel = workspace.Channel{
			ID: workspace.ChannelID("C" + fmt.Sprint(i)), Name: name,
			Private:  rapid.Bool().Draw(t, "private"),
			Archived: rapid.IntRange(0, 9).Draw(t, "archived") == 0,
			General:  i > 1 && rapid.IntRange(0, 9).Draw(t, "general") == 0,
		}
		if r.BotIn = rapid.IntRange(0, 5).Draw(t, "bot in") > 0; r.BotIn {
			r.in = append(r.in, m.bot())
		}
		for _, u := range r.in {
			switch rapid.IntRange(0, 5).Draw(t, "arrival") {
			case 0:
				r.newcomers = append(r.newcomers, u)
			case 1:
				r.grace[u] = time.Duration(rapid.IntRange(0, 3).Draw(t, "hours")) * time.Hour
			}
		}
		m.channels = append(m.channels, r)
	}
	for range modelGroups {
		m.groups = append(m.groups, someone.Draw(t, "group"))
		m.stale = append(m.stale, rapid.IntRange(0, 9).Draw(t, "stale") == 0)
	}
	for range rapid.IntRange(0, 2).Draw(t, "grants") {
		m.grants = append(m.grants, workspace.Grant{
			Channel: m.channels[rapid.IntRange(2, modelChannels-1).Draw(t, "where")].ID,
			User:    m.users[rapid.IntRange(0, modelUsers-2).Draw(t, "who")].ID,
			From:    noon.Add(-time.Hour), Until: noon.Add(time.Duration(rapid.SampledFrom([]int{-1, 1}).Draw(t, "until")) * time.Minute),
		})
	}
	m.config = drawConfig(t)
	return m
}

func drawSource(t *rapid.T) rules.Source {
	switch rapid.IntRange(0, 4).Draw(t, "source") {
	case 0:
		return rules.Source{Channel: rapid.SampledFrom([]string{"m0", "m1", "nowhere"}).Draw(t, "master")}
	case 1:
		return rules.Source{Usergroup: fmt.Sprintf("g%d", rapid.IntRange(0, modelGroups-1).Draw(t, "group"))}
	case 2:
		return rules.Source{Users: []string{fmt.Sprintf("U%d", rapid.IntRange(0, modelUsers-2).Draw(t, "person"))}}
	case 3:
		return rules.Source{Where: `user.title == "chief"`}
	}
	return rules.Source{Usergroup: "g0"}
}

func drawConfig(t *rapid.T) rules.Config {
	var cfg rules.Config
	word := func(label string, texts ...string) rules.Word {
		return rules.Word{Text: rapid.SampledFrom(texts).Draw(t, label)}
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "clusters") {
		c := rules.ClusterConfig{
			Name:     fmt.Sprintf("cluster%d", i),
			Channels: []rules.Pattern{{Text: rapid.SampledFrom([]string{"a.*", "b.*", ".*b.*", "[am].*", ".*"}).Draw(t, "pattern")}},
			Join:     word("join", "self", "request", "everyone", "closed"),
			Others:   word("others", "allow", "report", "warn", "remove", "remove", "remove"),
			Mode:     word("mode", "off", "report", "enforce", "enforce", "enforce"),
			Grace:    word("grace", "", "", "2h"),
			Broken:   rapid.IntRange(0, 15).Draw(t, "broken") == 0,
		}
		if rapid.Bool().Draw(t, "but not") {
			c.ButNot = []rules.Pattern{{Text: "ab.*"}}
		}
		for range rapid.IntRange(1, 2).Draw(t, "members") {
			c.Members = append(c.Members, drawSource(t))
		}
		if rapid.IntRange(0, 2).Draw(t, "except") == 0 {
			c.Except = append(c.Except, drawSource(t))
		}
		cfg.Clusters = append(cfg.Clusters, c)
	}
	if rapid.Bool().Draw(t, "tight brakes") {
		cfg.Brakes.Removals.Text = "1"
	}
	return cfg
}

// snapshot is the model as the rules see it.
func (m *model) snapshot() *workspace.Snapshot {
	e := workspace.New(workspace.Team{ID: "T1", Bot: m.users[m.bot()].ID}).Edit()
	whole := workspace.Knowledge{Complete: true, At: noon}
	e.KnowUsers(whole)
	e.KnowChannels(whole)
	e.KnowUsergroups(whole)
	for _, u := range m.users {
		e.PutUser(u)
	}
	for _, r := range m.channels {
		e.PutChannel(r.Channel)
		e.RestoreMembers(r.ID, m.ids(r.in), m.ids(r.newcomers), workspace.Knowledge{Complete: r.complete, At: noon})
		for u, ran := range r.grace {
			e.StartGrace(r.ID, m.users[u].ID, noon.Add(-ran))
		}
	}
	for i, people := range m.groups {
		id := workspace.UsergroupID(fmt.Sprintf("S%d", i))
		e.PutUsergroup(workspace.Usergroup{ID: id, Handle: fmt.Sprintf("g%d", i)})
		e.SetUsergroupMembers(id, m.ids(people), workspace.Knowledge{Complete: !m.stale[i], At: noon})
	}
	for _, g := range m.grants {
		e.PutGrant(g)
	}
	return e.Snapshot()
}

func (m *model) ids(people []int) []workspace.UserID {
	ids := make([]workspace.UserID, len(people))
	for i, p := range people {
		ids[i] = m.users[p].ID
	}
	return ids
}

func (m *model) user(id workspace.UserID) int {
	return slices.IndexFunc(m.users, func(u workspace.User) bool { return u.ID == id })
}

func (m *model) channel(id workspace.ChannelID) *room {
	i := slices.IndexFunc(m.channels, func(r room) bool { return r.ID == id })
	return &m.channels[i]
}

// carryOut does to the model what Slack would do, and remembers what the plan settled.
func (m *model) carryOut(plan rules.Plan) {
	for _, d := range plan.Decisions {
		if d.Remember() == rules.StartGrace {
			if r := m.channel(d.Channel); !hasGrace(r, m.user(d.User)) {
				r.grace[m.user(d.User)] = 0
			}
		}
	}
	for _, s := range plan.Settled {
		r, u := m.channel(s.Channel), m.user(s.User)
		delete(r.grace, u)
		r.newcomers = without(r.newcomers, u)
	}
	for _, a := range plan.Actions {
		switch a := a.(type) {
		case action.Remove:
			r, u := m.channel(a.Channel), m.user(a.User)
			r.in, r.newcomers = without(r.in, u), without(r.newcomers, u)
			delete(r.grace, u)
		case action.Invite:
			r := m.channel(a.Channel)
			for _, id := range a.Users {
				r.in = append(r.in, m.user(id))
			}
		case action.Join:
			r := m.channel(a.Channel)
			r.BotIn, r.in = true, append(r.in, m.bot())
		}
	}
}

func hasGrace(r *room, u int) bool { _, ok := r.grace[u]; return ok }

func without(all []int, one int) []int {
	return slices.DeleteFunc(slices.Clone(all), func(i int) bool { return i == one })
}
