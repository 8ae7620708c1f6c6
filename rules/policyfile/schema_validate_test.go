package policyfile_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"usher/rules/policyfile"
)

// validator judges plain values by as much of JSON Schema as the policy's uses;
// it does not know a keyword rather than pass it over.
type validator struct {
	defs map[string]any
}

func newValidator(t *testing.T) (validator, map[string]any) {
	t.Helper()
	var root map[string]any
	if err := json.Unmarshal(policyfile.Schema(), &root); err != nil {
		t.Fatal(err)
	}
	defs, _ := root["$defs"].(map[string]any)
	return validator{defs}, root
}

// wrong is why a value is refused; empty: it is not.
func (v validator) wrong(s map[string]any, value any, at string) string {
	for _, keyword := range slices.Sorted(maps.Keys(s)) {
		if why := v.keyword(s, keyword, value, at); why != "" {
			return why
		}
	}
	return ""
}

func (v validator) keyword(s map[string]any, keyword string, value any, at string) string {
	rule := s[keyword]
	text, isText := value.(string)
	list, isList := value.([]any)
	object, isObject := value.(map[string]any)
	limit, _ := rule.(float64)
	refuse := func(broken bool) string {
		if broken {
			return fmt.Sprintf("%s: %s %v", at, keyword, rule)
		}
		return ""
	}
	switch keyword {
	case "$schema", "$defs", "title", "description", "examples":
	case "$ref":
		def, _ := v.defs[strings.TrimPrefix(rule.(string), "#/$defs/")].(map[string]any)
		return v.wrong(def, value, at)
	case "type":
		number, isNumber := value.(policyfile.Number)
		_, isBool := value.(bool)
		is := map[any]bool{"string": isText, "array": isList, "object": isObject, "boolean": isBool, "integer": isNumber && !strings.ContainsAny(string(number), ".eE")}
		return refuse(!is[rule])
	case "enum":
		return refuse(!slices.ContainsFunc(rule.([]any), func(one any) bool { return same(one, value) }))
	case "const":
		return refuse(!same(rule, value))
	case "pattern":
		return refuse(isText && !regexp.MustCompile(rule.(string)).MatchString(text))
	case "minLength":
		return refuse(isText && utf8.RuneCountInString(text) < int(limit))
	case "maxLength":
		return refuse(isText && utf8.RuneCountInString(text) > int(limit))
	case "minItems":
		return refuse(isList && len(list) < int(limit))
	case "minProperties":
		return refuse(isObject && len(object) < int(limit))
	case "maxProperties":
		return refuse(isObject && len(object) > int(limit))
	case "minimum":
		number, isNumber := value.(policyfile.Number)
		return refuse(isNumber && strings.HasPrefix(string(number), "-"))
	case "required":
		for _, key := range rule.([]any) {
			if _, has := object[key.(string)]; isObject && !has {
				return refuse(true)
			}
		}
	case "items":
		for i, item := range list {
			if why := v.wrong(rule.(map[string]any), item, fmt.Sprintf("%s[%d]", at, i)); why != "" {
				return why
			}
		}
	case "properties":
		for key, of := range rule.(map[string]any) {
			if item, has := object[key]; has {
				if why := v.wrong(of.(map[string]any), item, at+"."+key); why != "" {
					return why
				}
			}
		}
	case "additionalProperties":
		known, _ := s["properties"].(map[string]any)
		for key := range object {
			if _, ok := known[key]; !ok && rule == false {
				return at + ": no key " + key
			}
		}
	case "oneOf":
		fit := 0
		for _, one := range rule.([]any) {
			if v.wrong(one.(map[string]any), value, at) == "" {
				fit++
			}
		}
		return refuse(fit != 1)
	default:
		return at + ": the validator does not know " + keyword
	}
	return ""
}

func same(in, value any) bool {
	if number, ok := value.(policyfile.Number); ok {
		return fmt.Sprint(in) == string(number)
	}
	return in == value
}

// TestContract reads the example that the format is described by, exactly as it
// stands there.
func TestContract(t *testing.T) {
	policy, c, problems := policyfile.Load(os.DirFS("testdata"), "contract.yaml")
	if policy == nil || len(problems) > 0 || len(c.Clusters) != 1 || len(c.Usergroups) != 1 || len(c.Reactions) != 2 || c.Invites == nil {
		t.Fatalf("%d clusters, %d user groups, %d reactions:\n%s", len(c.Clusters), len(c.Usergroups), len(c.Reactions), lines(problems))
	}
}

// TestSchemaRefusesTypos: the schema takes what Parse takes, and a misspelt key
// nowhere.
func TestSchemaRefusesTypos(t *testing.T) {
	v, root := newValidator(t)
	for _, file := range []string{"contract.yaml", "whole.yaml", "../../../deploy/examples/policy.yaml"} {
		src, err := os.ReadFile("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		value, problems := policyfile.Values(file, src)
		if len(problems) > 0 {
			t.Fatal(lines(problems))
		}
		if why := v.wrong(root, value, "$"); why != "" {
			t.Errorf("%s: %s", file, why)
		}
		typos := 0
		misspell(value, func() {
			typos++
			if v.wrong(root, value, "$") == "" {
				t.Errorf("%s: a misspelt key is taken: %v", file, value)
			}
		})
		if typos < 20 {
			t.Errorf("%s: only %d keys were misspelt", file, typos)
		}
	}
}

// misspell misspells each key below a value in turn, and puts it right again.
func misspell(value any, see func()) {
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			misspell(item, see)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			was := value[key]
			delete(value, key)
			value[key+"x"] = was
			see()
			delete(value, key+"x")
			value[key] = was
			misspell(was, see)
		}
	}
}

// TestSchemaTakesWhatIsRight holds the schema to the values of testdata/keys.txt
// that are right: stricter than Parse an editor's complaints would be wrong.
func TestSchemaTakesWhatIsRight(t *testing.T) {
	v, root := newValidator(t)
	tried := 0
	eachKey(t, func(src, said string) {
		if said != "    ok\n" {
			return
		}
		tried++
		value, _ := policyfile.Values("p.yaml", []byte(src))
		if why := v.wrong(root, value, "$"); why != "" {
			t.Errorf("%s\n%s", why, src)
		}
	})
	if tried < 50 {
		t.Errorf("only %d values were tried", tried)
	}
}
