package view_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"usher/handlers/command"
	"usher/handlers/view"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// typed is anything people may call a thing: empty, long, markup, several
// scripts, broken lines, bytes that are not UTF-8.
var typed = rapid.OneOf(
	rapid.String(),
	rapid.SampledFrom([]string{"", "<!channel>", "&lt;", "<@U1|x>", "a\nb", "`x`", "*b* _i_ ~s~", "\xff\xfe", "\u202ertl", strings.Repeat("<", 3100), strings.Repeat("&", 300), strings.Repeat("é", 3100), strings.Repeat("a b ", 900)}),
)

// id is a Slack id, as Slack makes them.
var id = rapid.StringMatching(`[A-Z][A-Z0-9]{2,11}`)

func whom(t *rapid.T) view.Whom {
	var owners []workspace.UserID
	for _, u := range rapid.SliceOfN(id, 0, 7).Draw(t, "owners") {
		owners = append(owners, workspace.UserID(u))
	}
	return view.Whom{Owners: owners, PlaceName: typed.Draw(t, "place")}
}

func rooms(t *rapid.T, most int) []view.Room {
	seen := map[string]bool{}
	var all []view.Room
	for range rapid.IntRange(0, most).Draw(t, "rooms") {
		c := id.Draw(t, "channel")
		if seen[c] {
			continue
		}
		seen[c] = true
		r := room(t)
		r.ID = workspace.ChannelID(c)
		all = append(all, r)
	}
	return all
}

func room(t *rapid.T) view.Room {
	flag := rapid.Bool()
	r := view.Room{
		ID: workspace.ChannelID(id.Draw(t, "channel")), Name: typed.Draw(t, "name"), Private: flag.Draw(t, "private"), In: flag.Draw(t, "in"),
		MayJoin: flag.Draw(t, "may"), Asking: flag.Draw(t, "asking"), Stays: flag.Draw(t, "stays"), Back: flag.Draw(t, "back"), Whom: whom(t),
	}
	if flag.Draw(t, "grace") {
		r.Until = time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "until"), 0)
	}
	return r
}

func someTexts(t *rapid.T, most int) []string {
	return rapid.SliceOfN(typed, 0, most).Draw(t, "texts")
}

func place(t *rapid.T) view.Place {
	return view.At(rapid.IntRange(-3, 50).Draw(t, "page"), typed.Draw(t, "words"))
}

func cluster(t *rapid.T) view.Cluster {
	word := rapid.SampledFrom([]string{"", "self", "request", "everyone", "closed", "report", "enforce", "off", "remove", "warn"})
	return view.Cluster{
		Name: "x" + typed.Draw(t, "cluster"), Description: typed.Draw(t, "description"), Mode: word.Draw(t, "mode"), Join: word.Draw(t, "join"), Others: word.Draw(t, "others"),
		Channels: rapid.IntRange(0, 1e6).Draw(t, "n"), Inside: rapid.IntRange(0, 1e9).Draw(t, "inside"),
	}
}

func trouble(t *rapid.T) view.Trouble {
	return view.Trouble{Channel: workspace.ChannelID(id.Draw(t, "channel")), Name: typed.Draw(t, "name"), Private: rapid.Bool().Draw(t, "private"), Why: typed.Draw(t, "why")}
}

