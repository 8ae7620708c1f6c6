// Package groupmgr reads the configuration of groupmgr, which let people add
// themselves to channels by a slash command, into policies.
//
// It must never copy a secret, nor show one in a note or an error: values are
// quoted only where they are names or patterns that were understood.
//
// Decision: what groupmgr did goes on and nothing else begins. Its groups become
// clusters that people of the master join by themselves, and that only report
// whoever else is inside; the person who imports is told how to go further.
package groupmgr

import (
	"fmt"
	"slices"
	"strings"

	"usher/rules"
	"usher/rules/policyfile"
	"usher/rules/workspace"
)

// Command is the slash command that groupmgr's people are used to.
const Command = "/groupmgr"

// secrets are the keys whose values are never looked at.
var secrets = map[string]string{
	"api_token":      "Usher has tokens of its own: set SLACK_BOT_TOKEN and SLACK_APP_TOKEN",
	"inbound_tokens": "Socket Mode needs none",
	"inbound_token":  "Socket Mode needs none",
}

// Import reads a config.json. It gives one policy for each workspace that has
// groups, at least one in all. The error says where the text stops being a
// configuration.
func Import(src []byte) ([]policyfile.Imported, error) {
	top, err := parse(src)
	if err != nil {
		return nil, err
	}
	main := &team{Imported: policyfile.Imported{Team: top.text("default-team")}}
	main.read("", top)
	teams := []*team{}
	for _, m := range top.members {
		if m.key == "teams" {
			teams = append(teams, main.teams(m.value)...)
		}
	}
	switch own := slices.IndexFunc(teams, func(t *team) bool { return t.Team != "" && t.Team == main.Team }); {
	case own >= 0:
		main.absorb(teams[own])
		teams = slices.Delete(teams, own, own+1)
		teams = append([]*team{main}, teams...)
	case len(teams) == 0 || len(main.Config.Clusters) > 0:
		teams = append([]*team{main}, teams...)
	default:
		teams[0].Notes = append(main.Notes, teams[0].Notes...)
		if len(main.Config.Admins) > 0 {
			teams[0].Note("administrators", "those given for no team were left out: rights in one workspace are not rights in another")
		}
	}
	all := make([]policyfile.Imported, len(teams))
	for i, t := range teams {
		all[i] = t.finish()
	}
	return all, nil
}

// team is one workspace being read.
type team struct {
	policyfile.Imported
	groups []string // the masters, to find one that is given twice
}

// read takes in the keys of one workspace, or of the top of the file.
func (t *team) read(at string, o object) {
	for _, m := range o.members {
		about := join(at, m.key)
		if why, secret := secrets[m.key]; secret {
			t.Note(about, "not copied. %s", why)
			continue
		}
		switch m.key {
		case "default-team", "name":
			if m.value.kind != isText {
				t.Note(about, "not understood: it is not a text")
			}
		case "team_id":
			if m.value.kind != isText || !isID(m.value.text, "T") {
				t.Note(about, "not a workspace's id (T…): the policy is about whatever workspace Usher runs in, until workspace says which")
				continue
			}
			t.Config.Workspace = workspace.TeamID(m.value.text)
		case "administrators":
			t.administrators(about, m.value)
		case "groups":
			t.masters(about, m.value)
		case "teams":
			if at != "" {
				t.Note(about, "not understood: teams are read at the top of the file only")
			}
		default:
			t.Note(about, "not understood, and left out")
		}
	}
	for _, key := range o.twice {
		t.Note(join(at, key), "given twice; the last one counted")
	}
}

// teams reads the workspaces: a mapping by name, or a list of them.
func (t *team) teams(v value) []*team {
	var all []*team
	add := func(at, name string, v value) {
		if v.kind != isObject {
			t.Note(at, "not understood: a team is an object")
			return
		}
		if n := v.object.text("name"); n != "" {
			name = n
		}
		one := &team{Imported: policyfile.Imported{Team: name}}
		one.read(at, v.object)
		all = append(all, one)
	}
	switch v.kind {
	case isObject:
		for _, m := range v.object.members {
			add(join("teams", m.key), m.key, m.value)
		}
	case isList:
		for i, item := range v.items {
			add(fmt.Sprintf("teams[%d]", i), "", item)
		}
	default:
		t.Note("teams", "not understood: it is neither an object nor a list")
	}
	return all
}

