package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// known lists what can be set: the key in the file, the environment variable,
// and whether there is a flag of the key's name. Tokens have none, because
// everybody on a machine can read another program's command line.
var known = []struct {
	key, env string
	flag     bool
}{
	{"app_token", "SLACK_APP_TOKEN", false},
	{"bot_token", "SLACK_BOT_TOKEN", false},
	{"admin_token", "SLACK_ADMIN_TOKEN", false},
	{"workspaces", "", false},
	{"api_url", "SLACK_API_URL", true},
	{"policy", "USHER_POLICY", true},
	{"db", "USHER_DB", true},
	{"control", "USHER_CONTROL", true},
	{"command", "USHER_COMMAND", true},
	{"sockets", "USHER_SOCKETS", true},
	{"listen", "USHER_LISTEN", true},
	{"profile", "USHER_PROFILE", true},
	{"replan", "USHER_REPLAN", true},
	{"keep", "USHER_KEEP", true},
	{"log_level", "USHER_LOG_LEVEL", true},
	{"log_format", "USHER_LOG_FORMAT", true},
}

// Variables are the environment variables that settings are read from. Behind
// each, _FILE names one that holds the path of a file with the value.
func Variables() []string {
	names := []string{"USHER_SETTINGS"}
	for _, k := range known {
		if k.env != "" {
			names = append(names, k.env)
		}
	}
	return names
}

// value is one setting as somebody wrote it.
type value struct {
	text  string
	where string
	line  int
	dir   string // relative paths start here; empty: the working directory
	said  bool
	lost  bool // it was said where it could not be read
}

type reader struct {
	values     map[string]value
	workspaces []map[string]value
	unread     bool // the settings file could not be read: what is missing may be in it
	problems   Problems
}

func (r *reader) complain(v value, what, allowed string) {
	r.problems = append(r.problems, Problem{Where: hide(v.where), What: hide(what), Allowed: allowed, line: v.line})
}

// missing complains about what nobody said, unless a file that could not be read
// may say it.
func (r *reader) missing(v value, allowed string) {
	if !r.unread && !v.lost {
		r.complain(v, "missing", allowed)
	}
}

// read collects what was said, the strongest source last.
func read(from Sources) *reader {
	r := &reader{values: map[string]value{}}
	env := from.Env
	if env == nil {
		env = func(string) (string, bool) { return "", false }
	}
	file := from.File
	if file == "" {
		file, _ = env("USHER_SETTINGS")
	}
	if file != "" {
		r.file(file)
	}
	for _, k := range known {
		absent := value{where: k.key}
		if k.env != "" {
			absent.where = k.env
			r.environment(k.key, k.env, env)
		}
		if k.flag {
			name := "--" + strings.ReplaceAll(k.key, "_", "-")
			if k.env == "" || !strings.HasPrefix(k.env, "SLACK_") {
				absent.where = name
			}
			if text := from.Flags[k.key]; text != "" {
				r.values[k.key] = value{text: text, where: name, said: true}
			}
		}
		if _, ok := r.values[k.key]; !ok {
			r.values[k.key] = absent
		}
	}
	return r
}

// environment takes a variable, or the file that the variable with _FILE behind
// its name points to, which is how container platforms hand out secrets.
func (r *reader) environment(key, name string, env func(string) (string, bool)) {
	text, plain := env(name)
	path, filed := env(name + "_FILE")
	plain, filed = plain && strings.TrimSpace(text) != "", filed && path != ""
	switch {
	case plain && filed:
		r.complain(value{where: name}, "set twice", "set either "+name+" or "+name+"_FILE")
	case plain:
		r.set(key, value{text: strings.TrimSpace(text), where: name, said: true})
	case filed:
		body, err := os.ReadFile(path)
		if err != nil {
			r.complain(value{where: name + "_FILE"}, err.Error(), "name a file that can be read")
			r.set(key, value{where: name + "_FILE", lost: true})
			return
		}
		r.set(key, value{text: strings.TrimSpace(string(body)), where: name + "_FILE", said: true})
	}
}

func (r *reader) set(key string, v value) {
	r.values[key] = v
	if key == "bot_token" {
		r.workspaces = nil
	}
}

