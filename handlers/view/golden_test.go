package view_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"usher/bot/slacksim/blockkit"
	"usher/handlers/command"
	"usher/handlers/view"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

var update = flag.Bool("update", false, "write the golden files anew")

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

var (
	forecast = view.Room{ID: "C0FORECAST", Name: "finance-forecast", Private: true}
	sales    = view.Room{ID: "C0SALES", Name: "sales-forecast"}
	alice    = view.Whom{Owners: []workspace.UserID{"U0ALICE"}}
	help     = view.Whom{Place: "C0HELP", PlaceName: "help-slack"}
	both     = view.Whom{Owners: []workspace.UserID{"U0ALICE", "U0BOB"}, Place: "C0HELP", PlaceName: "help-slack"}
)

func with(r view.Room, change func(*view.Room)) view.Room { change(&r); return r }

var someRooms = []view.Room{
	with(forecast, func(r *view.Room) { r.MayJoin = true }),
	with(sales, func(r *view.Room) { r.Asking, r.Whom = true, alice }),
	with(view.Room{ID: "C0DEPT", Name: "finance-department", Private: true}, func(r *view.Room) { r.In = true }),
	with(view.Room{ID: "C0GENERAL", Name: "general"}, func(r *view.Room) { r.In, r.Stays = true, true }),
	with(view.Room{ID: "C0EVIL", Name: "a<b>&c *d* <!channel>", Private: true, Until: noon, Feeds: true}, func(r *view.Room) { r.In, r.Back = true, true }),
}

func manyRooms(n int) []view.Room {
	rooms := make([]view.Room, n)
	for i := range rooms {
		rooms[i] = view.Room{ID: workspace.ChannelID("C0" + strings.Repeat("X", i%5) + string(rune('A'+i%26)) + string(rune('A'+i/26))), Name: "finance-" + string(rune('a'+i%26)), In: i >= n/2, MayJoin: i < n/2}
	}
	return rooms
}

var clusters = []view.Cluster{
	{Name: "finance", Description: "The finance department's rooms", Mode: "enforce", Join: "self", Others: "remove", Channels: 12, Inside: 240},
	{Name: "R&D", Mode: "report", Join: "request", Others: "report", Channels: 1, Inside: 1},
}

var troubles = []view.Trouble{{Channel: "C0SECRET", Name: "finance-secret", Private: true, Why: "I am not a member. Somebody inside has to add me with /invite."}}