// Whatever things are called and however many there are, Slack takes what is
// drawn, and nothing that people typed becomes markup.
func TestLimits(t *testing.T) {
	draw := map[string]func(*rapid.T) any{
		"home": func(t *rapid.T) any {
			h := view.Home{Place: place(t), Rooms: rooms(t, 35), Hints: someTexts(t, 5), Command: "/" + typed.Draw(t, "command"), Version: typed.Draw(t, "version")}
			for range rapid.IntRange(0, 45).Draw(t, "groups") {
				h.Groups = append(h.Groups, view.Group{ID: "S1", Handle: typed.Draw(t, "handle"), Name: typed.Draw(t, "name")})
			}
			for range rapid.IntRange(0, 10).Draw(t, "owned") {
				h.Owned.Clusters = append(h.Owned.Clusters, cluster(t))
				h.Owned.Groups = append(h.Owned.Groups, view.GroupRow{ID: workspace.UsergroupID(id.Draw(t, "usergroup")), Handle: typed.Draw(t, "handle"), Name: typed.Draw(t, "name"), Description: typed.Draw(t, "about"), Whom: whom(t), Asking: true})
			}
			h.Owned.Of = len(h.Owned.Clusters)
			if rapid.Bool().Draw(t, "admin") {
				h.Owned = view.Owned{}
				h.Admin = &view.Admin{Of: rapid.IntRange(0, 600).Draw(t, "of")}
				for range rapid.IntRange(0, 22).Draw(t, "clusters") {
					h.Admin.Clusters = append(h.Admin.Clusters, cluster(t))
				}
				for range rapid.IntRange(0, 15).Draw(t, "troubles") {
					h.Admin.Troubles = append(h.Admin.Troubles, trouble(t))
				}
			}
			return h.View()
		},
		"list": func(t *rapid.T) any {
			return view.List{Place: place(t), Rooms: rooms(t, 18), Command: "/" + typed.Draw(t, "command")}.Message()
		},
		"cluster": func(t *rapid.T) any {
			d := view.ClusterDetail{Cluster: cluster(t), Place: place(t), Whom: whom(t), Doubts: someTexts(t, 20), Before: rapid.IntRange(0, 100).Draw(t, "before"), After: rapid.IntRange(0, 100).Draw(t, "after")}
			for range rapid.IntRange(0, 22).Draw(t, "rooms") {
				d.Rooms = append(d.Rooms, view.ClusterRoom{ID: workspace.ChannelID(id.Draw(t, "channel")), Name: typed.Draw(t, "name"), Private: rapid.Bool().Draw(t, "private"), Members: rapid.IntRange(-1, 5e5).Draw(t, "members")})
			}
			for range rapid.IntRange(0, 15).Draw(t, "lately") {
				d.Lately = append(d.Lately, view.Event{At: noon, User: workspace.UserID(id.Draw(t, "user")), Channel: typed.Draw(t, "channel"), What: typed.Draw(t, "what")})
			}
			for range rapid.IntRange(0, 15).Draw(t, "troubles") {
				d.Troubles = append(d.Troubles, trouble(t))
			}
			return d.View()
		},
		"clusters": func(t *rapid.T) any {
			var all []view.Cluster
			for range rapid.IntRange(0, 22).Draw(t, "clusters") {
				all = append(all, cluster(t))
			}
			return view.AllClusters(all, len(all)+rapid.IntRange(0, 99).Draw(t, "more"), place(t))
		},
		"troubles": func(t *rapid.T) any {
			var all []view.Trouble
			for range rapid.IntRange(0, 22).Draw(t, "troubles") {
				all = append(all, trouble(t))
			}
			return view.AllTroubles(all, place(t))
		},
		"why": func(t *rapid.T) any {
			return view.Why{
				Of: workspace.UserID(rapid.OneOf(id, rapid.Just("")).Draw(t, "of")), Room: room(t), Inside: rapid.Bool().Draw(t, "inside"), DryRun: rapid.Bool().Draw(t, "dry"),
				Verdict: rules.Verdict(rapid.IntRange(0, 5).Draw(t, "verdict")), Cluster: typed.Draw(t, "cluster"), Reasons: someTexts(t, 30), Whom: whom(t),
			}.Message()
		},
		"notice": func(t *rapid.T) any {
			return view.Notice{
				Topic:   rapid.SampledFrom([]action.Topic{action.Removed, action.AddedOutsider, action.Warned, action.GraceStarted, action.NewChannel, action.RemovedOwner, action.CannotManage, action.Admitted, action.Operator, "new"}).Draw(t, "topic"),
				Channel: workspace.ChannelID(rapid.OneOf(id, rapid.Just("")).Draw(t, "channel")), ChannelName: typed.Draw(t, "name"), Private: rapid.Bool().Draw(t, "private"),
				Subject: "U1", Cluster: typed.Draw(t, "cluster"), Description: typed.Draw(t, "description"), Reasons: someTexts(t, 30), Detail: typed.Draw(t, "detail"), Until: noon, Whom: whom(t),
			}.Message()
		},
		"refusal": func(t *rapid.T) any {
			a, b := typed.Draw(t, "a"), typed.Draw(t, "b")
			return rapid.SampledFrom([]view.Message{
				view.Complaint(view.NoSuchChannel(a, someTexts(t, 3), b, command.Join)),
				view.Complaint(view.StillReading(a)),
				view.Complaint(view.BehindRule(a, b, a, whom(t))),
				view.Complaint(view.NotAllowed(room(t), a, b, someTexts(t, 20), whom(t))),
				view.Complaint(view.OnlyReports(room(t), a, false, whom(t))),
				view.Complaint(view.NoSuchPerson(a)),
				view.NotLetIn(room(t), a, whom(t)),
				view.NotTakenOut(room(t), a),
				view.NoLonger(room(t), a),
				view.Apology(a),
				view.HelpAbout(a, mustSpec("join")),
			}).Draw(t, "refusal")
		},
	}
	for name, f := range draw {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			v := f(t)
			legal(t, v)
			harmless(t, v)
		}))
	}
}

