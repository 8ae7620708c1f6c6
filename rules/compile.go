package rules

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// Compile turns a policy as written into one that can decide. Every problem is
// reported at once, sorted by place. A broken rule is set aside and named; the
// rest goes on. A broken cluster lets nobody in, but while it is not off, nobody
// is removed from the channels it claims. What is broken in brakes or protect
// falls back to the default, in admins or owners to nobody. The Policy is nil
// only when a Problem is Fatal.
func Compile(cfg Config) (*Policy, []Problem) {
	c := &compiler{places: cfg.Places}
	p := &Policy{workspace: cfg.Workspace, contact: cfg.Contact, hash: hashOf(cfg), memo: &memo{}}
	if team := string(cfg.Workspace); team != "" && !(isID(team) && strings.HasPrefix(team, "T")) {
		// Of a policy about nobody knows which workspace nothing is done.
		c.problems = append(c.problems, Problem{At: c.under(cfg.At, ".workspace"), Rule: "workspace", Fatal: true,
			What: fmt.Sprintf("%q is not a workspace's id", cfg.Workspace), Hint: "write the id that begins with T, or leave it out"})
	}
	c.begin("contact", false)
	c.oneLine(c.under(cfg.At, ".contact"), "contact", cfg.Contact, contactLength)
	c.begin("admins", false)
	p.admins = c.sources(cfg.Admins, FromUsergroup, FromIDPGroup, FromUsers)
	p.brakes = c.brakes(cfg.Brakes)
	p.protect = c.protection(cfg.Protect)
	names := map[string]Place{}
	for _, written := range cfg.Clusters {
		p.clusters = append(p.clusters, c.cluster(written, names))
	}
	handles := map[string]Place{}
	for _, written := range cfg.Usergroups {
		if g, ok := c.usergroup(written, handles); ok {
			p.usergroups = append(p.usergroups, g)
		}
	}
	names = map[string]Place{}
	for _, written := range cfg.Reactions {
		if r, ok := c.reaction(written, names); ok {
			p.reactions = append(p.reactions, r)
		}
	}
	if cfg.Invites != nil {
		p.invites = c.invites(*cfg.Invites)
	}
	p.index = newIndex(p.clusters)
	sortProblems(c.problems)
	return p, c.problems
}

// sortProblems puts problems in the order of their places.
func sortProblems(problems []Problem) {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.At.File, b.At.File), cmp.Compare(a.At.Line, b.At.Line),
			cmp.Compare(a.At.Column, b.At.Column), strings.Compare(a.At.Path, b.At.Path), strings.Compare(a.What, b.What))
	})
}

// compiler collects what is wrong.
type compiler struct {
	problems []Problem
	places   Places
	rule     string // the one being compiled
	wrong    int    // problems of that rule that set it aside
}

// under is where a value below a mapping or list stands.
func (c *compiler) under(at Place, rest string) Place { return c.places.Under(at, rest) }

func (c *compiler) begin(rule string, broken bool) {
	c.rule, c.wrong = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '�'
		}
		return r
	}, rule), 0
	if broken {
		c.wrong++
	}
}

// bad reports something that sets the present rule aside.
func (c *compiler) bad(at Place, hint, format string, args ...any) {
	c.wrong++
	c.problems = append(c.problems, Problem{At: at, Rule: c.rule, What: fmt.Sprintf(format, args...), Hint: hint})
}

// once reports a name used twice.
func (c *compiler) once(seen map[string]Place, at Place, what, name string) {
	if first, twice := seen[name]; twice {
		c.bad(at, "give each a name of its own", "%s %q is defined twice, first at %s", what, name, first)
		return
	}
	seen[name] = at
}

// enum reads one of some words.
func enum[T ~string](c *compiler, w Word, otherwise T, allowed ...T) T {
	if w.Text == "" {
		return otherwise
	}
	if slices.Contains(allowed, T(w.Text)) {
		return T(w.Text)
	}
	list := make([]string, len(allowed))
	for i, a := range allowed {
		list[i] = string(a)
	}
	c.bad(w.At, "use one of "+strings.Join(list, ", "), "%q is not known here", w.Text)
	return otherwise
}

// hashOf names what a configuration says, wherever its lines stand.
func hashOf(cfg Config) string {
	h := sha256.New()
	hashValue(h, reflect.ValueOf(cfg))
	return hex.EncodeToString(h.Sum(nil))[:16]
}

func hashValue(h hash.Hash, v reflect.Value) {
	if v.Type() == reflect.TypeFor[Place]() || v.Type() == reflect.TypeFor[Places]() {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for _, field := range v.Fields() {
			hashValue(h, field)
		}
	case reflect.Slice:
		_, _ = fmt.Fprintf(h, "[%d,%t", v.Len(), v.IsNil())
		for i := range v.Len() {
			hashValue(h, v.Index(i))
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		_, _ = fmt.Fprintf(h, "{%d", len(keys))
		for _, k := range keys {
			_, _ = fmt.Fprintf(h, "%q:", k.String())
			hashValue(h, v.MapIndex(k))
		}
	case reflect.Pointer:
		if v.IsNil() {
			_, _ = io.WriteString(h, "-")
			return
		}
		hashValue(h, v.Elem())
	default:
		_, _ = fmt.Fprintf(h, "%#v;", v.Interface())
	}
}
