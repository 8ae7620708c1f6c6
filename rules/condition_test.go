package rules_test

import (
	"strings"
	"testing"

	"usher/rules"
	"usher/rules/workspace"
)

// where is what a condition says of an account.
func where(t testing.TB, text string, u workspace.User) (rules.Verdict, []rules.Problem) {
	t.Helper()
	p, problems := rules.Compile(rules.Config{Clusters: []rules.ClusterConfig{cluster("a", func(c *rules.ClusterConfig) {
		c.Members = []rules.Source{{Where: text}, {Users: []string{"UOTHER"}}}
	})}})
	if len(problems) > 0 {
		return rules.Unmanaged, problems
	}
	w := world(t, "user other\nchannel a-x: usher other")
	e := w.Edit()
	u.ID = "UX"
	e.PutUser(u)
	// Somebody for whom everything holds, so that no source is empty.
	e.PutUser(workspace.User{ID: "UALL", Email: "all@acme.test", Name: "all", Title: "all", Bot: true, Admin: true, Owner: true, External: true, Guest: 1})
	w = e.Snapshot()
	p, _, _ = p.Bind(w, nil)
	return p.DecideMember(w, noon, rules.Membership{Channel: "CA-X", User: "UX"}).Verdict, nil
}

func TestConditions(t *testing.T) {
	u := workspace.User{
		Team: "T1", Name: "bob", RealName: "Bob Doe", Display: "bobby", Email: "Bob@Acme.test", Title: "Clerk",
		Fields: map[string]string{"Xf1": "finance"},
	}
	for text, want := range map[string]rules.Verdict{
		`user.id == "UX"`:                                     rules.Allow,
		`user.team == "T1" && user.name == "bob"`:             rules.Allow,
		`user.real_name.startsWith("Bob")`:                    rules.Allow,
		`user.display.matches("^b.b")`:                        rules.Allow,
		`user.email == "bob@acme.test"`:                       rules.Allow, // lower case
		`user.title in ["Clerk", "Boss"]`:                     rules.Allow,
		`user.fields["Xf1"] == "finance"`:                     rules.Allow,
		`user.fields["Xf2"] == ""`:                            rules.Allow, // not filled in
		`"Xf2" in user.fields || user.email.contains("acme")`: rules.Allow,
		`user.fields.Xf1 == "finance"`:                        rules.Allow,
		`!(user.guest || user.bot || user.admin || user.owner || user.external || user.deactivated)`: rules.Allow,
		`user.name != ""  && user.title == "all"`:                                                    rules.Remove,
		`user.guest`: rules.Remove,
		`"Xf2" in user.fields || user.name == "all"`:      rules.Remove,
		`1 / (user.name.size() - 3) > 0`:                  rules.Undetermined, // divides by zero
		`user.fields.all(k, user.fields[k] == "finance")`: rules.Allow,
		`user.fields.size() == 1`:                         rules.Allow,
	} {
		got, problems := where(t, text, u)
		if got != want || len(problems) > 0 {
			t.Errorf("%s: %s, want %s %v", text, got, want, problems)
		}
	}
}

// TestConditionsThatCostTooMuch are not worked out: nobody is removed by them.
func TestConditionsThatCostTooMuch(t *testing.T) {
	list := "[" + strings.Repeat("1,", 60) + "1]"
	text := list + ".all(a, " + list + ".all(b, " + list + ".all(c, a+b+c == 3)))"
	got, problems := where(t, text, workspace.User{})
	if got != rules.Undetermined && len(problems) == 0 {
		t.Errorf("a condition that takes long says %s", got)
	}
}

func TestConditionsThatAreWrong(t *testing.T) {
	for text, want := range map[string]string{
		`user.mail == "x"`: "user.mail",
		`user.email`:       "not true or false",
		`user.email == 1`:  "no matching overload",
		`user.email ==`:    "Syntax error",
		`   `:              "empty",
		`team.name == ""`:  "team",
		strings.Repeat("(", 300) + "true" + strings.Repeat(")", 300): "",
		"true" + strings.Repeat(" && true", 2000):                    "",
		`user.email.matches("(")`:                                    "",
	} {
		_, problems := where(t, text, workspace.User{})
		if len(problems) != 1 || !strings.Contains(problems[0].What, want) {
			t.Errorf("%.40s: %v", text, problems)
		}
		for _, p := range problems {
			if strings.Contains(p.What, "\n") || p.Hint == "" || p.Rule != "cluster a" {
				t.Errorf("%.40s: a problem says where, in one line, and what is allowed: %+v", text, p)
			}
		}
	}
}

// FuzzCondition looks for a condition that panics or holds the rules up.
func FuzzCondition(f *testing.F) {
	for _, text := range []string{`user.email.endsWith("@x")`, `user.fields["a"] == "b"`, `[1,2].exists(x, x > 1)`, `user.name.matches("a+")`, `{"a": 1}.a == 1`, `-9223372036854775808 / -1 == 0`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		where(t, text, workspace.User{Name: "bob", Email: "bob@acme.test", Fields: map[string]string{"a": "b"}})
	})
}
