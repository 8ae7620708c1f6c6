package handlers

import (
	"cmp"
	"slices"

	"usher/handlers/view"
	"usher/rules"
	"usher/rules/workspace"
)

// clusters are some of all rules, from one to another, with their figures, and how
// many there are.
func (r Request) clusters(all []rules.Cluster, shown func(n int) (from, to int)) (some []view.Cluster, n int) {
	from, to := shown(len(all))
	for _, c := range all[from:to] {
		some = append(some, r.cluster(c, r.channels(c.Name)))
	}
	return some, len(all)
}

// channels are the active channels that a cluster is about, by name.
func (r Request) channels(cluster string) []workspace.Channel {
	var all []workspace.Channel
	for _, m := range r.Policy.Channels(r.Workspace, cluster) {
		if !m.Channel.Archived {
			all = append(all, m.Channel)
		}
	}
	return all
}

func (r Request) cluster(c rules.Cluster, channels []workspace.Channel) view.Cluster {
	v := view.Cluster{
		Name: c.Name, Description: c.Description, Mode: string(c.Mode), Join: string(c.Join), Others: string(c.Others),
		Channels: len(channels),
	}
	for _, ch := range channels {
		v.Inside += r.people(ch.ID)
	}
	return v
}

// people is how many are in a channel, Usher itself not counted.
func (r Request) people(c workspace.ChannelID) int {
	n := r.Workspace.Members(c).Set.Len()
	if r.in(c, r.Workspace.Team().Bot) {
		n--
	}
	return n
}

// troubles are the channels of a cluster, or of all when it is "", that Usher
// cannot manage: those that Slack refused first, then those it is not in.
func (r Request) troubles(cluster string) []view.Trouble {
	var all []view.Trouble
	told := map[workspace.ChannelID]bool{}
	for _, t := range r.memory().Blocked() {
		c, ok := r.Workspace.Channel(t.Channel)
		if !ok || !r.under(c, cluster) {
			continue
		}
		told[c.ID] = true
		all = append(all, view.Trouble{Channel: c.ID, Name: c.Name, Private: c.Private, Why: t.Sentence})
	}
	var out []workspace.Channel
	for c := range r.Policy.Governed(r.Workspace) {
		if !c.Archived && !c.General && !c.BotIn && !told[c.ID] && r.under(c, cluster) {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b workspace.Channel) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	for _, c := range out {
		all = append(all, view.Trouble{Channel: c.ID, Name: c.Name, Private: c.Private, Why: r.notIn(c)})
	}
	return all
}

// notIn says why Usher is not in a channel that a rule is about.
func (r Request) notIn(c workspace.Channel) string {
	switch {
	case c.Private:
		return "I am not in it. Somebody inside has to add me with /invite."
	case slices.ContainsFunc(r.Policy.Governing(c), func(cl rules.Cluster) bool { return cl.Mode == rules.ModeEnforce }):
		return "I am not in it yet; I am about to join it."
	}
	return "I am not in it. I join public channels by myself once a rule for them is enforced."
}

// under reports whether a channel is governed: by this cluster, or any when it is "".
func (r Request) under(c workspace.Channel, cluster string) bool {
	return slices.ContainsFunc(r.Policy.Governing(c), func(cl rules.Cluster) bool { return cluster == "" || cl.Name == cluster })
}
