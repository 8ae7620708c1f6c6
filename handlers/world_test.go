package handlers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"usher/bot/slacksim/blockkit"
	"usher/handlers"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/policyfile"
	"usher/rules/workspace"
)

var update = flag.Bool("update", false, "write the golden files anew")

const policyText = `
version: 1
admins: [{user: U0ALICE}]
contact: "#help-slack"
clusters:
  - name: finance
    description: The finance department's rooms
    members: [{channel: finance-department}, {usergroup: finance-leads}]
    except: [{users: [U0CAROL]}]
    channels: [finance-.*, sales-forecast]
    but_not: [finance-public-.*]
    others: remove
    grace: 24h
    owners: [{user: U0DAVE}]
    mode: enforce
  - name: leads
    members: [{usergroup: finance-leads}]
    channels: [leads-.*]
    join: everyone
    others: warn
    mode: enforce
  - name: board
    members: [{channel: finance-department}]
    channels: [board-.*]
    join: request
    owners: [{user: U0DAVE}]
    mode: enforce
  - name: vault
    members: [{channel: finance-department}]
    channels: [vault-.*]
    join: closed
    mode: enforce
  - name: trial
    members: [{channel: finance-department}]
    channels: [trial-.*]
    others: remove
  - name: open
    members: [{usergroup: finance-leads}]
    channels: [open-.*]
    others: allow
    mode: enforce
  - name: here
    members: [{channel: finance-department}]
    channels: [both-.*]
    mode: enforce
  - name: there
    members: [{usergroup: finance-leads}]
    channels: [both-.*]
    mode: enforce
`

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// world is a workspace to ask handlers about.
type world struct {
	policy *rules.Policy
	w      *workspace.Snapshot
	memory memory
	router *handlers.Router
}

func newWorld(t testing.TB) *world {
	t.Helper()
	config, problems := policyfile.Parse("policy.yaml", []byte(policyText))
	policy, more := rules.Compile(config)
	for _, p := range append(problems, more...) {
		t.Fatal(p)
	}
	e := workspace.New(workspace.Team{ID: "T01", Name: "acme", Bot: "U0BOT"}).Edit()
	known := workspace.Knowledge{Complete: true, At: noon.Add(-time.Hour)}
	for _, u := range []workspace.User{
		{ID: "U0BOT", Name: "usher", Bot: true},
		{ID: "U0ALICE", Name: "alice", RealName: "Alice Doe", Email: "alice@acme.test", Admin: true},
		{ID: "U0BOB", Name: "bob", Email: "bob@acme.test"},
		{ID: "U0CAROL", Name: "carol"},
		{ID: "U0DAVE", Name: "dave"},
		{ID: "U0ERIN", Name: "erin"},
		{ID: "U0MALLORY", Name: "mallory", Display: "Mal <!channel>"},
		{ID: "U0ROBO", Name: "robo", Bot: true},
	} {
		u.Team = "T01"
		e.PutUser(u)
	}
	for _, c := range []struct {
		workspace.Channel
		members []workspace.UserID
	}{
		{workspace.Channel{ID: "C0GENERAL", Name: "general", General: true, BotIn: true}, []workspace.UserID{"U0BOT", "U0ALICE", "U0BOB", "U0MALLORY"}},
		{workspace.Channel{ID: "C0HELP", Name: "help-slack", BotIn: true}, []workspace.UserID{"U0BOT"}},
		{workspace.Channel{ID: "C0DEPT", Name: "finance-department", Private: true, BotIn: true}, []workspace.UserID{"U0BOT", "U0BOB", "U0CAROL", "U0DAVE"}},
		{workspace.Channel{ID: "C0FORECAST", Name: "finance-forecast", Private: true, BotIn: true}, []workspace.UserID{"U0BOT", "U0DAVE"}},
		{workspace.Channel{ID: "C0REPORTS", Name: "finance-reports", BotIn: true}, []workspace.UserID{"U0BOT", "U0BOB", "U0DAVE"}},
		{workspace.Channel{ID: "C0OUT", Name: "finance-outside"}, nil},
		{workspace.Channel{ID: "C0DARK", Name: "finance-dark", Private: true}, nil},
		{workspace.Channel{ID: "C0OLD", Name: "finance-old", Archived: true, BotIn: true}, []workspace.UserID{"U0BOB"}},
		{workspace.Channel{ID: "C0PUBLIC", Name: "finance-public-news", BotIn: true}, []workspace.UserID{"U0BOT"}},
		{workspace.Channel{ID: "C0LEADS", Name: "leads-room", Private: true, BotIn: true}, []workspace.UserID{"U0BOT", "U0ALICE"}},
		{workspace.Channel{ID: "C0BOARD", Name: "board-room", Private: true, BotIn: true}, []workspace.UserID{"U0BOT", "U0DAVE"}},
		{workspace.Channel{ID: "C0VAULT", Name: "vault-one", Private: true, BotIn: true}, []workspace.UserID{"U0BOT", "U0DAVE"}},
		{workspace.Channel{ID: "C0OPEN", Name: "open-house", BotIn: true}, []workspace.UserID{"U0BOT"}},
		{workspace.Channel{ID: "C0DEN", Name: "open-den", Private: true, BotIn: true}, []workspace.UserID{"U0BOT", "U0DAVE"}},
		{workspace.Channel{ID: "C0BOTH", Name: "both-rooms", BotIn: true}, []workspace.UserID{"U0BOT"}},
		{workspace.Channel{ID: "C0TRIAL", Name: "trial-one", BotIn: true}, []workspace.UserID{"U0BOT"}},
	} {
		e.PutChannel(c.Channel)
		if c.BotIn {
			e.SetMembers(c.ID, c.members, known)
		}
	}
	e.PutUsergroup(workspace.Usergroup{ID: "S0LEADS", Handle: "finance-leads", Name: "Finance leads"})
	e.SetUsergroupMembers("S0LEADS", []workspace.UserID{"U0ALICE"}, known)
	e.KnowUsers(known)
	e.KnowChannels(known)
	e.KnowUsergroups(known)
	x := &world{w: e.Snapshot(), memory: memory{opened: map[workspace.UserID]action.Home{}}}
	x.policy, _, problems = policy.Bind(x.w, nil)
	for _, p := range problems {
		t.Fatal(p)
	}
	router, err := handlers.NewRouter(handlers.Routes())
	if err != nil {
		t.Fatal(err)
	}
	x.router = router
	return x
}

