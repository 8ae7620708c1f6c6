package policyfile

import (
	"fmt"

	"usher/rules"
	"usher/rules/workspace"
)

// Version is the one version of the format there is.
const Version = 1

const (
	noVersion    = `no "version"`
	beginVersion = `begin with "version: 1"`
)

// policy reads the document. said tells which of the keys that hold one value
// were given, and where.
func (r *reader) policy(root *node) (c rules.Config, said map[string]rules.Place) {
	const like = `keys and values, beginning with "version: 1"`
	said = map[string]rules.Place{}
	c.At = r.place(root.line, root.column, "$")
	if root.kind == nothing {
		r.say(root.line, root.column, "$", "the file is empty", beginVersion)
		return c, said
	}
	var team string
	read := map[string]field{
		"version":   r.version,
		"workspace": r.string(&team),
		"admins":    r.sources(&c.Admins, personDoc{}),
		"contact":   r.string(&c.Contact),
		"brakes": func(n *node, path string) {
			r.fields(n, path, "{removals: 25, share: 20%}", brakesDoc{}, map[string]field{
				"removals":      r.count(&c.Brakes.Removals),
				"share":         r.value(&c.Brakes.Share, text, aShare),
				"source_shrink": r.value(&c.Brakes.SourceShrink, text, aShare),
				"reactions":     r.count(&c.Brakes.Reactions),
				"flapping":      r.count(&c.Brakes.Flapping),
				"four_eyes":     r.bool(&c.Brakes.FourEyes),
			})
		},
		"protect":    r.protect(&c.Protect),
		"clusters":   r.each("a list of clusters", r.rules("cluster", "name", func(n *node, path string) { c.Clusters = append(c.Clusters, r.cluster(n, path)) })),
		"usergroups": r.each("a list of user groups", r.rules("usergroup", "handle", func(n *node, path string) { c.Usergroups = append(c.Usergroups, r.usergroup(n, path)) })),
		"reactions":  r.each("a list of reactions", r.rules("reaction", "name", func(n *node, path string) { c.Reactions = append(c.Reactions, r.reaction(n, path)) })),
		"invites":    func(n *node, path string) { c.Invites = r.invites(n, path) },
	}
	known := r.fields(root, "$", like, policyDoc{}, read)
	for _, e := range root.entries {
		switch e.key {
		case "version", "workspace", "contact", "brakes", "protect", "invites":
			said[e.key] = r.place(e.line, e.column, "$."+e.key)
		}
	}
	if known && !r.part && root.entry("version") == nil {
		r.say(root.line, root.column, "$", noVersion, beginVersion)
	}
	c.Places = r.places
	c.Workspace = workspace.TeamID(team)
	return c, said
}

func (r *reader) version(n *node, path string) {
	if r.is(n, path, number, fmt.Sprint(Version)) && n.text != fmt.Sprint(Version) {
		r.say(n.line, n.column, path, fmt.Sprintf("version %s is not known", clip(n.text)), fmt.Sprintf("allowed: %d", Version))
	}
}

// rules reads one of the named rules: what is wrong in it concerns it alone.
func (r *reader) rules(sort, key string, read field) field {
	return func(n *node, path string) {
		r.rule, r.failed = sort, false
		if n.kind == broken {
			r.slips(n, path)
			r.rule = ""
			return
		}
		if name := n.entry(key); name != nil && name.kind == text && name.text != "" {
			r.rule = sort + " " + clip(name.text)
			r.once(name, path+"."+key, sort, name.text)
		}
		if r.is(n, path, mapping, "a "+sort+" with its keys") {
			read(n, path)
		}
		r.rule = ""
	}
}

// once reports a name that another rule has, in this file or in one read before.
func (r *reader) once(n *node, path, sort, name string) {
	at := r.place(n.line, n.column, path)
	first, twice := r.names[sort+" "+name]
	if !twice {
		r.names[sort+" "+name] = at
		return
	}
	where := fmt.Sprintf("line %d", first.Line)
	if first.File != r.file {
		where = fmt.Sprintf("%s:%d", first.File, first.Line)
	}
	r.say(n.line, n.column, path, fmt.Sprintf("a second %s %q", sort, clip(name)), "the first is in "+where+"; give each a name of its own")
}

func (r *reader) cluster(n *node, path string) rules.ClusterConfig {
	c := rules.ClusterConfig{At: r.place(n.line, n.column, path)}
	shape := clusterDoc{}
	r.fields(n, path, "", shape, map[string]field{
		"name":        r.string(&c.Name),
		"description": r.string(&c.Description),
		"members":     r.sources(&c.Members, sourceDoc{}),
		"except":      r.sources(&c.Except, sourceDoc{}),
		"channels":    r.patterns(&c.Channels),
		"but_not":     r.patterns(&c.ButNot),
		"join":        r.choice(&c.Join, shape, "join"),
		"others":      r.choice(&c.Others, shape, "others"),
		"grace":       r.value(&c.Grace, text, aLength),
		"owners":      r.sources(&c.Owners, personDoc{}),
		"grants": func(n *node, path string) {
			r.fields(n, path, "{default: 30d, max: 90d}", grantsDoc{}, map[string]field{
				"default": r.value(&c.GrantFor, text, aLength),
				"max":     r.value(&c.GrantMax, text, aLength),
			})
		},
		"native": r.bool(&c.Native),
		"mode":   r.choice(&c.Mode, shape, "mode"),
	})
	c.Broken = r.failed
	return c
}

func (r *reader) usergroup(n *node, path string) rules.UsergroupConfig {
	c := rules.UsergroupConfig{At: r.place(n.line, n.column, path)}
	shape := usergroupDoc{}
	r.fields(n, path, "", shape, map[string]field{
		"handle":              r.string(&c.Handle),
		"name":                r.string(&c.Name),
		"description":         r.string(&c.Description),
		"channels":            r.words(&c.Channels, nil),
		"additional_channels": r.words(&c.AdditionalChannels, nil),
		"section":             r.bool(&c.Section),
		"members":             r.sources(&c.Members, sourceDoc{}),
		"except":              r.sources(&c.Except, sourceDoc{}),
		"by_hand":             r.choice(&c.ByHand, shape, "by_hand"),
		"when_empty":          r.choice(&c.WhenEmpty, shape, "when_empty"),
		"placeholder":         r.string(&c.Placeholder),
		"coupled":             r.bool(&c.Coupled),
		"join":                r.choice(&c.Join, shape, "join"),
		"owners":              r.sources(&c.Owners, personDoc{}),
		"mode":                r.choice(&c.Mode, shape, "mode"),
	})
	c.Broken = r.failed
	return c
}

func (r *reader) invites(n *node, path string) *rules.InvitesConfig {
	r.rule, r.failed = "invites", false
	defer func() { r.rule = "" }()
	c := &rules.InvitesConfig{At: r.place(n.line, n.column, path)}
	shape := invitesDoc{}
	r.fields(n, path, "{join: request, domains: [acme.test]}", shape, map[string]field{
		"join":         r.choice(&c.Join, shape, "join"),
		"approvers":    r.sources(&c.Approvers, personDoc{}),
		"domains":      r.words(&c.Domains, nil),
		"guest_expiry": r.value(&c.GuestExpiry, text, aLength),
		"via":          r.choice(&c.Via, shape, "via"),
	})
	c.Broken = r.failed
	return c
}
