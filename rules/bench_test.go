package rules_test

import (
	"fmt"
	"testing"

	"usher/rules"
	"usher/rules/workspace"
)

// large is an organisation of 100,000 people, 500 masters with 20,000 people
// each, and 10,000 channels governed by 500 clusters, beside 40,000 others.
// Nobody is where they may not be.
func large(b *testing.B) (*rules.Policy, *workspace.Snapshot) {
	const people, clusters, each, members, ungoverned = 100_000, 500, 20, 20_000, 40_000
	e := workspace.New(workspace.Team{ID: "T1", Bot: "UBOT"}).Edit()
	whole := workspace.Knowledge{Complete: true, At: noon}
	e.KnowUsers(whole)
	e.KnowChannels(whole)
	ids := make([]workspace.UserID, people)
	for i := range people {
		ids[i] = workspace.UserID(fmt.Sprintf("U%06d", i))
		e.PutUser(workspace.User{ID: ids[i], Email: fmt.Sprintf("p%d@acme.test", i)})
	}
	e.PutUser(workspace.User{ID: "UBOT", Bot: true})
	var cfg rules.Config
	for c := range clusters {
		first := c * 100
		in := append([]workspace.UserID{"UBOT"}, ids[first:first+members]...)
		master := workspace.ChannelID(fmt.Sprintf("CM%d", c))
		e.PutChannel(workspace.Channel{ID: master, Name: fmt.Sprintf("master-%d", c), BotIn: true})
		e.RestoreMembers(master, in, nil, whole)
		for n := range each {
			id := workspace.ChannelID(fmt.Sprintf("C%dX%d", c, n))
			e.PutChannel(workspace.Channel{ID: id, Name: fmt.Sprintf("team%d-%d", c, n), BotIn: true})
			e.RestoreMembers(id, in[:200], nil, whole)
		}
		cfg.Clusters = append(cfg.Clusters, rules.ClusterConfig{
			Name: fmt.Sprintf("team%d", c), Members: []rules.Source{{Channel: fmt.Sprintf("master-%d", c)}},
			Channels: []rules.Pattern{{Text: fmt.Sprintf("team%d-.*", c)}},
			Others:   rules.Word{Text: "remove"}, Mode: rules.Word{Text: "enforce"},
		})
	}
	for n := range ungoverned {
		e.PutChannel(workspace.Channel{ID: workspace.ChannelID(fmt.Sprintf("CO%d", n)), Name: fmt.Sprintf("other-%d", n)})
	}
	w := e.Snapshot()
	p, problems := rules.Compile(cfg)
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	p, _, problems = p.Bind(w, nil)
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	return p, w
}

func BenchmarkPlan(b *testing.B) {
	p, w := large(b)
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			fresh, _, _ := p.Bind(w, nil)
			if plan := fresh.Plan(w, noon); !plan.Empty() {
				b.Fatal(len(plan.Actions), len(plan.Held))
			}
		}
	})
	b.Run("again", func(b *testing.B) {
		for b.Loop() {
			p.Plan(w, noon)
		}
	})
	b.Run("one person", func(b *testing.B) {
		for b.Loop() {
			p.DecideUser(w, noon, "U050000", rules.CauseSource)
		}
	})
	b.Run("one person one cluster", func(b *testing.B) {
		for b.Loop() {
			p.DecideUser(w, noon, "U050000", rules.CauseSource, "team400")
		}
	})
	b.Run("one channel renamed", func(b *testing.B) {
		e := w.Edit()
		c, _ := w.Channel("C7X3")
		c.Topic = "x"
		e.PutChannel(c)
		changed := e.Snapshot()
		for b.Loop() {
			p.DecideUser(w, noon, "U050000", rules.CauseSource)
			p.DecideUser(changed, noon, "U050000", rules.CauseSource)
		}
	})
	b.Run("one membership", func(b *testing.B) {
		for b.Loop() {
			p.DecideMember(w, noon, rules.Membership{Channel: "C7X3", User: "U099999", Cause: rules.CauseJoined})
		}
	})
	b.Run("rooms", func(b *testing.B) {
		for b.Loop() {
			p.Rooms(w, noon, "U050000")
		}
	})
}

func BenchmarkCondition(b *testing.B) {
	_, w := large(b)
	p, problems := rules.Compile(rules.Config{Clusters: []rules.ClusterConfig{{
		Name: "c", Members: []rules.Source{{Where: `user.email.endsWith("7@acme.test") && !user.guest`}},
		Channels: []rules.Pattern{{Text: "team.*"}}, Mode: rules.Word{Text: "enforce"},
	}}})
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	for b.Loop() {
		fresh, _, _ := p.Bind(w, nil)
		fresh.Eligible(w, "c")
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100_000, "ns/person")
}
