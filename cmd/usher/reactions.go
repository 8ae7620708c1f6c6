package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"usher/bot"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/policyfile"
	"usher/rules/workspace"
)

type reactionsCommand struct {
	Test    reactionsTestCommand    `cmd:"" help:"Say offline what the reactions of a policy would do."`
	Run     reactionsRunCommand     `cmd:"" help:"Have the running bot's reactions done to channels there are, after showing a plan."`
	Release reactionsReleaseCommand `cmd:"" help:"Let go on what waits because a reaction would touch too many channels."`
	Drop    reactionsDropCommand    `cmd:"" help:"Drop what waits because a reaction would touch too many channels."`
}

type reactionsTestCommand struct {
	Policy     string   `arg:"" placeholder:"POLICY" help:"Policy file, or directory."`
	Created    []string `placeholder:"NAME" help:"A channel of this name is created."`
	Renamed    []string `placeholder:"OLD:NEW" help:"A channel is renamed."`
	Archived   []string `placeholder:"NAME" help:"A channel is archived."`
	Unarchived []string `placeholder:"NAME" help:"A channel is unarchived."`
	Converted  []string `placeholder:"NAME" help:"A channel becomes private, or public."`
	Private    bool     `help:"What is created is private, and Usher is invited to it."`
	By         string   `placeholder:"PERSON" help:"Who does it, and creates the channel; with --workspace."`
	Workspace  string   `placeholder:"FILE" help:"Workspace file; without it, names in the policy stand for nobody."`
	Team       string   `placeholder:"TEAM" help:"Which workspace, where the file has several."`
}

func (reactionsTestCommand) Help() string {
	return "Offline: nothing is asked of Slack, and nothing is done.\n\nExample:\n  usher reactions test policy.yaml --created inc-42-db --renamed random:random-name"
}

func (c reactionsTestCommand) Run(std Streams) error {
	policy, _, problems := policyfile.Load(osFiles{}, c.Policy)
	for _, p := range problems {
		fmt.Fprintln(std.Err, p.Error())
	}
	if policy == nil {
		return errReported
	}
	stage, err := c.stage(policy)
	if err != nil {
		return err
	}
	happenings, err := c.happenings()
	if err != nil {
		return err
	}
	for _, h := range happenings {
		if err := stage.possible(h); err != nil {
			return err
		}
	}
	for i, h := range happenings {
		if i > 0 {
			fmt.Fprintln(std.Out)
		}
		stage.happens(std.Out, h)
	}
	if len(problems) > 0 {
		return errReported
	}
	return nil
}

// happening is something that is supposed to happen to a channel.
type happening struct {
	change   rules.ChannelChange
	was, now string
}

func (c reactionsTestCommand) happenings() ([]happening, error) {
	var all []happening
	for _, sort := range []struct {
		change rules.ChannelChange
		names  []string
	}{
		{rules.ChannelCreated, c.Created}, {rules.ChannelRenamed, c.Renamed}, {rules.ChannelArchived, c.Archived},
		{rules.ChannelUnarchived, c.Unarchived}, {rules.ChannelConverted, c.Converted},
	} {
		for _, name := range sort.names {
			h := happening{change: sort.change, was: name, now: name}
			if sort.change == rules.ChannelRenamed {
				was, now, ok := strings.Cut(name, ":")
				if h.was, h.now = was, now; !ok || was == "" || now == "" {
					return nil, usagef("--renamed wants the old and the new name: --renamed random:random-name")
				}
			}
			h.was, h.now = strings.TrimPrefix(h.was, "#"), strings.TrimPrefix(h.now, "#")
			for _, one := range []string{h.was, h.now} {
				if why := rules.NameRefused(one); why != "" {
					return nil, usagef("--%s: Slack takes no channel called %q: %s", sort.change, one, strings.ToLower(why[:1])+strings.TrimSuffix(why[1:], "."))
				}
			}
			all = append(all, h)
		}
	}
	if len(all) == 0 {
		return nil, usagef("say what happens, with --created NAME, --renamed OLD:NEW, --archived NAME, --unarchived NAME or --converted NAME")
	}
	return all, nil
}

// rehearsal is a policy in a workspace in which things are supposed to happen.
type rehearsal struct {
	policy  *rules.Policy
	w       *workspace.Snapshot
	by      workspace.UserID
	private bool // what is created
	real    bool // w is a workspace of a file
}

// possible is what is in the way of a happening in the workspace of a file.
func (r rehearsal) possible(h happening) error {
	if !r.real {
		return nil
	}
	if h.change != rules.ChannelCreated {
		if _, err := (scene{policy: r.policy, w: r.w}).channel(h.was); err != nil {
			return err
		}
	}
	if _, taken := r.w.ChannelByName(h.now); taken && (h.change == rules.ChannelCreated || h.was != h.now) {
		return fmt.Errorf("the workspace file has a channel called %s already", h.now)
	}
	return nil
}

// stage loads the workspace, or makes one up in which there is nobody but
// somebody who does things, and the channels that things are announced in.
func (c reactionsTestCommand) stage(policy *rules.Policy) (rehearsal, error) {
	if c.Workspace != "" {
		team := c.Team
		if team == "" {
			team = string(policy.Workspace())
		}
		w, err := loadWorkspace(c.Workspace, team)
		if err != nil {
			return rehearsal{}, err
		}
		bound, _, _ := policy.Bind(w, nil)
		r := rehearsal{policy: bound, w: w, private: c.Private, real: true}
		if c.By == "" {
			r.somebody()
			return r, nil
		}
		who, err := scene{policy: bound, w: w}.person(c.By)
		r.by = who.ID
		return r, err
	}
	if c.By != "" {
		return rehearsal{}, usagef("--by names somebody of a workspace file: give one with --workspace")
	}
	e := workspace.New(workspace.Team{ID: "T0"}).Edit()
	for i, reaction := range policy.Reactions() {
		for j, s := range reaction.Steps {
			if s.To != "" {
				e.PutChannel(workspace.Channel{ID: workspace.ChannelID(fmt.Sprintf("C0TO%dX%d", i, j)), Name: s.To, BotIn: true})
			}
		}
	}
	r := rehearsal{w: e.Snapshot(), private: c.Private}
	r.policy, _, _ = policy.Bind(r.w, nil)
	r.somebody()
	return r, nil
}

