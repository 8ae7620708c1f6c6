package rules

import (
	"fmt"
	"time"

	"usher/rules/workspace"
)

// Place is where something stands in a policy file. The zero value is nowhere.
type Place struct {
	File         string
	Line, Column int
	Path         string // $.clusters[0].members[1]
}

func (p Place) String() string {
	switch {
	case p.File == "" && p.Line == 0:
		return p.Path
	case p.Path == "":
		return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Path)
}

// Places is where each value of a policy stands, for problems to point at, by
// file and path: what a Config's texts have no Place of their own for.
type Places map[Place]Place

// Note remembers where a value stands.
func (p Places) Note(at Place) { p[Place{File: at.File, Path: at.Path}] = at }

// Under is the place of a value below a mapping or list, or where that would
// stand: .name, .members[1].
func (p Places) Under(at Place, rest string) Place {
	if found, ok := p[Place{File: at.File, Path: at.Path + rest}]; ok {
		return found
	}
	if at.Path != "" {
		at.Path += rest
	}
	return at
}

// Config is a policy as somebody wrote it: texts, not yet compiled. policyfile
// reads it from YAML and writes it back; Compile turns it into a Policy.
// Defaults are applied by Compile, so the zero value of a field means "not said".
type Config struct {
	At         Place
	Workspace  workspace.TeamID // the one workspace this is about; empty: every workspace
	Admins     []Source         // Channel and Where are not allowed here
	Contact    string           // "#help-slack"
	Brakes     BrakesConfig
	Protect    ProtectConfig
	Clusters   []ClusterConfig
	Usergroups []UsergroupConfig
	Reactions  []ReactionConfig
	Invites    *InvitesConfig
	Places     Places // may be nil
}

// Source is one place where eligible people come from. Exactly one of its
// fields is set.
type Source struct {
	At        Place
	Channel   string   // name or id
	Usergroup string   // handle or id
	IDPGroup  string   // id
	Users     []string // ids or e-mail addresses; `user: x` is a list of one
	Where     string   // CEL over user
}

// Pattern is one RE2 expression, matching a whole channel name, or a channel id.
type Pattern struct {
	At   Place
	Text string
}

// Word is a text with its place, where an error may have to point at it.
type Word struct {
	At   Place
	Text string
}

// BrakesConfig is what stops a plan until somebody releases it. Texts, because
// shares are written "20%". Empty: the default (25, 20%, 50%, 100, 3).
type BrakesConfig struct {
	Removals, Share, SourceShrink Word
	Reactions                     Word // channels that one reaction may touch in an hour; default 100
	Flapping                      Word // times that somebody may be removed from one channel within a day; default 3
	FourEyes                      bool // releasing takes two administrators
}

// ProtectConfig is who is never removed. Kinds nil: all five
// (bots, owners, admins, guests, external); an empty list: only People.
type ProtectConfig struct {
	Kinds  []Word
	People []Word
}

// ClusterConfig is one cluster as written.
type ClusterConfig struct {
	At          Place
	Broken      bool // the reader reported something in it: Compile sets it aside, but the channels it names stay claimed by something not understood
	Name        string
	Description string
	Members     []Source
	Except      []Source
	Channels    []Pattern
	ButNot      []Pattern
	Join        Word // self | request | everyone | closed; default self
	Others      Word // allow | report | warn | remove; default report
	Grace       Word // a duration: 24h, 30d; default none
	Owners      []Source
	GrantFor    Word // grants.default, default 30d
	GrantMax    Word // grants.max, default 90d
	Native      bool
	Mode        Word // off | report | enforce; default report
}

// UsergroupConfig is one managed user group as written.
type UsergroupConfig struct {
	At                 Place
	Broken             bool // the reader reported something in it: Compile sets it aside
	Handle             string
	Name               string
	Description        string
	Channels           []Word
	AdditionalChannels []Word
	Section            bool
	Members            []Source
	Except             []Source
	ByHand             Word // keep | revert; default keep
	WhenEmpty          Word // disable | keep | placeholder; default keep
	Placeholder        string
	Coupled            bool
	Join               Word // self | request | closed; default closed
	Owners             []Source
	Mode               Word
}

// ReactionConfig is one reaction as written.
type ReactionConfig struct {
	At       Place
	Broken   bool // the reader reported something in it: Compile sets it aside
	Name     string
	On       []Word // created renamed archived unarchived converted
	Channels []Pattern
	ButNot   []Pattern
	Do       []StepConfig
	Mode     Word
}

// StepConfig is one step of a reaction: its verb and its arguments as written.
// A verb without arguments has none; a verb with one text has it under "".
type StepConfig struct {
	At      Place
	Verb    string
	Args    map[string]Word
	Sources []Source // invite
}

// InvitesConfig is who may bring people into the workspace, as written.
type InvitesConfig struct {
	At          Place
	Broken      bool // the reader reported something in it: Compile sets it aside
	Join        Word // request | admins
	Approvers   []Source
	Domains     []Word
	GuestExpiry Word
	Via         Word // admin | scim | legacy
}

// Problem is one thing wrong with a policy. Fatal ones concern the file as a
// whole; the others set one rule (Rule: "cluster finance") aside.
type Problem struct {
	At    Place
	Rule  string
	What  string // what is wrong
	Hint  string // what is allowed, or what to do
	Fatal bool
	// Undefined: it names something that the workspace does not have.
	Undefined bool
}

func (p Problem) Error() string {
	s := p.At.String() + ": " + p.What
	if p.Hint != "" {
		s += "; " + p.Hint
	}
	return s
}

// Days is the length of a policy's day, for durations like 30d.
const Days = 24 * time.Hour
