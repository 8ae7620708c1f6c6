package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	spelling "usher/handlers/command"
	"usher/rules"
	"usher/rules/policyfile"
	"usher/rules/workspace"
)

type explainCommand struct {
	Policy    string `required:"" placeholder:"PATH" help:"Policy file, or directory."`
	Workspace string `required:"" placeholder:"FILE" help:"Workspace file."`
	Team      string `placeholder:"TEAM" help:"Which workspace, where the file has several."`
	JSON      bool   `name:"json" help:"Print JSON."`
	Person    string `arg:"" placeholder:"@PERSON" help:"Who: name, id or e-mail address."`
	Channel   string `arg:"" placeholder:"#CHANNEL" help:"Where: name or id."`
}

func (explainCommand) Help() string {
	return "Says what the policy decides about a person and a channel, and every reason in the order tried. Offline: nothing is asked of Slack.\n\nExample:\n  usher explain --policy policy.yaml --workspace workspace.yaml @mallory '#finance-forecast'"
}

func (c explainCommand) Run(std Streams) error {
	scene, err := openScene(std.Err, c.Policy, c.Workspace, c.Team)
	if err != nil {
		return err
	}
	user, err := scene.person(c.Person)
	if err != nil {
		return err
	}
	channel, err := scene.channel(c.Channel)
	if err != nil {
		return err
	}
	answer := scene.explain(user, channel)
	if c.JSON {
		return printJSON(std, answer)
	}
	answer.print(std.Out)
	return nil
}

// scene is a policy in a workspace, with nobody else there.
type scene struct {
	policy *rules.Policy
	w      *workspace.Snapshot
}

// openScene loads both. What is wrong with the policy without keeping it from
// deciding goes to errs.
func openScene(errs io.Writer, policyPath, workspacePath, team string) (scene, error) {
	policy, _, problems := policyfile.Load(osFiles{}, policyPath)
	for _, p := range problems {
		fmt.Fprintln(errs, p.Error())
	}
	if policy == nil {
		return scene{}, errReported
	}
	if team == "" {
		team = string(policy.Workspace())
	}
	w, err := loadWorkspace(workspacePath, team)
	if err != nil {
		return scene{}, err
	}
	bound, _, missing := policy.Bind(w, nil)
	for _, p := range missing {
		fmt.Fprintln(errs, "warning:", p.Error())
	}
	return scene{policy: bound, w: w}, nil
}

// person finds somebody by id, e-mail address, or name: the one after the @, or
// if nobody has it the real or displayed one.
func (s scene) person(name string) (workspace.User, error) {
	bare := strings.TrimPrefix(mentioned(name, "@"), "@")
	if u, ok := s.w.User(workspace.UserID(bare)); ok {
		return u, nil
	}
	if u, ok := s.w.UserByEmail(strings.ToLower(bare)); ok {
		return u, nil
	}
	var names []string
	var called, known []workspace.User
	for u := range s.w.Users() {
		names = append(names, u.Name)
		switch {
		case strings.EqualFold(u.Name, bare):
			called = append(called, u)
		case bare != "" && (strings.EqualFold(u.RealName, bare) || strings.EqualFold(u.Display, bare)):
			known = append(known, u)
		}
	}
	if len(called) == 0 {
		called = known
	}
	// Whoever is still there comes first.
	slices.SortFunc(called, func(a, b workspace.User) int {
		if a.Deleted != b.Deleted {
			if a.Deleted {
				return 1
			}
			return -1
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
	switch {
	case len(called) == 0:
		return workspace.User{}, fmt.Errorf("nobody in the workspace file is called %s%s", name, meant("@", bare, names))
	case len(called) > 1 && !called[1].Deleted:
		return workspace.User{}, fmt.Errorf("several people in the workspace file are called %s; say which by id: %s or %s", name, called[0].ID, called[1].ID)
	}
	return called[0], nil
}

func (s scene) channel(name string) (workspace.Channel, error) {
	bare := strings.TrimPrefix(mentioned(name, "#"), "#")
	if c, ok := s.w.Channel(workspace.ChannelID(bare)); ok {
		return c, nil
	}
	if c, ok := s.w.ChannelByName(strings.ToLower(bare)); ok {
		return c, nil
	}
	var names []string
	for c := range s.w.Channels() {
		names = append(names, c.Name)
	}
	return workspace.Channel{}, fmt.Errorf("the workspace file has no channel %s%s", name, meant("#", bare, names))
}

// mentioned is the id in a mention as Slack writes it, <@U…> or <#C…|name>, or
// the name itself.
func mentioned(name, sign string) string {
	id, ok := strings.CutPrefix(name, "<"+sign)
	if !ok || !strings.HasSuffix(id, ">") {
		return name
	}
	id, _, _ = strings.Cut(strings.TrimSuffix(id, ">"), "|")
	return id
}

func meant(sign, word string, names []string) string {
	slices.Sort(names)
	near := spelling.Closest(strings.ToLower(word), names, 3)
	for i := range near {
		near[i] = sign + near[i]
	}
	if len(near) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(near, " or ") + "?"
}

// explain asks what the running bot would ask: about somebody inside, whether
// they may stay; about somebody outside, whether they may come in, and what
// happens when somebody adds them.
func (s scene) explain(u workspace.User, c workspace.Channel) explanation {
	now := time.Now()
	a := explanation{Person: u.Name, Channel: c.Name, Inside: s.w.Members(c.ID).Set.Has(u), Clusters: []string{}, Feeds: s.policy.FedBy(rules.FromChannel, string(c.ID))}
	for _, cl := range s.policy.Governing(c) {
		a.Clusters = append(a.Clusters, cl.Name)
	}
	if a.Inside {
		d := s.policy.DecideMember(s.w, now, rules.Membership{Channel: c.ID, User: u.ID, Cause: rules.CauseAsked})
		a.Decisions = append(a.Decisions, told(s.w, "inside", insideWords, d))
		return a
	}
	a.Decisions = append(a.Decisions, told(s.w, "outside", outsideWords, s.policy.DecideJoin(s.w, now, c.ID, u.ID)))
	e := s.w.Edit()
	e.Join(c.ID, u.ID)
	d := s.policy.DecideMember(e.Snapshot(), now, rules.Membership{Channel: c.ID, User: u.ID, Cause: rules.CauseJoined})
	a.Decisions = append(a.Decisions, told(s.w, "added", insideWords, d))
	return a
}
