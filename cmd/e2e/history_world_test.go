package e2e

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"usher/bot/slacksim"
)

// A history's people. The first is the workspace's owner; whoever stands behind
// regulars is protected, or somebody else's, at the beginning.
var (
	regulars = []string{"bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "mallory", "niaj", "olivia", "peggy"}
	others   = []string{"gus", "sybil", "robo", "ext", "old"}
)

const owner = "alice"

// feed is a source of a rule, as the generator thinks of it.
type feed struct {
	kind string // channel, usergroup, users, title
	name string // of the channel or user group, or the title
	who  []string
}

// rule is a cluster, as the generator thinks of it.
type rule struct {
	name             string
	prefixes, butNot []string // its channels' names begin so
	members, except  []feed
	join, others     string
	grace            time.Duration
	mode             string
}

// charter is a policy, as the generator thinks of it.
type charter struct {
	rules   []rule
	protect []string // nil: the default
	people  []string // protected by name
	loose   bool     // the brakes never hold anything but an empty source
	tight   bool     // the brakes hold what takes three people out at once
	group   *groupRule
	welcome bool // channels that begin with team- are welcomed
}

// groupRule is a governed user group, as the generator thinks of it.
type groupRule struct {
	members, except []feed
	empty           string // what becomes of it when nobody is left
}

func (r *rule) enforced() bool { return r.mode == "enforce" }

func (f feed) yaml() string {
	switch f.kind {
	case "users":
		return "{users: [" + strings.Join(addresses(f.who), ", ") + "]}"
	case "title":
		return fmt.Sprintf("{where: 'user.title == %q'}", f.name)
	}
	return fmt.Sprintf("{%s: %s}", f.kind, f.name)
}

func addresses(names []string) []string {
	all := make([]string, len(names))
	for i, n := range names {
		all[i] = n + "@acme.test"
	}
	return all
}

func feeds(all []feed) string {
	texts := make([]string, len(all))
	for i, f := range all {
		texts[i] = f.yaml()
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

func patterns(prefixes []string) string {
	texts := make([]string, len(prefixes))
	for i, p := range prefixes {
		texts[i] = p + ".*"
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

func (c *charter) yaml() string {
	var b strings.Builder
	b.WriteString("version: 1\n")
	if c.loose {
		b.WriteString("brakes: {removals: 1000, share: 100%, source_shrink: 100%}\n")
	}
	if c.tight {
		b.WriteString("brakes: {removals: 2}\n")
	}
	if c.protect != nil || len(c.people) > 0 {
		all := slices.Clone(c.protect)
		if c.protect == nil {
			all = []string{"bots", "owners", "admins", "guests", "external"}
		}
		if len(c.people) > 0 {
			all = append(all, "people: ["+strings.Join(addresses(c.people), ", ")+"]")
		}
		fmt.Fprintf(&b, "protect: [%s]\n", strings.Join(all, ", "))
	}
	b.WriteString("clusters:\n")
	for _, r := range c.rules {
		fmt.Fprintf(&b, "  - name: %s\n    members: %s\n    channels: %s\n    join: %s\n    others: %s\n    mode: %s\n",
			r.name, feeds(r.members), patterns(r.prefixes), r.join, r.others, r.mode)
		if len(r.except) > 0 {
			fmt.Fprintf(&b, "    except: %s\n", feeds(r.except))
		}
		if len(r.butNot) > 0 {
			fmt.Fprintf(&b, "    but_not: %s\n", patterns(r.butNot))
		}
		if r.grace > 0 {
			fmt.Fprintf(&b, "    grace: %s\n", r.grace)
		}
	}
	if g := c.group; g != nil {
		fmt.Fprintf(&b, "usergroups:\n  - handle: %s\n    name: On call\n    members: %s\n    by_hand: revert\n    when_empty: %s\n    mode: enforce\n", governed, feeds(g.members), g.empty)
		if len(g.except) > 0 {
			fmt.Fprintf(&b, "    except: %s\n", feeds(g.except))
		}
	}
	if c.welcome {
		b.WriteString("reactions:\n  - name: teams\n    on: [created]\n    channels: [team-.*]\n    mode: enforce\n" +
			"    do: [join, {topic: \"The team of {{.Creator}}\"}, {post: \"" + welcome + " {{.Channel}}\"}]\n")
	}
	return b.String()
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// some are n of them or fewer, in a random order.
func some(r *rand.Rand, from []string, n int) []string {
	all := slices.Clone(from)
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(n, len(all))]
}

// town names what a history's workspaces have at the beginning.
var (
	masters   = []string{"finance-department", "sales-department"}
	groups    = []string{"finance-leads", "contractors"}
	governed  = "oncall" // a user group whose list a rule keeps
	welcome   = "Welcome to"
	titles    = []string{"Accountant", "Agent"}
	rooms     = []string{"finance-forecast", "finance-reports", "finance-public-faq", "sales-forecast", "sales-news", "ops-war-room", "lounge", "quarters"}
	namespace = []string{"finance-", "finance-public-", "sales-", "ops-", "team-"}
)

func randomFile(r *rand.Rand) *slacksim.File {
	f := &slacksim.File{Seed: r.Int64N(1 << 40)}
	n := 1
	if r.IntN(4) == 0 {
		n = 2
	}
	for i := range n {
		f.Workspaces = append(f.Workspaces, randomWorkspace(r, fmt.Sprintf("T0%d", i+1)))
	}
	return f
}

func randomWorkspace(r *rand.Rand, id string) slacksim.FileWorkspace {
	w := slacksim.FileWorkspace{ID: id, Name: "acme" + strings.ToLower(id), Preferences: map[string]string{"remove_from_public": "everyone"}}
	person := func(name string) *slacksim.FileUser {
		w.Users = append(w.Users, slacksim.FileUser{Name: name, Email: name + "@acme.test"})
		u := &w.Users[len(w.Users)-1]
		if r.IntN(3) == 0 {
			u.Title = pick(r, titles...)
		}
		return u
	}
	boss := person(owner)
	boss.Admin, boss.Owner = true, true
	for _, name := range regulars {
		person(name).Admin = r.IntN(12) == 0
	}
	for _, name := range others {
		u := person(name)
		switch name {
		case "gus":
			u.Guest = "multi"
		case "sybil":
			u.Guest = "single"
		case "robo":
			u.Bot = true
		case "ext":
			u.External = "T99"
		case "old":
			u.Deactivated = true
		}
	}
	w.Channels = append(w.Channels, slacksim.FileChannel{Name: "general", General: true})
	for _, name := range masters {
		c := slacksim.FileChannel{Name: name, Private: r.IntN(2) == 0, Members: append(some(r, regulars, 3+r.IntN(4)), owner)}
		if c.Private || r.IntN(2) == 0 {
			c.Members = append(c.Members, "usher")
		}
		w.Channels = append(w.Channels, c)
	}
	for _, name := range rooms {
		c := slacksim.FileChannel{Name: name, Private: r.IntN(2) == 0, Members: append(some(r, regulars, r.IntN(6)), owner)}
		for _, extra := range []string{"robo", "ext", "gus"} {
			if r.IntN(5) == 0 {
				c.Members = append(c.Members, extra)
			}
		}
		if c.Private && r.IntN(8) > 0 || r.IntN(2) == 0 {
			c.Members = append(c.Members, "usher")
		}
		w.Channels = append(w.Channels, c)
	}
	for _, handle := range groups {
		w.Usergroups = append(w.Usergroups, slacksim.FileUsergroup{Handle: handle, Name: "The " + handle, Members: some(r, regulars, 1+r.IntN(4))})
	}
	w.Usergroups = append(w.Usergroups, slacksim.FileUsergroup{Handle: governed, Name: "On call", Members: some(r, regulars, 1+r.IntN(4))})
	return w
}

func randomFeed(r *rand.Rand) feed {
	switch r.IntN(6) {
	case 0:
		return feed{kind: "usergroup", name: pick(r, groups...)}
	case 1:
		return feed{kind: "users", who: some(r, regulars, 1+r.IntN(3))}
	case 2:
		return feed{kind: "title", name: pick(r, titles...)}
	}
	return feed{kind: "channel", name: pick(r, masters...)}
}

func randomFeeds(r *rand.Rand, n int) []feed {
	var all []feed
	for range n {
		if f := randomFeed(r); !slices.ContainsFunc(all, func(g feed) bool { return g.yaml() == f.yaml() }) {
			all = append(all, f)
		}
	}
	return all
}

func randomCharter(r *rand.Rand) *charter {
	c := &charter{loose: r.IntN(5) > 0}
	c.tight = !c.loose && r.IntN(2) == 0
	if r.IntN(4) == 0 {
		c.protect = some(r, []string{"bots", "owners", "admins", "guests", "external"}, 1+r.IntN(4))
	}
	if r.IntN(4) == 0 {
		c.people = some(r, regulars, 1)
	}
	treatment := pick(r, "remove", "remove", "remove", "remove", "warn", "report", "allow")
	one := func(name string, prefixes ...string) *rule {
		c.rules = append(c.rules, rule{
			name: name, prefixes: prefixes, members: randomFeeds(r, 1+r.IntN(3)), except: randomFeeds(r, max(0, r.IntN(4)-2)),
			join: pick(r, "self", "self", "request", "everyone", "closed"), others: treatment, mode: pick(r, "enforce", "enforce", "enforce", "enforce", "report"),
		})
		added := &c.rules[len(c.rules)-1]
		if r.IntN(3) == 0 {
			added.grace = time.Duration(1+r.IntN(10)) * time.Minute
		}
		return added
	}
	if first := one("finance", "finance-"); r.IntN(3) == 0 {
		first.butNot = []string{"finance-public-"}
	}
	if r.IntN(2) == 0 {
		one("sales", "sales-", "ops-")
	}
	if r.IntN(4) == 0 {
		one("auditors", pick(r, "finance-", "finance-forecast", "sales-"))
	}
	if r.IntN(2) == 0 {
		c.group = &groupRule{members: randomFeeds(r, 1+r.IntN(3)), except: randomFeeds(r, max(0, r.IntN(4)-2)), empty: pick(r, "keep", "disable")}
	}
	c.welcome = r.IntN(2) == 0
	return c
}
