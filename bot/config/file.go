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
