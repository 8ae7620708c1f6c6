// Package tempelis reads a directory of tempelis, which kept a workspace's
// channels and user groups equal to YAML files, into a policy.
//
// It must never copy a secret (its files hold none) and never let a group lose
// people because one of its names could not be understood.
//
// Decision: its groups become managed groups in mode report, because a list
// that was right for another tool is looked at once before Usher writes it.
package tempelis

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"usher/rules"
	"usher/rules/policyfile"
)

// Import reads all *.yaml files below a directory, or one file.
func Import(fsys fs.FS, name string) (policyfile.Imported, error) {
	im := &importer{users: map[string]string{}}
	files := 0
	err := fs.WalkDir(fsys, name, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir(), path != name && !strings.HasSuffix(path, ".yaml"):
			return nil
		}
		src, err := fs.ReadFile(fsys, path)
		if err != nil {
			return err
		}
		files++
		im.file(path, src)
		return nil
	})
	if err != nil {
		return policyfile.Imported{}, fmt.Errorf("read tempelis's files: %w", err)
	}
	if files == 0 {
		return policyfile.Imported{}, fmt.Errorf("read tempelis's files: %s holds no *.yaml file", name)
	}
	return im.finish(), nil
}

// importer collects what the files say; users may be named in any of them.
type importer struct {
	policyfile.Imported
	users      map[string]string // what the files call them -> id; empty: several
	usergroups []placed
	channels   int
	moderated  int
	template   map[string]any
	templateAt string
	restricted bool
}

// placed is a value with the place it came from.
type placed struct {
	at     string
	fields map[string]any
}

func (im *importer) file(name string, src []byte) {
	v, problems := policyfile.Values(name, src)
	for _, p := range problems {
		im.Note(fmt.Sprintf("%s:%d:%d", name, p.At.Line, p.At.Column), "%s; what stands there was left out", p.What)
	}
	top, ok := v.(map[string]any)
	if !ok {
		if v != nil {
			im.Note(name, "not understood: it is not a mapping")
		}
		return
	}
	for _, key := range sorted(top) {
		at := name + ": " + key
		switch key {
		case "users":
			im.readUsers(at, top[key])
		case "usergroups":
			im.usergroups = append(im.usergroups, im.mappings(at, top[key])...)
		case "channels":
			im.readChannels(at, top[key])
		case "channel_template":
			im.readTemplate(at, top[key])
		case "restrictions":
			im.restricted = true
		default:
			im.Note(at, "not understood, and left out")
		}
	}
}

func (im *importer) readUsers(at string, v any) {
	all, ok := v.(map[string]any)
	if !ok {
		im.Note(at, "not understood: it is not a mapping from names to ids")
		return
	}
	for _, name := range sorted(all) {
		id, ok := all[name].(string)
		switch other, twice := im.users[name]; {
		case !ok || id == "":
			im.Note(at+"."+name, "not understood: it is not an id")
		case twice && other != id:
			im.Note(at+"."+name, "stands for two people; neither counted")
			im.users[name] = ""
		default:
			im.users[name] = id
		}
	}
}

// mappings are the mappings of a list.
func (im *importer) mappings(at string, v any) []placed {
	items, ok := v.([]any)
	if !ok {
		im.Note(at, "not understood: it is not a list")
		return nil
	}
	var all []placed
	for i, item := range items {
		where := fmt.Sprintf("%s[%d]", at, i)
		fields, ok := item.(map[string]any)
		if !ok {
			im.Note(where, "not understood: it is not a mapping")
			continue
		}
		all = append(all, placed{where, fields})
	}
	return all
}

func (im *importer) readChannels(at string, v any) {
	for _, c := range im.mappings(at, v) {
		im.channels++
		if c.fields["moderators"] != nil {
			im.moderated++
		}
		im.unknown(c, "name", "id", "archived", "moderators")
	}
}

func (im *importer) readTemplate(at string, v any) {
	fields, ok := v.(map[string]any)
	switch {
	case !ok:
		im.Note(at, "not understood: it is not a mapping")
	case im.template != nil:
		im.Note(at, "given twice; the one in %s counted", im.templateAt)
	default:
		im.template, im.templateAt = fields, at
		im.unknown(placed{at, fields}, "topic", "purpose", "pins")
	}
}

func (im *importer) unknown(p placed, known ...string) {
	for _, key := range sorted(p.fields) {
		if !slices.Contains(known, key) {
			im.Note(p.at+"."+key, "not understood, and left out")
		}
	}
}

func (im *importer) finish() policyfile.Imported {
	seen := map[string]bool{}
	for _, g := range im.usergroups {
		im.usergroup(g, seen)
	}
	if im.template != nil {
		im.reaction()
	}
	if len(im.Config.Usergroups) > 0 {
		im.Note("", "groups that are not in the policy are left alone; tempelis disabled them")
		im.Note("", "the groups only report until their mode is enforce: look at usher plan first")
	}
	if im.channels > 0 {
		im.Note("channels", "%d listed; Usher does not create, rename or archive channels by a list. What a new channel may be called is a reaction with on: [created, renamed]", im.channels)
	}
	if im.moderated > 0 {
		im.Note("channels", "%d have moderators, which Usher does not know", im.moderated)
	}
	if im.restricted {
		im.Note("restrictions", "left out: who may change which file is for the place that keeps the files")
	}
	im.Settle()
	return im.Imported
}

func (im *importer) reaction() {
	r := rules.ReactionConfig{
		Name: "channel-template", On: []rules.Word{{Text: "created"}},
		Channels: []rules.Pattern{{Text: ".*"}}, Do: []rules.StepConfig{{Verb: "join"}}, Mode: rules.Word{Text: "report"},
	}
	step := func(verb, at string, v any) {
		s, ok := v.(string)
		switch {
		case v == nil:
		case !ok || strings.TrimSpace(s) == "":
			im.Note(at, "not understood: it is not a text")
		default:
			// Braces in a text of tempelis mean nothing, in a reaction they do.
			s = strings.ReplaceAll(strings.TrimSpace(s), "{{", "{ {")
			r.Do = append(r.Do, rules.StepConfig{Verb: verb, Args: map[string]rules.Word{"": {Text: s}}})
		}
	}
	step("topic", im.templateAt+".topic", im.template["topic"])
	step("purpose", im.templateAt+".purpose", im.template["purpose"])
	for i, pin := range texts(im.template["pins"]) {
		step("pin", fmt.Sprintf("%s.pins[%d]", im.templateAt, i), pin)
	}
	if len(r.Do) == 1 {
		return
	}
	im.Config.Reactions = append(im.Config.Reactions, r)
	im.Note("channel_template", "became a reaction that only reports until its mode is enforce; it concerns public channels, and private ones when Usher is added to them")
}

// texts is the items of a list; anything else is a list of itself.
func texts(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

func sorted(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
