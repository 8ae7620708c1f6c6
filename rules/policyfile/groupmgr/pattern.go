package groupmgr

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"usher/rules"
)

// patterns carries over a list of Python expressions, or a single one.
func (t *team) patterns(about string, v value) []rules.Pattern {
	var kept []rules.Pattern
	for i, item := range v.list() {
		where := fmt.Sprintf("%s[%d]", about, i)
		if item.kind != isText || item.text == "" {
			t.Note(where, "not understood: it is not a pattern")
			continue
		}
		if p, ok := t.pattern(where, item.text); ok {
			kept = append(kept, rules.Pattern{Text: p})
		}
	}
	return kept
}

// python are the things that Python's expressions have and RE2 has not.
var python = []struct {
	what, hint string
	found      *regexp.Regexp
}{
	{"a lookahead", "write the names it lets through under channels and those it keeps out under but_not", regexp.MustCompile(`\(\?[=!]`)},
	{"a lookbehind", "write the names it lets through under channels and those it keeps out under but_not", regexp.MustCompile(`\(\?<[=!]`)},
	{"a backreference", "write the names out", regexp.MustCompile(`\\[1-9]|\(\?P=`)},
	{"a condition", "write the names out", regexp.MustCompile(`\(\?\(`)},
	{"an atomic group or a possessive repeat", "use an ordinary one", regexp.MustCompile(`\(\?>|[*+?}]\+`)},
}

// pattern carries over one expression. Python matched it at the beginning of a
// name, Usher matches whole names: what a name may go on with is not added, for
// that would open channels nobody thought of.
func (t *team) pattern(about, text string) (string, bool) {
	re := atMost.ReplaceAllString(strings.ReplaceAll(text, `\Z`, `\z`), "{0,$1}")
	if _, err := regexp.Compile(re); err != nil {
		for _, p := range python {
			if p.found.MatchString(text) {
				t.Note(about, "left out: %q has %s, which RE2 does not have; %s", text, p.what, p.hint)
				return "", false
			}
		}
		t.Note(about, "left out: %q is not an RE2 expression: %s", text, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		return "", false
	}
	if letters.MatchString(re) {
		t.Note(about, `%q: \w and \d meant letters and digits of every language, now only a to z, 0 to 9 and _; write \pL and \pN for the old meaning`, text)
	}
	if !whole(re) {
		t.Note(about, "%q matched the beginning of a name, so also %s; now it matches the whole name. For the old meaning write %s", text, clipName(text)+"-anything", open(re))
	}
	return re, true
}

// What Python writes and RE2 takes for something else, or for less.
var (
	atMost  = regexp.MustCompile(`\{,([0-9]+)\}`)
	letters = regexp.MustCompile(`\\[wWdDbB]`)
)

// whole reports whether an expression that matches the beginning of a name
// matches the whole name: because it goes on to the end in any case.
func whole(re string) bool {
	tree, err := syntax.Parse(re, syntax.Perl)
	return err == nil && toTheEnd(tree.Simplify())
}

func toTheEnd(r *syntax.Regexp) bool {
	switch r.Op {
	case syntax.OpEndText, syntax.OpEndLine:
		return true
	case syntax.OpStar, syntax.OpPlus:
		return r.Sub[0].Op == syntax.OpAnyChar || r.Sub[0].Op == syntax.OpAnyCharNotNL
	case syntax.OpCapture:
		return toTheEnd(r.Sub[0])
	case syntax.OpConcat:
		return toTheEnd(r.Sub[len(r.Sub)-1])
	case syntax.OpAlternate:
		return !slices.ContainsFunc(r.Sub, func(s *syntax.Regexp) bool { return !toTheEnd(s) })
	}
	return false
}

// clipName is how a pattern's text begins, as an example of a name.
func clipName(text string) string {
	if end := strings.IndexAny(text, `\.+*?()|[]{}^$`); end > 0 {
		return text[:end] + "…"
	} else if end == 0 {
		return "…"
	}
	return text
}

// open is the pattern that matches whatever begins as re does.
func open(re string) string {
	if strings.Contains(re, "|") {
		return "(" + re + ").*"
	}
	return re + ".*"
}
