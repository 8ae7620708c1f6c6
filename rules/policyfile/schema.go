package policyfile

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"

	"usher/rules"
)

// Schema is the format as a JSON Schema, for editors to complete and check.
// Parse is stricter still: it also knows what the schema cannot say.
func Schema() []byte {
	r := &jsonschema.Reflector{Anonymous: true, ExpandedStruct: true, Namer: schemaName}
	s := r.Reflect(policyDoc{})
	s.Title = "Usher policy"
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil // a schema always marshals: it is made of texts
	}
	return append(out, '\n')
}

// schemaName names a definition after its type: cluster for clusterDoc.
func schemaName(t reflect.Type) string { return strings.TrimSuffix(t.Name(), "Doc") }

func (countDoc) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "integer", Minimum: "0"}
}

func (shareDoc) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: `^[0-9]+(\.[0-9]+)?%$`, Examples: []any{"20%"}}
}

func (durationDoc) JSONSchema() *jsonschema.Schema {
	text := &jsonschema.Schema{Type: "string", Pattern: `^([0-9]+d)?([0-9.]+(h|m|s))*$`, MinLength: new(uint64(2)), Examples: []any{"24h", "30d"}}
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{text, {Const: 0}}}
}

// inPlace reflects a type without references, to stand inside another.
func inPlace(shape any) *jsonschema.Schema {
	s := (&jsonschema.Reflector{Anonymous: true, ExpandedStruct: true, DoNotReference: true}).Reflect(shape)
	s.Version = ""
	return s
}

func (protectDoc) JSONSchema() *jsonschema.Schema {
	whole := inPlace(protectMapDoc{})
	kinds, _ := whole.Properties.Get("kinds")
	item := &jsonschema.Schema{OneOf: []*jsonschema.Schema{kinds.Items, inPlace(peopleDoc{})}}
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Type: "array", Items: item}, whole}}
}

func (stepsDoc) JSONSchema() *jsonschema.Schema {
	step := inPlace(stepDoc{})
	one := uint64(1)
	step.MinProperties, step.MaxProperties = &one, &one
	step.Properties.Delete("join")
	join := &jsonschema.Schema{Const: "join", Description: "Come into the channel."}
	return &jsonschema.Schema{Type: "array", MinItems: new(uint64(1)), Items: &jsonschema.Schema{OneOf: []*jsonschema.Schema{join, step}}}
}

// JSONSchemaExtend says that a source names one thing.
func (sourceDoc) JSONSchemaExtend(s *jsonschema.Schema) {
	exactlyOne(s)
	if where, ok := s.Properties.Get("where"); ok {
		where.Description = "Everybody for whom this condition in CEL holds. It may use " + rules.ConditionFacts + "."
	}
}

// JSONSchemaExtend says that a source names one thing.
func (personDoc) JSONSchemaExtend(s *jsonschema.Schema) { exactlyOne(s) }

func exactlyOne(s *jsonschema.Schema) {
	one := uint64(1)
	s.MinProperties, s.MaxProperties = &one, &one
}
