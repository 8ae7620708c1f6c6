package main

import (
	"strings"

	"usher/bot"
	"usher/bot/store"
	"usher/rules"
	"usher/rules/workspace"
)

// reasonsOf is why something was decided, or what stood in the way of an action.
func reasonsOf(r store.Record, w *workspace.Snapshot) []string {
	if r.Kind == store.RecordDecision {
		if d, err := r.Decision(); err == nil {
			return d.Words(w, rules.Operator)
		}
	}
	if r.Kind == store.RecordReaction {
		return reactedWords(r)
	}
	all := peopleIn(r, w)
	for _, key := range []string{"sentence", "why"} {
		if s, ok := r.Body[key].(string); ok && s != "" {
			all = append(all, s)
		}
	}
	return all
}

// peopleIn names those whom a row is about where they are several.
func peopleIn(r store.Record, w *workspace.Snapshot) []string {
	value, _ := r.Body["value"].(map[string]any)
	var all []string
	for _, list := range []struct {
		of         map[string]any
		key, words string
	}{
		{r.Body, "users", "people"}, {r.Body, "set", "only"}, {r.Body, "add", "in"}, {r.Body, "remove", "out"}, {value, "added", "in"}, {value, "removed", "out"},
	} {
		var names []string
		for _, id := range idsIn(list.of[list.key]) {
			names = append(names, bot.Named(w, id))
		}
		if len(names) > 0 {
			all = append(all, list.words+": "+strings.Join(names, ", "))
		}
	}
	return all
}

// idsIn are the ids of a list, or of one written as a text.
func idsIn(v any) (all []string) {
	switch v := v.(type) {
	case string:
		return strings.FieldsFunc(v, func(c rune) bool { return c == ',' })
	case []any:
		for _, one := range v {
			if s, ok := one.(string); ok {
				all = append(all, s)
			}
		}
	}
	return all
}

// reactedWords is what a reaction would do where it only reports, or what of it
// waits, and what it leaves out.
func reactedWords(r store.Record) []string {
	list := func(key string) (all []string) {
		some, _ := r.Body[key].([]any)
		for _, one := range some {
			if s, ok := one.(string); ok {
				all = append(all, s)
			}
		}
		return all
	}
	var all []string
	steps := strings.Join(list("steps"), ", ")
	switch {
	case steps == "":
	case r.Verdict == "report":
		all = append(all, "Would do: "+steps+".")
	case r.Verdict == "held":
		all = append(all, "Waits for an administrator: "+steps+".")
	}
	for _, s := range list("skips") {
		all = append(all, "Not "+s)
	}
	return all
}
