package rules

import (
	"slices"

	"usher/rules/workspace"
)

// condition looks at what a source asks about people.
func (l *linter) condition(s *source, rule string) {
	if s.kind != FromWhere {
		return
	}
	if len(s.when.asks) == 0 {
		in := "nobody"
		if yes, _ := s.when.holds(workspace.User{}); yes {
			in = "everybody in the workspace"
		}
		l.add(s.at, DangerConstant, rule, "the condition asks nothing about the person: it makes "+in+" eligible", "ask for something, such as user.email.endsWith(\"@acme.test\")")
	}
	if fact := s.when.selfEdited(); fact != "" {
		l.add(s.at, DangerSelfEdited, rule, "the condition looks at "+fact+", which people may write into their own profiles",
			"ask for what only an administrator can change, such as user.email, or lock the field in Slack")
	}
	if l.w != nil && l.w.UsersKnown().Complete && len(s.when.asks) > 0 && !l.fits(s.when) {
		l.add(s.at, DangerNothing, rule, "the condition holds for nobody in the workspace", "check the spelling: texts are compared letter by letter, and addresses are in lower case")
	}
}

// selfEdited is a fact that a condition looks at and that people write about
// themselves; empty: none.
func (c *condition) selfEdited() string {
	for _, fact := range []string{"user.title", "user.display", "user.real_name", "user.name", "user.fields"} {
		if slices.Contains(c.asks, fact) {
			return fact
		}
	}
	return ""
}

// fits reports whether a condition holds for anybody.
func (l *linter) fits(c *condition) bool {
	for u := range l.w.Users() {
		if yes, _ := c.holds(u); yes && !u.Deleted && u.ID != l.w.Team().Bot {
			return true
		}
	}
	return false
}
