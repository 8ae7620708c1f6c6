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
)

// Compile turns a policy as written into one that can decide. Every problem is
// reported at once, sorted by place. A broken rule is set aside and named; the
// rest goes on. A broken cluster lets nobody in, but while it is not off, nobody
// is removed from the channels it claims. What is broken in brakes or protect
// falls back to the default, in admins or owners to nobody. The Policy is nil
// only when a Problem is Fatal.
func Compile(cfg Config) (*Policy, []Problem) {
	c := &compiler{}
	p := &Policy{workspace: cfg.Workspace, contact: cfg.Contact, hash: hashOf(cfg), memo: &memo{}}
	if cfg.Workspace != "" && !isID(string(cfg.Workspace)) {
		c.add(cfg.At, "workspace", fmt.Sprintf("%q is not a workspace's id", cfg.Workspace), "write the id that begins with T, or leave it out")
	}
	c.rule = "admins"
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
	rule     string // the one being compiled
	wrong    int    // problems of that rule that set it aside
}

func (c *compiler) begin(rule string, broken bool) {
	c.rule, c.wrong = rule, 0
	if broken {
		c.wrong++
	}
}

func (c *compiler) add(at Place, rule, what, hint string) {
	c.problems = append(c.problems, Problem{At: at, Rule: rule, What: what, Hint: hint})
}

// bad reports something that sets the present rule aside.
func (c *compiler) bad(at Place, hint, format string, args ...any) {
	c.wrong++
	c.add(at, c.rule, fmt.Sprintf(format, args...), hint)
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
	if v.Type() == reflect.TypeFor[Place]() {
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