// edit changes what is known, as the mirror does before a handler is asked.
func (x *world) edit(change func(*workspace.Editor)) {
	e := x.w.Edit()
	change(e)
	x.w = e.Snapshot()
}

func (x *world) request() handlers.Request {
	return handlers.Request{
		Team: "T01", EventID: "Ev01", At: noon, Policy: x.policy, Workspace: x.w, Recent: x.memory,
		Settings: handlers.Settings{Command: "/usher", Version: "1.2.3"},
	}
}

func (x *world) handle(t testing.TB, kind, payload string) handlers.Outcome {
	t.Helper()
	out, err := x.router.Handle(context.Background(), kind, x.request(), json.RawMessage(payload))
	if err != nil {
		t.Fatalf("%s: %v", kind, err)
	}
	return out
}

// memory is what was done before.
type memory struct {
	opened   map[workspace.UserID]action.Home
	standing handlers.Standing
	lately   []handlers.Recorded
	blocked  []handlers.Trouble
	touched  []workspace.ChannelID
	held     []handlers.Held
	waits    []workspace.ChannelID
	spared   rules.Spared
	takenOut int
	added    map[workspace.Seat]workspace.UserID
	doubted  map[string]time.Time
	runs     []handlers.PastRun
	awaited  []action.Refresh
}

func (m memory) Opened(u workspace.UserID) (action.Home, bool) { h, ok := m.opened[u]; return h, ok }
func (m memory) Openers() []workspace.UserID {
	var all []workspace.UserID
	for u := range m.opened {
		all = append(all, u)
	}
	return all
}
func (m memory) Lately(string, int) []handlers.Recorded  { return m.lately }
func (m memory) Blocked() []handlers.Trouble             { return m.blocked }
func (m memory) Touched(string) []workspace.ChannelID    { return m.touched }
func (m memory) Held() []handlers.Held                   { return m.held }
func (m memory) Waits(string) []workspace.ChannelID      { return m.waits }
func (m memory) Spared() rules.Spared                    { return m.spared }
func (m memory) TakenOut(workspace.Seat, time.Time) int  { return m.takenOut }
func (m memory) Added(s workspace.Seat) workspace.UserID { return m.added[s] }
func (m memory) Doubted() map[string]time.Time           { return m.doubted }
func (m memory) Awaited(a action.Refresh) bool           { return slices.Contains(m.awaited, a) }
func (m memory) Runs(int) []handlers.PastRun             { return m.runs }
func (m memory) Run(id string) (handlers.PastRun, bool) {
	for _, r := range m.runs {
		if r.ID == id {
			return r, true
		}
	}
	return handlers.PastRun{}, false
}
func (m memory) Standing() handlers.Standing { return m.standing }

