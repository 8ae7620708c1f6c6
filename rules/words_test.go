package rules_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"usher/rules"
)

// codes are all codes that the package declares.
func codes(t *testing.T) (all []rules.Code) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "reason.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Code") {
			return true
		}
		text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rules.Code(text))
		return true
	})
	if len(all) < 30 {
		t.Fatalf("found only %d codes", len(all))
	}
	return all
}

// TestEveryReasonHasWords: one plain sentence each, whatever the source.
func TestEveryReasonHasWords(t *testing.T) {
	w := world(t, "user bob\nchannel master private: usher\nusergroup leads: bob\nidp S0FIN: bob")
	sources := map[string]string{
		"channel master": "CMASTER", "channel nowhere": "", "usergroup leads": "SLEADS", "usergroup none": "",
		"idp_group S0FIN": "S0FIN", "users UBOB, 1 by address": "", `where user.email == "secret@acme.test"`: "",
	}
	for _, code := range codes(t) {
		for source, id := range sources {
			for _, detail := range []string{"incomplete", "unresolved", "lost", "archived", "bot_out", "empty", "shrunk", "broken"} {
				if !strings.Contains(string(code), "source") && !strings.HasPrefix(string(code), "except") {
					source, detail = "", details[code]
				}
				s := rules.Reason{Code: code, Cluster: "finance", Source: source, Subject: id, Detail: detail}.Words(w, "UBOB")
				if s == "" || !strings.HasSuffix(s, ".") || strings.Contains(s, "\n") || strings.ToUpper(s[:1]) != s[:1] {
					t.Errorf("%s %s %s: %q is no sentence", code, source, detail, s)
				}
				for _, private := range []string{"master", "secret", "UBOB", "  ", "%!", ": ."} {
					if strings.Contains(s, private) {
						t.Errorf("%s %s %s: %q tells %q", code, source, detail, s, private)
					}
				}
			}
		}
	}
}

var details = map[rules.Code]string{
	rules.CodeGrant: "2026-03-02T12:00:00Z", rules.CodeGrantEnded: "2026-03-02T12:00:00Z", rules.CodeGraceStarts: "48h0m0s",
	rules.CodeGraceRuns: "2026-03-02T12:00:00Z", rules.CodeGraceOver: "2026-03-02T12:00:00Z", rules.CodeProtected: "owners", rules.CodeCannotManage: "public",
}

// TestPrivateNames are told to those who are inside only.
func TestPrivateNames(t *testing.T) {
	w := world(t, "user bob\nuser eve\nchannel secret private: usher bob\nchannel open: usher")
	for _, c := range []struct {
		channel, to, want string
	}{
		{"secret", "bob", "#secret"}, {"secret", "eve", "a private channel"}, {"secret", "nobody", "a private channel"},
		{"open", "eve", "#open"}, {"nowhere", "bob", "a channel that Usher cannot see"},
	} {
		if got := rules.ChannelName(w, channelID(c.channel), userID(c.to)); got != c.want {
			t.Errorf("#%s is called %q for %s, want %q", c.channel, got, c.to, c.want)
		}
	}
}

func TestVerdictText(t *testing.T) {
	for v := rules.Unmanaged; v <= rules.Undetermined; v++ {
		text, err := v.MarshalText()
		var back rules.Verdict
		if err != nil || back.UnmarshalText(text) != nil || back != v {
			t.Errorf("%d is written %q (%v) and read back as %v", int(v), text, err, back)
		}
	}
	var v rules.Verdict
	if v.UnmarshalText([]byte("kick")) == nil || rules.Verdict(99).String() != "Verdict(99)" {
		t.Error("an unknown verdict is read, or printed as another")
	}
}