func messages() map[string]view.Message {
	why := view.Why{Command: "/usher", Room: forecast, Cluster: "finance", Description: "The finance department's rooms", Whom: both, Reasons: []string{"not in #finance-department", "an exception would be needed"}}
	kind := func(change func(*view.Why)) view.Message { y := why; change(&y); return y.Message() }
	say := func(what, next string) view.Message { return view.Complaint(what, next) }
	notice := func(t action.Topic) view.Message {
		return view.Notice{
			Topic: t, Channel: "C0FORECAST", ChannelName: "finance-forecast", Private: true, Subject: "U0MALLORY",
			Cluster: "finance", Description: "The finance department's rooms", Reasons: []string{"you are not in #finance-department", "the rule removes others <@U1>"},
			Until: noon, Whom: alice, Command: "/usher",
		}.Message()
	}
	m := map[string]view.Message{
		"list":             view.List{Rooms: someRooms, Command: "/usher"}.Message(),
		"list_page":        view.List{Rooms: manyRooms(40), Place: view.At(1, "finance & co"), Command: "/usher"}.Message(),
		"list_none":        view.List{Command: "/usher", Whom: help}.Message(),
		"list_in":          view.List{Rooms: someRooms[2:], Command: "/usher"}.Message(),
		"list_open":        view.List{Rooms: someRooms[:1], Command: "/usher"}.Message(),
		"list_reading":     view.List{Rooms: someRooms[:1], Reading: true, Command: "/usher"}.Message(),
		"list_reading_on":  view.List{Reading: true, Command: "/usher"}.Message(),
		"list_no_match":    view.List{Place: view.At(0, "<!channel>"), Command: "/usher"}.Message(),
		"help":             view.Help("/usher", command.For(true)),
		"help_join":        view.HelpAbout("/usher", mustSpec("join")),
		"apology":          view.Apology("Ev0123"),
		"why_allowed":      kind(func(y *view.Why) { y.Verdict, y.Inside = rules.Allow, true }),
		"why_until":        kind(func(y *view.Why) { y.Verdict, y.Until = rules.Allow, noon }),
		"why_not":          kind(func(y *view.Why) { y.Verdict = rules.Remove }),
		"why_other":        kind(func(y *view.Why) { y.Verdict, y.Of = rules.Remove, "U0MALLORY" }),
		"why_grace":        kind(func(y *view.Why) { y.Verdict, y.Until, y.Inside = rules.Warn, noon, true }),
		"why_dry":          kind(func(y *view.Why) { y.Verdict, y.DryRun = rules.Remove, true }),
		"why_unknown":      kind(func(y *view.Why) { y.Verdict = rules.Undetermined }),
		"why_unmanaged":    kind(func(y *view.Why) { y.Verdict, y.Reasons, y.Room = rules.Unmanaged, nil, sales }),
		"why_unmanaged_in": kind(func(y *view.Why) { y.Verdict, y.Reasons = rules.Unmanaged, nil }),
		"why_archived":     kind(func(y *view.Why) { y.Verdict, y.Settled = rules.Unmanaged, rules.CodeArchived }),
		"why_general":      kind(func(y *view.Why) { y.Verdict, y.Settled, y.Room.Stays = rules.Unmanaged, rules.CodeGeneral, true }),
		"why_deactivated":  kind(func(y *view.Why) { y.Verdict, y.Settled, y.Of = rules.Unmanaged, rules.CodeDeactivated, "U0OLD" }),
		"why_request":      kind(func(y *view.Why) { y.Verdict, y.Join = rules.Review, rules.JoinRequest }),
		"why_request_of":   kind(func(y *view.Why) { y.Verdict, y.Join, y.Of = rules.Review, rules.JoinRequest, "U0BOB" }),
		"why_closed":       kind(func(y *view.Why) { y.Verdict, y.Join = rules.Review, rules.JoinClosed }),
		"why_tolerated":    kind(func(y *view.Why) { y.Verdict, y.Settled = rules.Review, rules.CodeOthersAllow }),
		"why_noted":        kind(func(y *view.Why) { y.Verdict, y.Inside = rules.Review, true }),
		"why_warned":       kind(func(y *view.Why) { y.Verdict, y.Inside = rules.Warn, true }),
		"why_not_managed":  kind(func(y *view.Why) { y.Verdict, y.Settled = rules.Undetermined, rules.CodeCannotManage }),
		"status":           view.Status{Whom: help}.Message(),
		"status_paused":    view.Status{Paused: true, Pause: view.Pause{By: "U0ALICE", At: noon, Why: "the <finance> rule is wrong"}}.Message(),
		"status_reading":   view.Status{Reading: true}.Message(),
		"status_admin":     view.Status{Numbers: &view.Numbers{Version: "1.2.3", People: 1200, Channels: 300, Governed: 12, Enforced: 3, Reports: 1, Waiting: 1, Blocked: 0, Planned: noon, Sockets: 2}}.Message(),
		"letting_in":       view.LettingIn(forecast),
		"let_in":           view.LetIn(forecast, false),
		"not_let_in":       view.NotLetIn(forecast, "Somebody has to add me to the channel", alice),
		"taking_out":       view.TakingOut(forecast),
		"taken_out":        view.TakenOut(with(forecast, func(r *view.Room) { r.Back = true }), "/usher"),
		"no_channel":       say(view.NoSuchChannel("fnance-forecast", []string{"finance-forecast"}, "/usher", command.Join)),
		"still_reading":    say(view.StillReading("finance-<!channel>")),
		"no_channel_evil":  say(view.NoSuchChannel("`<!channel>` & co", nil, "/usher", command.Join)),
		"behind_rule":      say(view.BehindRule("finance-secret", "finance", "The finance department's rooms", alice)),
		"rule_about":       say(view.RuleAbout("finance-secret", "finance", "The finance department's rooms", both)),
		"out_of_sight":     say(view.OutOfSight("finance-secret", "finance")),
		"not_allowed":      say(view.NotAllowed(forecast, "finance", "", []string{"You are not in #finance-department."}, help)),
		"not_allowed_both": say(view.NotAllowed(forecast, "finance", "", nil, both)),
		"ask_owners":       say(view.AskOwners(sales, both)),
		"tolerated":        say(view.Tolerated(sales, "open house", false)),
		"leave_yourself":   say(view.LeaveYourself(sales)),
		"archived":         say(view.Archived(sales)),
		"already_in":       say(view.AlreadyIn(sales)),
		"not_sure":         say(view.NotSure(sales, false)),
		"not_sure_first":   say(view.NotSure(sales, true)),
		"others_only":      say(view.OthersOnly(sales, "/usher")),
		"unmanaged":        say(view.Unmanaged(sales, false)),
		"unmanaged_guest":  say(view.Unmanaged(sales, true)),
		"mistake_typo":     mistake("jion #finance"),
		"mistake_nonsense": mistake("<!channel> frobnicate"),
		"mistake_missing":  mistake("join"),
		"mistake_person":   mistake("add @carol #finance"),
	}
	for _, t := range []action.Topic{action.Removed, action.AddedOutsider, action.Warned, action.GraceStarted, action.NewChannel,
		action.RemovedOwner, action.CannotManage, action.Admitted, action.Operator, "a later version's"} {
		m["notice_"+strings.ReplaceAll(strings.ReplaceAll(string(t), " ", "_"), "'", "")] = notice(t)
	}
	return m
}

