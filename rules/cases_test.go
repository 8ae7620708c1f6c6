package rules_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"usher/rules"
	"usher/rules/action"
	"usher/rules/policyfile"
	"usher/rules/workspace"
)

var update = flag.Bool("update", false, "write what the rules answer into testdata")

// TestCases asks the questions of testdata/*.txtar. A file's comment says what
// it is about; `policy` and `workspace` set the scene for what follows, `sizes`
// what sources were remembered to hold, and every other part is a question with
// the whole answer.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("find the cases: %v, %d", err, len(files))
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var s scene
			for i, part := range archive.Files {
				got, question := s.answer(t, part)
				if !question {
					continue
				}
				if *update {
					archive.Files[i].Data = []byte(got)
				} else if want := string(part.Data); got != want {
					t.Errorf("%s\ngot:\n%s\nwant:\n%s", part.Name, got, want)
				}
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// scene is what a question is asked of.
type scene struct {
	text     string
	policy   *rules.Policy
	pinned   rules.Bindings
	w        *workspace.Snapshot
	problems []rules.Problem
	bound    []rules.Problem
}

func (s *scene) answer(t *testing.T, part txtar.File) (got string, question bool) {
	t.Helper()
	text := string(part.Data)
	switch ask := strings.Fields(part.Name); ask[0] {
	case "policy":
		cfg, _ := policyfile.Parse("p.yaml", part.Data) // what the reader finds is its own tests'
		s.policy, s.problems = rules.Compile(cfg)
		s.pinned = nil
		if s.w != nil {
			s.bind()
		}
		return "", false
	case "workspace":
		s.text = text
		s.w = world(t, text)
		s.bind()
		return "", false
	case "change": // the workspace with some lines more
		s.w = world(t, s.text+text)
		s.bind()
		return "", false
	case "sizes":
		sizes := rules.Sizes{}
		for line := range strings.Lines(text) {
			name, n, _ := strings.Cut(strings.TrimSpace(line), ": ")
			var size int
			if _, err := fmt.Sscan(n, &size); err != nil {
				t.Fatal(err)
			}
			sizes[name] = size
		}
		s.policy = s.policy.Remember(sizes)
		return "", false
	default:
		return s.ask(t, ask), true
	}
}

func (s *scene) bind() {
	s.policy, s.pinned, s.bound = s.policy.Bind(s.w, s.pinned)
}

func (s *scene) ask(t *testing.T, ask []string) string {
	var b strings.Builder
	switch ask[0] {
	case "problems":
		for _, p := range append(s.problems, s.bound...) {
			fmt.Fprintf(&b, "%s: %s\n", p.Rule, strings.ReplaceAll(p.Error(), "; ", "\n  "))
		}
	case "member":
		s.decision(&b, s.policy.DecideMember(s.w, noon, membership(ask[1:])), "")
	case "join":
		s.decision(&b, s.policy.DecideJoin(s.w, noon, channelID(ask[1]), userID(ask[2])), "")
	case "user":
		for _, d := range s.policy.DecideUser(s.w, noon, userID(ask[1]), rules.Cause(ask[2]), ask[3:]...) {
			s.decision(&b, d, string(d.Channel)+" ")
		}
	case "channel":
		s.channel(&b, s.policy.DecideChannel(s.w, noon, channelID(ask[1]), rules.ChannelChange(ask[2])))
	case "plan":
		s.plan(&b, s.policy.Plan(s.w, noon))
	case "rooms":
		for _, r := range s.policy.Rooms(s.w, noon, userID(ask[1])) {
			fmt.Fprintf(&b, "#%s in=%t %s %s\n", r.Channel.Name, r.In, r.Join.Verdict, r.Join.Join)
		}
	case "still":
		ok, d := s.policy.Still(s.w, noon, deed(ask[1:]))
		fmt.Fprintln(&b, ok, s.policy.Narrow(s.w, noon, deed(ask[1:])))
		s.decision(&b, d, "")
	case "rights":
		u := userID(ask[1])
		fmt.Fprintf(&b, "admin=%t owner=%t\n", s.policy.IsAdmin(s.w, u), s.policy.IsOwner(s.w, ask[2], u))
	case "tell":
		fmt.Fprintln(&b, s.policy.Owners(s.w, ask[1]), s.policy.Admins(s.w))
	case "fed":
		fmt.Fprintln(&b, strings.Join(s.policy.FedBy(rules.SourceKind(ask[1]), strings.Join(ask[2:], "")), " "))
	case "governing":
		c, _ := s.w.Channel(channelID(ask[1]))
		for _, cl := range s.policy.Governing(c) {
			fmt.Fprintln(&b, cl.Name)
		}
	case "managed":
		n, doubts := s.policy.Eligible(s.w, ask[1])
		fmt.Fprintln(&b, n, "eligible", doubts, "resolved:", s.policy.Resolved())
		for _, m := range s.policy.Channels(s.w, ask[1]) {
			fmt.Fprintln(&b, "#"+m.Channel.Name, m.Trouble)
		}
	default:
		t.Fatalf("a question begins with %q", ask[0])
	}
	return b.String()
}

// membership reads CHANNEL USER [CAUSE] [by INVITER].
func membership(words []string) rules.Membership {
	m := rules.Membership{Channel: channelID(words[0]), User: userID(words[1]), Cause: rules.CausePlan}
	if len(words) > 2 {
		m.Cause = rules.Cause(words[2])
	}
	if len(words) > 4 {
		m.Inviter = userID(words[4])
	}
	return m
}

// deed reads remove|invite|asked CHANNEL USER…, join CHANNEL, leave CHANNEL USER.
func deed(words []string) action.Action {
	c := channelID(words[1])
	switch words[0] {
	case "remove":
		return action.Remove{Channel: c, User: userID(words[2])}
	case "leave":
		return action.Remove{Channel: c, User: userID(words[2]), Asked: &action.Asked{By: userID(words[2])}}
	case "invite":
		return action.Invite{Channel: c, Users: people(words[2:]), Cluster: "x"}
	case "asked":
		return action.Invite{Channel: c, Users: people(words[2:]), Cluster: "x", Asked: &action.Asked{By: userID(words[2])}}
	case "join":
		return action.Join{Channel: c}
	}
	return action.Tell{To: userID(words[2])}
}

// decision writes everything that a decision says: the verdict, the reasons as
// they are stored and as the person reads them, and the actions.
func (s *scene) decision(b *strings.Builder, d rules.Decision, prefix string) {
	fmt.Fprintf(b, "%s%s", prefix, d.Verdict)
	if d.Cluster != "" {
		fmt.Fprintf(b, " by %s", d.Cluster)
	}
	if d.Join != "" {
		fmt.Fprintf(b, ", join %s", d.Join)
	}
	if d.DryRun {
		b.WriteString(", dry run")
	}
	if !d.Until.IsZero() {
		fmt.Fprintf(b, ", until %s", d.Until.Sub(noon).Round(time.Minute))
	}
	b.WriteString("\n")
	for _, r := range d.Reasons {
		fmt.Fprintf(b, "  %s\n", reason(r))
		fmt.Fprintf(b, "      %s\n", r.Words(s.w, d.User))
	}
	actions(b, d.Actions)
}

func reason(r rules.Reason) string {
	line := string(r.Code)
	for _, part := range []string{r.Cluster, r.Source, r.Subject, r.Detail} {
		if part != "" {
			line += " | " + part
		}
	}
	return line
}

func actions(b *strings.Builder, all []action.Action) {
	for _, a := range all {
		fmt.Fprintf(b, "> %s", a)
		if t, ok := a.(action.Tell); ok {
			if t.Subject != "" {
				fmt.Fprintf(b, " %s", t.Subject)
			}
			if t.Once != "" {
				fmt.Fprintf(b, " (once: %s)", t.Once)
			}
		}
		if inv, ok := a.(action.Invite); ok && len(inv.Users) < 10 {
			fmt.Fprintf(b, " %v", inv.Users)
		}
		b.WriteString("\n")
	}
}

func (s *scene) channel(b *strings.Builder, out rules.ChannelOutcome) {
	for _, d := range out.Decisions {
		s.decision(b, d, string(d.User)+" ")
	}
	b.WriteString("actions:\n")
	actions(b, out.Actions)
	s.rest(b, out.Settled, out.Held, out.Doubts, out.Refresh)
}

func (s *scene) plan(b *strings.Builder, p rules.Plan) {
	for _, d := range p.Decisions {
		s.decision(b, d, string(d.Channel)+" "+string(d.User)+" ")
	}
	b.WriteString("actions:\n")
	actions(b, p.Actions)
	s.rest(b, p.Settled, p.Held, p.Doubts, p.Refresh)
	var sizes []string
	for name, n := range p.Sizes {
		sizes = append(sizes, fmt.Sprintf("size of %s: %d\n", name, n))
	}
	slices.Sort(sizes)
	b.WriteString(strings.Join(sizes, ""))
	fmt.Fprintf(b, "calls: %v, %s\n", p.Forecast.Calls, p.Forecast.Takes)
}

func (s *scene) rest(b *strings.Builder, settled []rules.Membership, held []rules.Brake, doubts []rules.Doubt, reads []action.Refresh) {
	for _, m := range settled {
		fmt.Fprintf(b, "settled: %s %s\n", m.Channel, m.User)
	}
	for _, h := range held {
		fmt.Fprintf(b, "held: %s %v %d of %d\n", h.Key(), h.Clusters, h.Has, h.Had)
		for _, d := range h.Decisions {
			fmt.Fprintf(b, "  %s %s %s\n", d.Channel, d.User, d.Verdict)
		}
	}
	for _, d := range doubts {
		fmt.Fprintf(b, "doubt: %s %d %s\n", d.Channel, d.People, reason(d.Reason))
	}
	for _, r := range reads {
		fmt.Fprintf(b, "refresh: %s\n", r)
	}
}
