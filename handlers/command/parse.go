package command

import (
	"fmt"
	"slices"
	"strings"
)

// Call is what somebody asked for.
type Call struct {
	Verb    Verb
	Channel Target
	Person  Target
	Words   []string // list
	About   Verb     // help
}

// Mistake is a text that the grammar does not allow. It quotes nothing: Typed
// holds what was typed, and is not escaped.
type Mistake struct {
	What  string // plain text, without what was typed
	Typed string // what it is about; may be empty
	// Instead is a whole text that was probably meant, empty when there is none.
	Instead string
	// Spec is the verb whose usage helps; its Verb is empty when that was not understood.
	Spec Spec
}

func (m *Mistake) Error() string { return m.What }

// Parse reads the text after the command's name. An empty text asks for help.
// Every error is a *Mistake.
func Parse(text string) (Call, error) {
	words := split(text)
	if len(words) == 0 {
		return Call{Verb: Help}, nil
	}
	spec, ok := Of(words[0])
	if !ok {
		return Call{}, unknown(words)
	}
	return spec.read(words[1:])
}

func unknown(words []string) error {
	m := &Mistake{What: "I don't know that command.", Typed: words[0]}
	if _, looks := read(words[0]); looks == likeChannel && len(words) == 1 {
		m.What = "Tell me what to do with that channel."
		m.Instead = string(Join) + " " + words[0]
		return m
	}
	if near := nearest(words[0]); near != "" {
		spec, _ := Of(near)
		m.Instead = strings.Join(append([]string{string(spec.Verb)}, words[1:]...), " ")
	}
	return m
}

// nearest is the verb, or a word for one, that was probably meant; empty for none.
func nearest(word string) string {
	var verbs []string
	for _, s := range grammar {
		verbs = append(verbs, string(s.Verb))
		verbs = append(verbs, s.Aliases...)
	}
	if near := Closest(word, verbs, 1); len(near) == 1 {
		return near[0]
	}
	return ""
}

func (s Spec) read(words []string) (Call, error) {
	call := Call{Verb: s.Verb}
	if len(s.Arguments) == 1 && s.Arguments[0].Kind == Words {
		call.Words = words
		return call, nil
	}
	if len(s.Arguments) == 1 && s.Arguments[0].Kind == VerbName {
		if len(words) > 0 {
			about, ok := Of(words[0])
			if near := nearest(words[0]); !ok && near != "" {
				about, _ = Of(near)
			}
			call.About = about.Verb
		}
		return call, nil
	}
	if s.takes(Channel) && !s.takes(Person) {
		for _, word := range words {
			t, looks := read(word)
			if looks != likePerson {
				continue
			}
			if t.ID != "" && t.Name != "" { // as people see a mention
				word = "@" + t.Name
			}
			return call, &Mistake{What: fmt.Sprintf("%s is for yourself, so it takes a channel and nobody's name.", s.Verb), Typed: word, Spec: s}
		}
	}
	if len(words) > len(s.Arguments) {
		return call, &Mistake{What: s.tooMany(), Spec: s}
	}
	return s.place(call, words)
}

func (s Spec) tooMany() string {
	switch len(s.Arguments) {
	case 0:
		return fmt.Sprintf("%s needs nothing after it.", s.Verb)
	case 1:
		return "One channel at a time, please."
	}
	return "That is more than I can make sense of."
}

// place gives each word to the argument it looks like, and what could be either
// to the first that is missing, those that must be there before the others.
func (s Spec) place(call Call, words []string) (Call, error) {
	var loose []Target
	for _, word := range words {
		t, looks := read(word)
		switch {
		case looks == likeChannel && s.takes(Channel) && call.Channel.IsZero():
			call.Channel = t
		case looks == likePerson && s.takes(Person) && call.Person.IsZero():
			call.Person = t
		case looks != bare:
			return call, &Mistake{What: "I can't tell what you mean by that.", Typed: word, Spec: s}
		default:
			loose = append(loose, t)
		}
	}
	for _, t := range slices.Backward(loose) { // the channel stands last
		switch {
		case s.takes(Channel) && call.Channel.IsZero():
			call.Channel = t
		case s.takes(Person) && call.Person.IsZero():
			call.Person = t
		default:
			return call, &Mistake{What: "I can't tell what you mean by that.", Typed: t.Written, Spec: s}
		}
	}
	for _, a := range s.Arguments {
		if a.Kind == Channel && !a.Optional && call.Channel.IsZero() {
			return call, &Mistake{What: fmt.Sprintf("Which channel? %s needs its name.", s.Verb), Spec: s}
		}
	}
	return call, nil
}

func (s Spec) takes(k Kind) bool {
	for _, a := range s.Arguments {
		if a.Kind == k {
			return true
		}
	}
	return false
}