// said is a whole Outcome as lines to read and compare.
func said(t testing.TB, out handlers.Outcome) string {
	t.Helper()
	var b strings.Builder
	r := out.Reply
	if r.Text != "" {
		fmt.Fprintf(&b, "reply: %s\n", indent(r.Text))
	}
	for _, block := range r.Blocks {
		fmt.Fprintf(&b, "  %s\n", compact(t, block))
	}
	if r.Open != nil {
		fmt.Fprintf(&b, "open: trigger=%s push=%v view=%s hash=%s meta=%q\n", r.Open.TriggerID, r.Open.Push, r.Open.ViewID, r.Open.Hash, r.Open.View.PrivateMetadata)
		for _, block := range r.Open.View.Blocks.BlockSet {
			fmt.Fprintf(&b, "  %s\n", compact(t, block))
		}
	}
	for _, d := range out.Decisions {
		var codes []string
		for _, x := range d.Reasons {
			codes = append(codes, string(x.Code))
		}
		fmt.Fprintf(&b, "decision: %s %s %s %s cluster=%s dry=%v join=%s until=%s reasons=%s\n",
			d.Channel, d.User, d.Cause, d.Verdict, d.Cluster, d.DryRun, d.Join, d.Until.Format("02T15:04"), strings.Join(codes, ","))
	}
	for _, d := range out.Actions {
		body, err := action.Encode(d.Action)
		if err != nil {
			t.Fatal(err)
		}
		at := ""
		if !d.At.IsZero() {
			at = " at " + d.At.Format(time.RFC3339)
		}
		fmt.Fprintf(&b, "action: %s%s %s\n", d.Action.Kind(), at, plainJSON(t, body))
	}
	for _, h := range out.Held {
		fmt.Fprintf(&b, "held: %s\n", h.Key())
	}
	b.WriteString(steered(t, out))
	if b.Len() == 0 {
		return "nothing\n"
	}
	return b.String()
}

// steered is what an Outcome says about runs, pauses and what is held.
func steered(t testing.TB, out handlers.Outcome) string {
	t.Helper()
	var b strings.Builder
	if out.Reply.Refused {
		fmt.Fprintln(&b, "refused")
	}
	if out.Run != nil {
		fmt.Fprintf(&b, "run: %s why=%s by=%s undoes=%s\n", out.Run.ID, out.Run.Why, out.Run.By, out.Run.Undoes)
	}
	for _, h := range out.Keep {
		fmt.Fprintf(&b, "keep: %s %s\n", h.ID(), compact(t, h))
	}
	for _, key := range out.Forget {
		fmt.Fprintf(&b, "forget: %s\n", key)
	}
	var lines []string
	for seat, code := range out.Spare {
		lines = append(lines, fmt.Sprintf("spare: %s %s %q\n", seat.Channel, seat.User, code))
	}
	for seat, by := range out.Added {
		lines = append(lines, fmt.Sprintf("added: %s %s by %q\n", seat.Channel, seat.User, by))
	}
	for key := range out.Doubts {
		lines = append(lines, fmt.Sprintf("doubt: %s\n", key))
	}
	slices.Sort(lines)
	b.WriteString(strings.Join(lines, ""))
	if out.Cancel != "" {
		fmt.Fprintf(&b, "cancel: %s\n", out.Cancel)
	}
	if out.Pause != nil {
		fmt.Fprintf(&b, "pause: %v by %s: %s\n", out.Pause.On, out.Pause.By, out.Pause.Why)
	}
	for _, r := range out.Records {
		fmt.Fprintf(&b, "record: %s %s\n", r.Kind, r.Line)
	}
	return b.String()
}

func indent(s string) string { return strings.ReplaceAll(s, "\n", "\n       ") }

func compact(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return plainJSON(t, b)
}

// plainJSON is JSON with its angle brackets readable.
func plainJSON(t testing.TB, b []byte) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(out.String())
}

// legal holds everything an Outcome shows to Slack's limits.
func legal(t testing.TB, kind string, out handlers.Outcome) {
	t.Helper()
	check := func(what string, problems []blockkit.Problem) {
		for _, p := range problems {
			t.Errorf("%s: %s", what, p)
		}
	}
	if ack := out.Reply.AckPayload(kind); len(ack) >= handlers.MaxAck {
		t.Errorf("an ack of %d bytes", len(ack))
	}
	if len(out.Reply.Blocks) > 0 {
		check("reply", blockkit.Message([]byte(compact(t, slack.Blocks{BlockSet: out.Reply.Blocks}))))
	}
	if out.Reply.Open != nil {
		check("modal", blockkit.View([]byte(compact(t, out.Reply.Open.View))))
	}
	for _, d := range out.Actions {
		if r, ok := d.Action.(action.Reply); ok && r.Blocks != "" {
			check("answer", blockkit.Message([]byte(r.Blocks)))
		}
		if k := d.Action.Kind(); !slices.Contains([]action.Kind{action.KindReply}, k) && strings.Contains(d.Action.String(), "hooks.slack.com") {
			t.Errorf("%s shows a response URL", k)
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", strings.ReplaceAll(name, "/", "_")+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; go test -update writes it anew\n got:\n%s\nwant:\n%s", file, got, want)
	}
}
