package policyfile_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"usher/rules/policyfile"
)

type schema struct {
	Properties map[string]schema
	Defs       map[string]schema `json:"$defs"`
	Enum       []any
	Items      *schema
	OneOf      []schema
}

// TestSchemaAndReaderAgree tries every key the schema knows on the reader, with
// a value that is never right: the reader knows it too if it complains about
// the value and not about the key.
func TestSchemaAndReaderAgree(t *testing.T) {
	var s schema
	if err := json.Unmarshal(policyfile.Schema(), &s); err != nil {
		t.Fatal(err)
	}
	step := schema{}
	for _, one := range s.Defs["steps"].Items.OneOf {
		if one.Properties != nil {
			step = one
		}
	}
	for what, c := range map[string]struct {
		of schema
		in string // with %s for the key and its value
	}{
		"policy":    {s, "version: 1\n%s\n"},
		"brakes":    {s.Defs["brakes"], "version: 1\nbrakes: {%s}\n"},
		"cluster":   {s.Defs["cluster"], "version: 1\nclusters: [{%s}]\n"},
		"grants":    {s.Defs["grants"], "version: 1\nclusters: [{grants: {%s}}]\n"},
		"source":    {s.Defs["source"], "version: 1\nclusters: [{members: [{%s}]}]\n"},
		"person":    {s.Defs["person"], "version: 1\nadmins: [{%s}]\n"},
		"usergroup": {s.Defs["usergroup"], "version: 1\nusergroups: [{%s}]\n"},
		"reaction":  {s.Defs["reaction"], "version: 1\nreactions: [{%s}]\n"},
		"step":      {step, "version: 1\nreactions: [{do: [{%s}]}]\n"},
		"bookmark":  {step.Properties["bookmark"], "version: 1\nreactions: [{do: [{bookmark: {%s}}]}]\n"},
		"announce":  {step.Properties["announce"], "version: 1\nreactions: [{do: [{announce: {%s}}]}]\n"},
		"archive":   {step.Properties["archive"], "version: 1\nreactions: [{do: [{archive: {%s}}]}]\n"},
		"invites":   {s.Defs["invites"], "version: 1\ninvites: {%s}\n"},
	} {
		if len(c.of.Properties) == 0 {
			t.Errorf("%s: the schema knows no keys", what)
		}
		for key, value := range c.of.Properties {
			if key == "version" {
				continue
			}
			_, problems := policyfile.Parse("p", fmt.Appendf(nil, c.in, key+": [[zzz: 1]]"))
			said := lines(problems)
			if said == "" || strings.Contains(said, fmt.Sprintf("unknown key %q", key)) || strings.Contains(said, fmt.Sprintf("unknown step %q", key)) {
				t.Errorf("%s.%s with a list in a list: %q", what, key, said)
			}
			for _, word := range value.Enum {
				if _, problems := policyfile.Parse("p", fmt.Appendf(nil, c.in, fmt.Sprintf("%s: %v", key, word))); len(problems) > 0 {
					t.Errorf("%s.%s: the schema allows %v\n%s", what, key, word, lines(problems))
				}
			}
			if value.Enum != nil {
				if _, problems := policyfile.Parse("p", fmt.Appendf(nil, c.in, key+": zzz")); len(problems) != 1 {
					t.Errorf("%s.%s takes any word", what, key)
				}
			}
		}
	}
}