// file reads a settings file, which is one YAML mapping.
func (r *reader) file(path string) {
	at := value{where: path, line: 1}
	body, err := os.ReadFile(path)
	if err != nil {
		r.unread = true
		r.complain(at, err.Error(), "name a settings file that can be read")
		return
	}
	const form = "the file is YAML: key: value on each line"
	parsed, err := parser.ParseBytes(body, 0)
	if err != nil {
		r.unread = true
		what := firstLine(yaml.FormatError(err, false, false))
		if e, ok := errors.AsType[yaml.Error](err); ok && e.GetToken() != nil {
			pos := e.GetToken().Position
			at.where, at.line, what = fmt.Sprintf("%s:%d:%d", path, pos.Line, pos.Column), pos.Line, firstLine(e.GetMessage())
		}
		r.complain(at, what, form)
		return
	}
	for _, doc := range parsed.Docs {
		if doc.Body != nil && doc.Body.Type() != ast.MappingType && doc.Body.Type() != ast.MappingValueType && doc.Body.Type() != ast.NullType && doc.Body.Type() != ast.CommentType {
			pos := doc.Body.GetToken().Position
			r.unread = true
			r.complain(value{where: fmt.Sprintf("%s:%d:%d", path, pos.Line, pos.Column), line: pos.Line}, "no settings", form)
		}
		for _, kv := range entries(doc.Body) {
			key, v := kv.Key.String(), r.scalarAt(path, kv)
			switch {
			case key == "workspaces":
				r.sequence(path, kv)
			case !settable(key):
				r.complain(v, "unknown key "+key, "allowed are "+keys())
			default:
				r.scalar(key, v, kv.Value, r.values)
			}
		}
	}
}

func (r *reader) scalarAt(path string, kv *ast.MappingValueNode) value {
	pos := kv.Key.GetToken().Position
	return value{
		where: fmt.Sprintf("%s:%d:%d: %s", path, pos.Line, pos.Column, kv.Key.String()),
		line:  pos.Line,
		dir:   filepath.Dir(path),
		said:  true,
	}
}

func (r *reader) scalar(key string, v value, node ast.Node, into map[string]value) {
	var content any
	if err := yaml.NodeToValue(node, &content); err != nil {
		r.complain(v, "not a single value", "write one value behind the colon")
		return
	}
	switch content.(type) {
	case nil:
		return
	case map[string]any, []any:
		r.complain(v, "not a single value", "write one value behind the colon")
		return
	}
	v.text = strings.TrimSpace(fmt.Sprint(content))
	into[key] = v
}

// sequence reads workspaces: a list of mappings.
func (r *reader) sequence(path string, kv *ast.MappingValueNode) {
	at := r.scalarAt(path, kv)
	list, ok := kv.Value.(*ast.SequenceNode)
	if !ok {
		r.complain(at, "not a list", "write one entry for each workspace: - bot_token: xoxb-…")
		return
	}
	for _, item := range list.Values {
		here, pos := at, item.GetToken().Position
		if keys := entries(item); len(keys) > 0 {
			pos = keys[0].Key.GetToken().Position
		}
		here.where, here.line = fmt.Sprintf("%s:%d:%d: workspaces", path, pos.Line, pos.Column), pos.Line
		one := map[string]value{"": here}
		if item.Type() != ast.MappingType && item.Type() != ast.MappingValueType {
			r.complain(here, "not a workspace", "write one entry for each: - bot_token: xoxb-…")
			continue
		}
		for _, kv := range entries(item) {
			key, v := kv.Key.String(), r.scalarAt(path, kv)
			if key != "bot_token" && key != "admin_token" && key != "team" {
				r.complain(v, "unknown key "+key, "allowed are bot_token, admin_token, team")
				continue
			}
			r.scalar(key, v, kv.Value, one)
		}
		r.workspaces = append(r.workspaces, one)
	}
}

func entries(node ast.Node) []*ast.MappingValueNode {
	switch n := node.(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	return nil
}

func settable(key string) bool {
	for _, k := range known {
		if k.key == key {
			return true
		}
	}
	return false
}

func keys() string {
	all := make([]string, len(known))
	for i, k := range known {
		all[i] = k.key
	}
	return strings.Join(all, ", ")
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
