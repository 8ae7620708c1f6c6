package handlers

import (
	"cmp"
	"slices"

	"usher/handlers/view"
	"usher/rules"
	"usher/rules/workspace"
)

// claimed are the active channels that each cluster is about, by name.
func (r Request) claimed() map[string][]workspace.Channel {
	all := map[string][]workspace.Channel{}
	for c := range r.Workspace.Channels() {
		if c.Archived {
			continue
		}
		for _, cl := range r.Policy.Governing(c) {
			all[cl.Name] = append(all[cl.Name], c)
		}
	}
	for _, channels := range all {
		slices.SortFunc(channels, byName)
	}
	return all
}

func byName(a, b workspace.Channel) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
}

// clusters are all rules with their figures, in the order of the policy.
func (r Request) clusters() []view.Cluster {
	claimed := r.claimed()
	var all []view.Cluster
	for _, c := range r.Policy.Clusters() {
		all = append(all, r.cluster(c, claimed[c.Name]))
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

// troubles are the channels of a cluster, or of all, that Usher cannot manage.
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
	for c := range r.Workspace.Channels() {
		if !c.Archived && !c.General && !c.BotIn && !told[c.ID] && r.under(c, cluster) {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, byName)
	for _, c := range out {
		why := "I am not in it. I join public channels by myself once a rule for them is enforced."
		switch {
		case c.Private:
			why = "I am not in it. Somebody inside has to add me with /invite."
		case r.enforced(c):
			why = "I am not in it yet; I am about to join it."
		}
		all = append(all, view.Trouble{Channel: c.ID, Name: c.Name, Private: c.Private, Why: why})
	}
	return all
}

// enforced reports whether a rule that acts is about a channel.
func (r Request) enforced(c workspace.Channel) bool {
	for _, cl := range r.Policy.Governing(c) {
		if cl.Mode == rules.ModeEnforce {
			return true
		}
	}
	return false
}

// under reports whether a channel is governed: by this cluster, or any when it is "".
func (r Request) under(c workspace.Channel, cluster string) bool {
	for _, cl := range r.Policy.Governing(c) {
		if cluster == "" || cl.Name == cluster {
			return true
		}
	}
	return false
}
