package policyfile

import (
	"fmt"
	"slices"
	"strings"

	"usher/rules"
)

func (r *reader) reaction(n *node, path string) rules.ReactionConfig {
	c := rules.ReactionConfig{At: r.place(n.line, n.column, path)}
	shape := reactionDoc{}
	r.fields(n, path, "", shape, map[string]field{
		"name":     r.string(&c.Name),
		"on":       r.words(&c.On, allowed(shape, "on")),
		"channels": r.patterns(&c.Channels),
		"but_not":  r.patterns(&c.ButNot),
		"do": r.each(`a list of steps: [join, {topic: "…"}]`, func(n *node, path string) {
			if s, ok := r.step(n, path); ok {
				c.Do = append(c.Do, s)
			}
		}),
		"mode": r.choice(&c.Mode, shape, "mode"),
	})
	c.Broken = r.failed
	return c
}

// stepArgs are the verbs that take several arguments, with what they take.
var stepArgs = map[string]any{"bookmark": bookmarkDoc{}, "announce": announceDoc{}, "archive": archiveDoc{}}

// step reads one step: a verb alone, or a verb with what it takes.
func (r *reader) step(n *node, path string) (rules.StepConfig, bool) {
	s := rules.StepConfig{At: r.place(n.line, n.column, path)}
	verbs := keys(stepDoc{})
	if n.kind == text {
		s.Verb = n.text
		switch {
		case !slices.Contains(verbs, s.Verb):
			r.say(n.line, n.column, path, fmt.Sprintf("unknown step %q", clip(s.Verb)), hint(s.Verb, verbs))
			return s, false
		case s.Verb != "join":
			r.say(n.line, n.column, path, fmt.Sprintf("%q needs to be told what", s.Verb), fmt.Sprintf("write {%s: …}", s.Verb))
			return s, false
		}
		return s, true
	}
	if !r.is(n, path, mapping, `a step: join, or {topic: "…"}`) {
		return s, false
	}
	if len(n.entries) != 1 {
		r.say(n.line, n.column, path, fmt.Sprintf("one step has %d verbs", len(n.entries)), "make each a step of its own in the list, with its - in front")
		return s, false
	}
	e := n.entries[0]
	s.Verb = e.key
	at := path + "." + clip(e.key)
	whole := false // of the kind it has to be, whatever is wrong in it
	switch args, several := stepArgs[e.key]; {
	case !slices.Contains(verbs, e.key):
		r.say(e.line, e.column, at, fmt.Sprintf("unknown step %q", clip(e.key)), hint(e.key, verbs))
	case several:
		s.Args, whole = r.args(e.value, at, args), e.value.kind == mapping
	case e.key == "invite":
		r.sources(&s.Sources, sourceDoc{})(e.value, at)
		whole = e.value.kind == list
	case e.key == "join":
		r.say(e.value.line, e.value.column, at, "join takes nothing", "write it alone: - join")
	default:
		w, ok := r.oneWord(e.value, at, nil)
		if ok && strings.TrimSpace(w.Text) == "" {
			r.say(w.At.Line, w.At.Column, at, "is empty", "write a text")
			ok = false
		}
		s.Args, whole = map[string]rules.Word{"": w}, ok
	}
	return s, whole
}

func (r *reader) args(n *node, path string, shape any) map[string]rules.Word {
	args := map[string]rules.Word{}
	read := map[string]field{}
	for _, key := range keys(shape) {
		read[key] = func(n *node, path string) {
			var w rules.Word
			switch key {
			case "unless_active":
				r.value(&w, boolean, "true or false")(n, path)
			case "after", "warn":
				r.value(&w, text, aLength)(n, path)
			default:
				w, _ = r.oneWord(n, path, nil)
			}
			if w.At.Line != 0 {
				args[key] = w
			}
		}
	}
	r.fields(n, path, fmt.Sprintf("a mapping with %s", strings.Join(keys(shape), ", ")), shape, read)
	return args
}
