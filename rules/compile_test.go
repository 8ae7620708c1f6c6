package rules_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/rules"
	"usher/rules/workspace"
)

func cluster(name string, change func(*rules.ClusterConfig)) rules.ClusterConfig {
	c := rules.ClusterConfig{
		Name: name, Members: []rules.Source{{Usergroup: "few"}}, Channels: []rules.Pattern{{Text: name + "-.*"}},
		Others: rules.Word{Text: "remove"}, Mode: rules.Word{Text: "enforce"},
	}
	if change != nil {
		change(&c)
	}
	return c
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"90m": 90 * time.Minute, "24h": 24 * time.Hour, "30d": 720 * time.Hour, "1d12h": 36 * time.Hour, "0s": 0, "0d": 0, " 2d ": 48 * time.Hour,
		"": 0, "1w": -1, "-3h": -1, "3": -1, "d": -1, "1d-2h": -1, "99999999d": -1, "1.5d": -1, "1d 2h": -1, "1d+2h": -1, "9999999999h": -1,
	} {
		p, problems := rules.Compile(rules.Config{Clusters: []rules.ClusterConfig{cluster("a", func(c *rules.ClusterConfig) {
			c.Grace.Text = text
		})}})
		if bad := len(problems) > 0; bad != (want < 0) {
			t.Errorf("%q: problems %v", text, problems)
			continue
		}
		if want >= 0 && p.Clusters()[0].Grace != want {
			t.Errorf("%q is %s, want %s", text, p.Clusters()[0].Grace, want)
		}
	}
}

func TestDefaults(t *testing.T) {
	p, problems := rules.Compile(rules.Config{Clusters: []rules.ClusterConfig{{
		Name: "a", Members: []rules.Source{{Usergroup: "few"}}, Channels: []rules.Pattern{{Text: "a"}},
	}}})
	want := rules.Cluster{
		Name: "a", Members: []string{"usergroup few"}, Channels: []string{"a"}, Join: rules.JoinSelf, Others: rules.OthersReport,
		GrantFor: 30 * rules.Days, GrantMax: 90 * rules.Days, Mode: rules.ModeReport,
	}
	if got := fmt.Sprintf("%+v", p.Clusters()); len(problems) > 0 || got != fmt.Sprintf("%+v", []rules.Cluster{want}) {
		t.Errorf("a cluster that says little is\n%s\nproblems %v", got, problems)
	}
	if len(p.Usergroups())+len(p.Reactions()) > 0 || p.Invites() != nil || p.Contact() != "" || p.Workspace() != "" {
		t.Error("an empty policy has more in it")
	}
}

// TestHash names what a policy says, not where it stands.
func TestHash(t *testing.T) {
	hash := func(change func(*rules.Config)) string {
		cfg := rules.Config{Clusters: []rules.ClusterConfig{cluster("a", nil)}}
		change(&cfg)
		p, _ := rules.Compile(cfg)
		return p.Hash()
	}
	base := hash(func(*rules.Config) {})
	if moved := hash(func(c *rules.Config) { c.Clusters[0].At = rules.Place{File: "x", Line: 3} }); moved != base {
		t.Error("the hash depends on the place")
	}
	seen := map[string]string{"nothing": base}
	for name, change := range map[string]func(*rules.Config){
		"name":    func(c *rules.Config) { c.Clusters[0].Name = "b" },
		"mode":    func(c *rules.Config) { c.Clusters[0].Mode.Text = "report" },
		"native":  func(c *rules.Config) { c.Clusters[0].Native = true },
		"contact": func(c *rules.Config) { c.Contact = "#help" },
		"users":   func(c *rules.Config) { c.Admins = []rules.Source{{Users: []string{"U1"}}} },
		"protect": func(c *rules.Config) { c.Protect.Kinds = []rules.Word{} },
		"invites": func(c *rules.Config) { c.Invites = &rules.InvitesConfig{} },
		"steps": func(c *rules.Config) {
			c.Reactions = []rules.ReactionConfig{{Do: []rules.StepConfig{{Args: map[string]rules.Word{"to": {Text: "x"}}}}}}
		},
	} {
		h := hash(change)
		for other, taken := range seen {
			if taken == h {
				t.Errorf("%s and %s have one hash", name, other)
			}
		}
		seen[name] = h
	}
}

// TestIndexFindsWhatPatternsSay compares the index with asking each pattern.
func TestIndexFindsWhatPatternsSay(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	pieces := []string{"a", "b", "-", "ab", ".*", "a?", "b+", "[ab]", "(a|b)", "(?i)B", "x|ab", "^a", "a{2}", ""}
	texts := func() (all []rules.Pattern) {
		for range 1 + r.IntN(2) {
			var b strings.Builder
			for range 1 + r.IntN(4) {
				b.WriteString(pieces[r.IntN(len(pieces))])
			}
			if b.Len() > 0 {
				all = append(all, rules.Pattern{Text: b.String()})
			}
		}
		return append(all, rules.Pattern{Text: "fixed"})
	}
	for range 300 {
		var cfg rules.Config
		for i := range 4 {
			cfg.Clusters = append(cfg.Clusters, cluster(fmt.Sprint("c", i), func(c *rules.ClusterConfig) {
				c.Channels = texts()
				if r.IntN(2) == 0 {
					c.ButNot = texts()
				}
			}))
		}
		p, problems := rules.Compile(cfg)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		for range 30 {
			var name strings.Builder
			for range 1 + r.IntN(4) {
				name.WriteByte("ab-x"[r.IntN(4)])
			}
			var got, want []string
			for _, c := range p.Governing(workspace.Channel{ID: "C1", Name: name.String()}) {
				got = append(got, c.Name)
			}
			for _, c := range cfg.Clusters {
				match := func(m rules.Pattern) bool {
					return regexp.MustCompile(`\A(?:` + m.Text + `)\z`).MatchString(name.String())
				}
				if slices.ContainsFunc(c.Channels, match) && !slices.ContainsFunc(c.ButNot, match) {
					want = append(want, c.Name)
				}
			}
			if !slices.Equal(got, want) {
				t.Fatalf("%q is claimed by %v, want %v, of %v", name.String(), got, want, cfg.Clusters)
			}
		}
	}
}

// TestMoved keeps a master's authority when Slack gives the channel another id.
func TestMoved(t *testing.T) {
	cfg := rules.Config{Clusters: []rules.ClusterConfig{cluster("a", func(c *rules.ClusterConfig) {
		c.Members = []rules.Source{{Channel: "master"}}
		c.Channels = []rules.Pattern{{Text: "CROOM"}}
	})}}
	p, _ := rules.Compile(cfg)
	w := world(t, "user bob\nuser eve\nchannel master: usher bob\nchannel room: usher bob eve")
	_, pinned, _ := p.Bind(w, nil)
	e := w.Edit()
	e.MoveChannel("CMASTER", "GMASTER")
	e.MoveChannel("CROOM", "GROOM")
	moved := e.Snapshot()
	pinned = pinned.Moved("CMASTER", "GMASTER").Moved("CROOM", "GROOM")
	bound, _, problems := p.Bind(moved, pinned)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for user, want := range map[workspace.UserID]rules.Verdict{"UBOB": rules.Allow, "UEVE": rules.Remove} {
		if d := bound.DecideMember(moved, noon, rules.Membership{Channel: "GROOM", User: user}); d.Verdict != want {
			t.Errorf("%s: %v", user, d)
		}
	}
}