func (r *rehearsal) somebody() {
	e := r.w.Edit()
	r.by = "U0SOMEBODY"
	e.PutUser(workspace.User{ID: r.by, Name: "somebody"})
	r.w = e.Snapshot()
}

// happens says what a happening would cause.
func (r rehearsal) happens(out io.Writer, h happening) {
	c, known := r.w.ChannelByName(h.was)
	created := h.change == rules.ChannelCreated
	if !known || created {
		c = workspace.Channel{ID: "C0SUPPOSED", Creator: r.by, Private: created && r.private, BotIn: !created || r.private}
	}
	c.Name, c.Archived = h.now, h.change == rules.ChannelArchived
	if h.change == rules.ChannelConverted {
		c.Private = !c.Private
	}
	e := r.w.Edit()
	e.PutChannel(c)
	if !known {
		e.SetMembers(c.ID, []workspace.UserID{r.by}, workspace.Knowledge{Complete: true})
	}
	w := e.Snapshot()
	who, _ := w.User(r.by)
	fmt.Fprintf(out, "#%s is %s by %s:\n", h.now, h.change, who.Called())
	now := time.Now()
	o := rules.Occurrence{Channel: c.ID, Change: h.change, Actor: r.by, Event: "supposed"}
	if h.change == rules.ChannelRenamed || h.change == rules.ChannelConverted {
		o.Actor = "" // Slack does not say who it was
	}
	all := r.policy.React(w, now, o)
	if len(all) == 0 {
		fmt.Fprintln(out, "  nothing happens")
	}
	var actions []action.Action
	for _, re := range all {
		fmt.Fprintf(out, "  %s%s\n", re.Reaction, dryRun(re.DryRun))
		for _, a := range re.Actions {
			fmt.Fprintf(out, "    %s\n", r.policy.StepWords(w, now, a))
		}
		for _, s := range re.Skips {
			fmt.Fprintf(out, "    not %s: %s\n", s.Verb, s.Why)
		}
		if !re.DryRun {
			actions = append(actions, re.Actions...)
		}
	}
	printCalls(out, rules.ForecastOf(actions))
}

func printCalls(out io.Writer, f rules.Forecast) {
	if f.Total() > 0 {
		fmt.Fprintf(out, "  calls of Slack: %d, taking %s at its limits\n", f.Total(), max(f.Takes.Round(time.Second), time.Second))
	}
}

type reactionsRunCommand struct {
	runningBot

	Channel  []string `required:"" placeholder:"NAME" help:"Channels, by name or id; * stands for any letters."`
	Reaction string   `placeholder:"NAME" help:"Only this reaction."`
	Yes      bool     `help:"Do it; without, only the plan is shown."`
}

func (reactionsRunCommand) Help() string {
	return "Shows what the policy's reactions would do to channels there are, whatever they wait for. With --yes they do it: what is so already is found to be, messages are posted.\n\nExample:\n  usher reactions run --channel 'inc-*' --reaction incidents\n  usher reactions run --channel 'inc-*' --reaction incidents --yes"
}

func (c reactionsRunCommand) Run(ctx context.Context, std Streams) error {
	b, err := c.dial()
	if err != nil {
		return err
	}
	ask := bot.ReactionRun{Team: c.Team, Channels: c.Channel, Reaction: c.Reaction}
	plan, err := b.Reactions(ctx, ask)
	if err != nil {
		return err
	}
	for _, re := range plan.Reactions {
		fmt.Fprintf(std.Out, "%s in #%s%s\n", re.Reaction, re.Name, dryRun(re.DryRun))
		for _, step := range re.Steps {
			fmt.Fprintf(std.Out, "    %s\n", step)
		}
		for _, skip := range re.Skips {
			fmt.Fprintf(std.Out, "    not %s\n", skip)
		}
	}
	fmt.Fprintf(std.Out, "%d to do in %d channels, hash %s\n", plan.Actions, plan.Channels, plan.Hash)
	printCalls(std.Out, rules.Forecast{Calls: plan.Calls, Takes: plan.Takes})
	if !c.Yes || plan.Actions == 0 {
		return nil
	}
	ask.Hash = plan.Hash
	if _, err := b.RunReactions(ctx, ask); err != nil {
		return err
	}
	fmt.Fprintln(std.Out, "It is being done.")
	return nil
}

type reactionsReleaseCommand struct {
	runningBot

	Reaction string `arg:"" help:"The reaction's name."`
}

func (c reactionsReleaseCommand) Run(ctx context.Context, std Streams) error {
	return held(ctx, std, c.runningBot, c.Reaction, false)
}

type reactionsDropCommand struct {
	runningBot

	Reaction string `arg:"" help:"The reaction's name."`
}

func (c reactionsDropCommand) Run(ctx context.Context, std Streams) error {
	return held(ctx, std, c.runningBot, c.Reaction, true)
}

func held(ctx context.Context, std Streams, r runningBot, reaction string, drop bool) error {
	b, err := r.dial()
	if err != nil {
		return err
	}
	said, err := b.HeldReaction(ctx, r.Team, reaction, drop)
	return saidOrRefused(std, said, err)
}
