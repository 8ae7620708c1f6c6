// Package command holds the slash command's grammar as data: verbs with their
// aliases, arguments, who may use them and what help says; and reads what
// people typed by it.
//
// It must never carry anything out, or say who somebody is: it is told.
//
// Decision: parsing, usage, help and suggestions all come from one table, so
// that a verb cannot exist without its help, and a helpful answer to a mistake
// needs no code of its own.
package command

import (
	"slices"
	"strings"
)

// Verb is the first word, as the table spells it.
type Verb string

// The verbs.
const (
	Help   Verb = "help"
	List   Verb = "list"
	Join   Verb = "join"
	Leave  Verb = "leave"
	Why    Verb = "why"
	Status Verb = "status"
	Group  Verb = "group"
	Pause  Verb = "pause"
	Resume Verb = "resume"
)

// Who may use a verb.
type Who int

// The zero value is everybody.
const (
	Anyone Who = iota
	Admins
)

// Kind is what an argument stands for.
type Kind int

// The kinds of arguments. Words takes all that is left.
const (
	Words Kind = iota
	Channel
	Person
	VerbName
)

// Argument is one thing that follows the verb.
type Argument struct {
	Kind     Kind
	Optional bool
}

func (a Argument) String() string {
	s := map[Kind]string{Words: "words", Channel: "#channel", Person: "@person", VerbName: "command"}[a.Kind]
	if a.Optional {
		return "[" + s + "]"
	}
	return s
}

// Spec is one verb.
type Spec struct {
	Verb      Verb
	Aliases   []string
	Arguments []Argument
	Who       Who
	Does      string // what it does, for help: plain text
	Example   string // arguments of an example, for usage
}

// Usage is how the verb is typed, after the command's own name.
func (s Spec) Usage() string {
	words := []string{string(s.Verb)}
	for _, a := range s.Arguments {
		words = append(words, a.String())
	}
	return strings.Join(words, " ")
}

// Grammar is every verb, in the order of help.
func Grammar() []Spec { return grammar }

var grammar = []Spec{
	{
		Verb: List, Aliases: []string{"ls", "channels", "show"},
		Arguments: []Argument{{Kind: Words, Optional: true}},
		Does:      "shows the channels you are in and those you may join, all or those with these words in their name",
		Example:   "finance",
	},
	{
		Verb: Join, Aliases: []string{"add", "enter"},
		Arguments: []Argument{{Kind: Channel}},
		Does:      "lets you into a channel, if its rule lets you",
		Example:   "#finance-forecast",
	},
	{
		Verb: Leave, Aliases: []string{"exit", "quit", "part"},
		Arguments: []Argument{{Kind: Channel}},
		Does:      "takes you out of a channel",
		Example:   "#finance-forecast",
	},
	{
		Verb: Why, Aliases: []string{"explain", "reason"},
		Arguments: []Argument{{Kind: Person, Optional: true}, {Kind: Channel}},
		Does:      "explains why you may, or may not, be in a channel",
		Example:   "#finance-forecast",
	},
	{
		Verb: Group, Aliases: []string{"groups", "usergroup", "usergroups"},
		Arguments: []Argument{{Kind: Words, Optional: true}},
		Does:      "shows user groups, lets you into them or out of them, and changes those you answer for",
		Example:   "join @finance-oncall",
	},
	{
		Verb: Status, Aliases: []string{"health", "info"},
		Does: "says how I am doing here",
	},
	{
		Verb: Pause, Aliases: []string{"stop", "halt"},
		Arguments: []Argument{{Kind: Words, Optional: true}},
		Who:       Admins,
		Does:      "stops every change in this workspace at once, until somebody resumes; the words say why",
		Example:   "the finance rule is wrong",
	},
	{
		Verb: Resume, Aliases: []string{"continue", "unpause"},
		Who:  Admins,
		Does: "lets me go on after a pause",
	},
	{
		Verb: Help, Aliases: []string{"?", "-h", "--help", "-help", "usage", "man", "hello", "hi"},
		Arguments: []Argument{{Kind: VerbName, Optional: true}},
		Does:      "shows what you can ask of me",
	},
}

// Of is a verb by its name or an alias of it, in any case.
func Of(word string) (Spec, bool) {
	word = strings.ToLower(word)
	for _, s := range grammar {
		if string(s.Verb) == word {
			return s, true
		}
		if slices.Contains(s.Aliases, word) {
			return s, true
		}
	}
	return Spec{}, false
}

// For are the verbs somebody may use.
func For(admin bool) []Spec {
	var specs []Spec
	for _, s := range grammar {
		if s.Who == Anyone || admin {
			specs = append(specs, s)
		}
	}
	return specs
}
