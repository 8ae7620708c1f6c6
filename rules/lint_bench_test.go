package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"usher/rules"
	"usher/rules/policyfile"
	"usher/rules/workspace"
)

// BenchmarkLint reads a policy of 500 clusters against 20,000 channels.
func BenchmarkLint(b *testing.B) {
	var src strings.Builder
	src.WriteString("version: 1\nclusters:\n")
	for i := range 500 {
		fmt.Fprintf(&src, "  - {name: c%d, members: [{channel: m%d}], channels: ['dept%d-.*', 'm%d'], others: remove, mode: enforce}\n", i, i, i, (i+1)%500)
	}
	c, problems := policyfile.Parse("policy.yaml", []byte(src.String()))
	p, more := rules.Compile(c)
	for _, problem := range append(problems, more...) {
		b.Fatal(problem)
	}
	e := workspace.New(workspace.Team{ID: "T1", Bot: "UUSHER"}).Edit()
	e.KnowChannels(workspace.Knowledge{Complete: true, At: noon})
	for i := range 20_000 {
		name := fmt.Sprintf("dept%d-%d", i%500, i)
		if i < 500 {
			name = fmt.Sprintf("m%d", i)
		}
		id := workspace.ChannelID(fmt.Sprintf("C%d", i))
		e.PutChannel(workspace.Channel{ID: id, Name: name, Private: i%2 == 0, BotIn: true})
	}
	w := e.Snapshot()
	for b.Loop() {
		if len(rules.Lint(p, w)) == 0 {
			b.Fatal("nothing was found")
		}
	}
}
