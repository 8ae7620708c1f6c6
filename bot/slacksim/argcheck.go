package slacksim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"usher/bot/slacksim/spec"
)

// checkArgs holds the arguments to their documented types and bounds.
func (c *call) checkArgs() *failure {
	var problems []string
	for _, name := range c.method.Required {
		if name != "token" && !c.given(name) {
			problems = append(problems, "missing required field: "+name)
		}
	}
	if len(problems) > 0 {
		if code := missingArgument(c.method); code != "" {
			return fail(code)
		}
		return invalid(problems...)
	}
	names := make([]string, 0, len(c.args))
	for name := range c.args {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if p := c.argProblem(name, c.method.Args[name]); p != "" {
			problems = append(problems, p)
		}
	}
	if len(problems) > 0 {
		if len(problems) == 1 && strings.Contains(problems[0], "json-pointer:/limit") && slices.Contains(c.method.Errors, "invalid_limit") {
			return fail("invalid_limit")
		}
		return invalid(problems...)
	}
	return nil
}

// missingArgument is the error of the methods that have one of their own for
// an argument left out.
func missingArgument(m spec.Method) string {
	switch {
	case m.Name == "usergroups.create":
		return "missing_subteam_name"
	case m.Name == "conversations.create":
		return "invalid_name_required"
	case strings.HasPrefix(m.Name, "usergroups.") && slices.Contains(m.Errors, "missing_argument"):
		return "missing_argument"
	}
	return ""
}

func (c *call) argProblem(name string, arg spec.Arg) string {
	text := c.text(name)
	switch arg.Type {
	case "boolean":
		if _, ok := truth(text); !ok {
			return fmt.Sprintf("must be a boolean [json-pointer:/%s]", name)
		}
	case "integer", "number":
		if text == "" {
			return ""
		}
		n, err := strconv.ParseFloat(text, 64)
		switch {
		case err != nil, n != float64(int64(n)):
			return fmt.Sprintf("must be an integer [json-pointer:/%s]", name)
		case arg.Minimum != nil && n < *arg.Minimum, name == "limit" && n < 0:
			return fmt.Sprintf("must be greater than or equal to the minimum [json-pointer:/%s]", name)
		case arg.Maximum != nil && n > *arg.Maximum, name == "limit" && n > 1000:
			return fmt.Sprintf("must be less than or equal to the maximum [json-pointer:/%s]", name)
		}
	case "string":
		switch c.args[name].(type) {
		case map[string]any:
			return fmt.Sprintf("must be a string [json-pointer:/%s]", name)
		}
	}
	if len(arg.Enum) > 0 && text != "" && !slices.Contains(arg.Enum, text) {
		return fmt.Sprintf("must be a valid enum value [json-pointer:/%s]", name)
	}
	return ""
}