var markup = regexp.MustCompile(`<#[A-Z0-9]+>|<@[A-Z0-9]+>|<!date\^\d+\^\{date_short_pretty\} at \{time\}\|[0-9A-Za-z: ]+>|&amp;|&lt;|&gt;`)

// harmless reports mrkdwn in which something is left that could be markup once
// all that a view itself writes is taken out.
func harmless(t *rapid.T, v any) {
	if m, ok := v.(view.Message); ok {
		if left := markup.ReplaceAllString(m.Text, ""); strings.ContainsAny(left, "<>&") {
			t.Errorf("left in a text: %q", left)
		}
	}
	var walk func(any)
	walk = func(x any) {
		switch x := x.(type) {
		case map[string]any:
			if text, ok := x["text"].(string); ok && x["type"] == "mrkdwn" {
				if left := markup.ReplaceAllString(text, ""); strings.ContainsAny(left, "<>&") {
					t.Errorf("left in a text: %q", left)
				}
			}
			for _, y := range x {
				walk(y)
			}
		case []any:
			for _, y := range x {
				walk(y)
			}
		}
	}
	var tree any
	if err := json.Unmarshal(encode(v), &tree); err != nil {
		t.Fatal(err)
	}
	walk(tree)
}

// A Home that is as full as it can be loses nothing at its end.
func TestFullHomeIsWhole(t *testing.T) {
	full := view.Home{
		Place: view.At(1, "x"), Rooms: manyRooms(90), Reading: true, Hints: []string{"one", "two", "three"}, Command: "/usher",
		Groups: []view.Group{{ID: "S1", Handle: "g", Name: "G"}}, Join: make([]view.GroupRow, 30),
		Admin: &view.Admin{Clusters: make([]view.Cluster, 60), Of: 60, Troubles: make([]view.Trouble, 60), Held: make([]view.Held, 60), Runs: make([]view.Run, 60)},
	}
	owner := full
	owner.Admin, owner.Owned = nil, view.Owned{Clusters: make([]view.Cluster, 8), Of: 60, Groups: make([]view.GroupRow, 60)}
	if text := string(encode(owner.View().Blocks.BlockSet)); !strings.Contains(text, "52 more groups") || !strings.Contains(text, "/usher help") {
		t.Error("the fullest Home of an owner is not whole")
	}
	blocks := full.View().Blocks.BlockSet
	whole := string(encode(blocks))
	if len(blocks) > 100 {
		t.Errorf("%d blocks", len(blocks))
	}
	for _, there := range []string{"Open to you", "You are in", "Page 2 of 4", "All 60 rules", "All 60 channels", "more groups", `"` + view.ActionPause + `"`, "/usher help"} {
		if !strings.Contains(whole, there) {
			t.Errorf("%q is not there any more: %d blocks", there, len(blocks))
		}
	}
}
