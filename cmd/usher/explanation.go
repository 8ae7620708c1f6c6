package main

import (
	"fmt"
	"io"
	"strings"

	"usher/rules"
	"usher/rules/workspace"
)

// explanation is the answer of usher explain.
type explanation struct {
	Person    string             `json:"person"`
	Channel   string             `json:"channel"`
	Inside    bool               `json:"inside"`
	Clusters  []string           `json:"clusters"`        // that claim the channel
	Feeds     []string           `json:"feeds,omitempty"` // clusters that take people from it, or leave people out by it
	Decisions []explainedVerdict `json:"decisions"`
}

// explainedVerdict is one decision with its reasons in words.
type explainedVerdict struct {
	If      string           `json:"if"` // inside, outside, added
	Verdict rules.Verdict    `json:"verdict"`
	Means   string           `json:"means"`
	Cluster string           `json:"cluster,omitempty"`
	DryRun  bool             `json:"dry_run"`
	Join    rules.Join       `json:"join,omitempty"`
	Reasons []explainedFact  `json:"reasons"`
	Actions []explainedDoing `json:"actions"`
}

type explainedFact struct {
	rules.Reason
	Words string `json:"words"`
}

type explainedDoing struct {
	Kind  string `json:"kind"`
	Words string `json:"words"`
}

var insideWords = map[rules.Verdict]string{
	rules.Unmanaged:    "no rule decides who may be there",
	rules.Allow:        "may be there",
	rules.Review:       "should not be there, which is only reported",
	rules.Warn:         "should not be there, and is told so",
	rules.Remove:       "may not be there, and is removed",
	rules.Undetermined: "it cannot be said; nothing is done",
}

var outsideWords = map[rules.Verdict]string{
	rules.Unmanaged:    "no rule decides who may join",
	rules.Allow:        "may join",
	rules.Review:       "may be there, but cannot join without somebody else",
	rules.Warn:         "may not join",
	rules.Remove:       "may not join",
	rules.Undetermined: "it cannot be said; a request is refused politely",
}

// dryWords are what a decision would mean, were its rule enforced.
var dryWords = map[string]string{
	"should not be there, and is told so": "should not be there, and would be told so",
	"may not be there, and is removed":    "may not be there, and would be removed",
	"may join":                            "could join, were the rule enforced",
}

// meaning is what a decision comes to.
func meaning(means map[rules.Verdict]string, d rules.Decision) string {
	words := means[d.Verdict]
	if d.Verdict == rules.Warn && !d.Until.IsZero() {
		words = "should not be there, and has time to leave"
	}
	if dry, ok := dryWords[words]; ok && d.DryRun {
		return dry
	}
	return words
}

// told puts a decision into words for an operator.
func told(w *workspace.Snapshot, when string, means map[rules.Verdict]string, d rules.Decision) explainedVerdict {
	v := explainedVerdict{
		If: when, Verdict: d.Verdict, Means: meaning(means, d), Cluster: d.Cluster, DryRun: d.DryRun, Join: d.Join,
		Reasons: []explainedFact{}, Actions: []explainedDoing{},
	}
	for _, r := range d.Reasons {
		v.Reasons = append(v.Reasons, explainedFact{r, r.Words(w, rules.Operator)})
	}
	for _, a := range d.Actions {
		v.Actions = append(v.Actions, explainedDoing{string(a.Kind()), inWords(w, a)})
	}
	return v
}

func (a explanation) print(out io.Writer) {
	where := "is not in"
	if a.Inside {
		where = "is in"
	}
	fmt.Fprintf(out, "@%s %s #%s\n", a.Person, where, a.Channel)
	switch len(a.Clusters) {
	case 0:
		fmt.Fprintln(out, "no cluster claims the channel")
	default:
		fmt.Fprintln(out, "claimed by:", strings.Join(a.Clusters, ", "))
	}
	if len(a.Feeds) > 0 {
		fmt.Fprintln(out, "asked about its members, and so never claimed, by:", strings.Join(a.Feeds, ", "))
	}
	for _, d := range a.Decisions {
		fmt.Fprintln(out)
		d.print(out)
	}
}

func (d explainedVerdict) print(out io.Writer) {
	head := map[string]string{"inside": "", "outside": "", "added": "if somebody adds them: "}[d.If]
	fmt.Fprintf(out, "%s%s (%s", head, d.Means, d.Verdict)
	if d.Cluster != "" {
		fmt.Fprintf(out, ", cluster %s", d.Cluster)
	}
	if d.DryRun {
		fmt.Fprint(out, ", dry run")
	}
	fmt.Fprintln(out, ")")
	for i, r := range d.Reasons {
		fmt.Fprintf(out, "  %d. %s [%s]\n", i+1, r.Words, strings.TrimSpace(string(r.Code)+" "+r.Source))
	}
	for _, a := range d.Actions {
		fmt.Fprintf(out, "  would %s\n", a.Words)
	}
}
