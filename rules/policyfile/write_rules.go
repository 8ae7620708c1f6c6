package policyfile

import (
	"slices"
	"strings"

	"usher/rules"
)

// The first key of each rule is written even when empty, for it carries the dash.

func (w *writer) cluster(c rules.ClusterConfig) {
	w.dash = true
	w.line(4, "name", quote(c.Name))
	w.text(4, "description", c.Description)
	w.sources(4, "members", c.Members)
	w.sources(4, "except", c.Except)
	w.patterns(4, "channels", c.Channels)
	w.patterns(4, "but_not", c.ButNot)
	w.word(4, "join", c.Join)
	w.word(4, "others", c.Others)
	w.word(4, "grace", c.Grace)
	w.sources(4, "owners", c.Owners)
	w.flow(4, "grants", pair("default", c.GrantFor), pair("max", c.GrantMax))
	w.flag(4, "native", c.Native)
	w.word(4, "mode", c.Mode)
}

func (w *writer) usergroup(g rules.UsergroupConfig) {
	w.dash = true
	w.line(4, "handle", quote(g.Handle))
	w.text(4, "name", g.Name)
	w.text(4, "description", g.Description)
	w.words(4, "channels", g.Channels)
	w.words(4, "additional_channels", g.AdditionalChannels)
	w.flag(4, "section", g.Section)
	w.sources(4, "members", g.Members)
	w.sources(4, "except", g.Except)
	w.word(4, "by_hand", g.ByHand)
	w.word(4, "when_empty", g.WhenEmpty)
	w.text(4, "placeholder", g.Placeholder)
	w.flag(4, "coupled", g.Coupled)
	w.word(4, "join", g.Join)
	w.sources(4, "owners", g.Owners)
	w.word(4, "mode", g.Mode)
}

func (w *writer) reaction(r rules.ReactionConfig) {
	w.dash = true
	w.line(4, "name", quote(r.Name))
	w.words(4, "on", r.On)
	w.patterns(4, "channels", r.Channels)
	w.patterns(4, "but_not", r.ButNot)
	if len(r.Do) > 0 {
		w.raw("    do:\n")
	}
	for _, s := range r.Do {
		w.raw("      - " + step(s) + "\n")
	}
	w.word(4, "mode", r.Mode)
}

func step(s rules.StepConfig) string {
	if s.Sources != nil {
		parts := make([]string, len(s.Sources))
		for i, from := range s.Sources {
			parts[i] = "{" + source(from) + "}"
		}
		return s.Verb + ": [" + strings.Join(parts, ", ") + "]"
	}
	if s.Args == nil {
		return s.Verb
	}
	if only, ok := s.Args[""]; ok {
		return s.Verb + ": " + quote(only.Text)
	}
	var order []string
	if shape, ok := stepArgs[s.Verb]; ok {
		order = keys(shape)
	}
	var parts []string
	for _, key := range order {
		if arg, ok := s.Args[key]; ok && !slices.Contains(parts, key) {
			write := quote
			if s.Verb == "archive" {
				write = quoteWord
			}
			parts = append(parts, key+": "+write(arg.Text))
		}
	}
	return s.Verb + ": {" + strings.Join(parts, ", ") + "}"
}
