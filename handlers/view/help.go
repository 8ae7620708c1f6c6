package view

import (
	"fmt"
	"strings"

	"usher/handlers/command"
)

// Help is what one can ask for, as far as one may.
func Help(name string, specs []command.Spec) Message {
	lines := []string{"Hello! I let people into the channels they belong in. You can ask me:"}
	for _, s := range specs {
		lines = append(lines, fmt.Sprintf("• %s %s", Code(name+" "+s.Usage()), s.Does))
	}
	lines = append(lines, "The same is in my Home tab, with buttons.")
	return Say(strings.Join(lines, "\n"))
}

// HelpAbout explains one verb.
func HelpAbout(name string, s command.Spec) Message {
	text := fmt.Sprintf("%s %s.", Code(name+" "+s.Usage()), s.Does)
	if s.Example != "" {
		text += " For example " + Code(name+" "+string(s.Verb)+" "+s.Example) + "."
	}
	if len(s.Aliases) > 0 {
		var words []string
		for _, a := range s.Aliases {
			words = append(words, Code(a))
		}
		text += " Instead of " + Code(string(s.Verb)) + " you may say " + list(words, "or") + "."
	}
	return Say(text)
}

// Mistake says what was not understood, and what to type instead.
func Mistake(name string, m *command.Mistake) (what, next string) {
	what = m.What
	if m.Typed != "" {
		what = fmt.Sprintf("%s: %s", Quoted(m.Typed), strings.ToLower(m.What[:1])+m.What[1:])
		if strings.HasPrefix(m.What, "I ") || strings.HasPrefix(m.What, "I'") {
			what = fmt.Sprintf("%s: %s", Quoted(m.Typed), m.What)
		}
	}
	switch {
	case m.Instead != "":
		next = "Did you mean " + Code(name+" "+m.Instead) + "? "
	case m.Spec.Verb != "":
		next = "Type it like this: " + Code(name+" "+m.Spec.Usage())
		if m.Spec.Example != "" {
			next += ", for example " + Code(name+" "+string(m.Spec.Verb)+" "+m.Spec.Example)
		}
		return what, next + "."
	}
	return what, next + Code(name+" help") + " shows everything you can ask for."
}