func mustSpec(word string) command.Spec { s, _ := command.Of(word); return s }

func mistake(text string) view.Message {
	_, err := command.Parse(text)
	return view.Complaint(view.Mistake("/usher", err.(*command.Mistake)))
}

// The messages, as people read them and as Slack is sent them.
func TestMessages(t *testing.T) {
	for name, m := range messages() {
		t.Run(name, func(t *testing.T) {
			legal(t, m)
			golden(t, "message_"+name, map[string]any{"text": m.Text, "blocks": slack.Blocks{BlockSet: m.Blocks}})
		})
	}
}

func TestViews(t *testing.T) {
	home := view.Home{Rooms: someRooms, Groups: []view.Group{{ID: "S0FIN", Handle: "finance", Name: "Finance <all>"}}, Command: "/usher", Version: "1.2.3"}
	admin := home
	admin.Admin = &view.Admin{Clusters: clusters, Of: 2, Troubles: troubles}
	admin.Hints = []string{"I am paused and change nothing."}
	searched := view.Home{Rooms: someRooms[:1], Place: view.At(0, "fore"), Command: "/usher"}
	detail := view.ClusterDetail{
		Cluster: clusters[0], Whom: alice, Eligible: 12, Doubts: []string{"It cannot be said who is in <@finance-leads>."}, Troubles: troubles,
		Rooms: []view.ClusterRoom{
			{ID: "C0FORECAST", Name: "finance-forecast", Private: true, Members: 3, Outside: 1, Managed: true},
			{ID: "C0OTHER", Name: "finance-other", Members: -1, Managed: true},
			{ID: "C0SECRET", Name: "finance-secret", Private: true, Members: -1},
		},
		Lately: []view.Event{{At: noon, User: "U0MALLORY", Channel: "finance-forecast", What: "removed"}},
	}
	for name, v := range map[string]any{
		"home":          home.View(),
		"home_admin":    admin.View(),
		"home_empty":    view.Home{Command: "/usher", Whom: help}.View(),
		"home_reading":  view.Home{Reading: true, Command: "/usher"}.View(),
		"home_partly":   view.Home{Rooms: someRooms[:1], Reading: true, Command: "/usher"}.View(),
		"home_nothing":  view.Home{Command: "/usher", Place: view.At(3, "zebra")}.View(),
		"home_search":   searched.View(),
		"home_page":     view.Home{Rooms: manyRooms(70), Place: view.At(1, ""), Command: "/usher"}.View(),
		"cluster":       detail.View(),
		"cluster_empty": view.ClusterDetail{Cluster: clusters[1]}.View(),
		"clusters":      view.AllClusters(clusters, 2, view.Place{}),
		"troubles":      view.AllTroubles(troubles, view.Place{}),
		"dialog":        view.Dialog(view.Complaint(view.AskOwners(sales, alice))),
	} {
		t.Run(name, func(t *testing.T) {
			legal(t, v)
			golden(t, "view_"+name, v)
		})
	}
}

// legal holds a message or a view to Slack's limits.
func legal(t interface{ Errorf(string, ...any) }, v any) {
	var problems []blockkit.Problem
	size := 250_000
	if m, ok := v.(view.Message); ok {
		v, size = slack.Blocks{BlockSet: m.Blocks}, 250_000
		if m.Text == "" || len([]rune(m.Text)) > 3000 {
			t.Errorf("a text of %d characters", len([]rune(m.Text)))
		}
		if len(m.Blocks) == 0 {
			return
		}
		problems = blockkit.Message(encode(v))
	} else {
		problems = blockkit.View(encode(v))
	}
	if n := len(encode(v)); n > size {
		t.Errorf("%d bytes", n)
	}
	for _, p := range problems {
		t.Errorf("%s", p)
	}
}

func encode(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func golden(t *testing.T, name string, v any) {
	t.Helper()
	file := filepath.Join("testdata", name+".json")
	got := encode(v)
	if *update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; go test -update writes it anew\ngot %s", file, got)
	}
}