func (t *team) administrators(about string, v value) {
	var people []string
	for i, item := range v.list() {
		where := fmt.Sprintf("%s[%d]", about, i)
		switch name := strings.TrimPrefix(item.text, "@"); {
		case item.kind != isText || name == "":
			t.Note(where, "not understood: it is not a text")
		case isID(name, "UW") || strings.Contains(name, "@"):
			people = append(people, name)
		default:
			t.Note(where, "%q is a name, which its owner can change: add the person to admins by id (U…) or e-mail address", name)
		}
	}
	for _, p := range people {
		t.Config.Admins = append(t.Config.Admins, rules.Source{Users: []string{p}})
	}
}

// masters reads the mapping from a master to the channels it opens.
func (t *team) masters(about string, v value) {
	if v.kind != isObject {
		t.Note(about, "not understood: it is not a mapping from a master to patterns")
		return
	}
	for _, m := range v.object.members {
		where := join(about, m.key)
		master := strings.TrimPrefix(strings.TrimSpace(m.key), "#")
		patterns := t.patterns(where, m.value)
		switch {
		case slices.Contains(t.groups, master):
			t.Note(where, "the master is there twice; the first one counted")
		case len(patterns) == 0:
			t.Note(where, "left out: none of its patterns could be carried over")
		default:
			t.groups = append(t.groups, master)
			t.Config.Clusters = append(t.Config.Clusters, rules.ClusterConfig{
				Name:        master,
				Description: "Whoever is in " + master + " (from groupmgr)",
				Members:     []rules.Source{{Channel: master}},
				Channels:    patterns,
				Join:        rules.Word{Text: "self"},
				Others:      rules.Word{Text: "report"},
				Mode:        rules.Word{Text: "enforce"},
			})
		}
	}
	for _, key := range v.object.twice {
		t.Note(join(about, key), "given twice; the last one counted")
	}
}

// absorb takes in what another part of the file says about the same workspace.
func (t *team) absorb(o *team) {
	t.Notes = append(t.Notes, o.Notes...)
	t.Config.Admins = append(t.Config.Admins, o.Config.Admins...)
	for _, c := range o.Config.Clusters {
		if slices.Contains(t.groups, c.Name) {
			t.Note("groups."+c.Name, "the master is there twice; the first one counted")
			continue
		}
		t.Config.Clusters = append(t.Config.Clusters, c)
	}
	if t.Config.Workspace == "" {
		t.Config.Workspace = o.Config.Workspace
	} else if o.Config.Workspace != "" && o.Config.Workspace != t.Config.Workspace {
		t.Note("team_id", "two are given for one team; the one at the top counted")
	}
}

func (t *team) finish() policyfile.Imported {
	t.Settings = []policyfile.Setting{{Key: "command", Value: Command}}
	if len(t.Config.Clusters) > 0 {
		t.Note("", "nobody is removed: the clusters say others: report. With others: remove Usher takes out whoever is not in the master")
		t.Note("", "the master of each cluster is found by its name once and held by its id from then on; Usher has to be a member of it and of the private channels it opens")
	}
	if len(t.Config.Admins) == 0 {
		t.Note("administrators", "none could be carried over: only workspace owners administer Usher until admins names somebody")
	}
	t.Settle()
	return t.Imported
}

func join(at, key string) string {
	if at == "" {
		return key
	}
	return at + "." + key
}

// isID tells ids from names, which have no upper-case letters; an id begins
// with one of first.
func isID(s, first string) bool {
	return len(s) > 1 && strings.Contains(first, s[:1]) && s == strings.ToUpper(s)
}
