package rules_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"usher/rules/workspace"
)

// noon is when every case happens.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// world reads a workspace from a small text, one thing a line:
//
//	user NAME [email=A] [title=T] [field.F=V] [bot|owner|admin|guest|single|external|deactivated|stub]
//	channel NAME [private|archived|general|stale|unread|gone] [id=C…]: MEMBER…   (NAME! came as a newcomer, NAME~2h is in a grace for so long)
//	usergroup HANDLE [stale|disabled|unsaid] [in=CHANNEL,…]: MEMBER…   (in: its default channels)
//	idp ID [stale]: MEMBER…
//	grant CHANNEL USER UNTIL   (counted from noon: 2h, -1h)
//	users stale
//
// Ids are the names in capitals: UALICE, CFINANCE-Q1, SLEADS. Usher's own user
// is usher, and it is in the channels where it is a member.
func world(t testing.TB, text string) *workspace.Snapshot {
	t.Helper()
	e := workspace.New(workspace.Team{ID: "T1", Bot: "UUSHER"}).Edit()
	whole := workspace.Knowledge{Complete: true, At: noon}
	e.KnowUsers(whole)
	e.KnowChannels(whole)
	e.KnowUsergroups(whole)
	e.PutUser(workspace.User{ID: "UUSHER", Name: "usher", Bot: true})
	for line := range strings.Lines(text) {
		head, tail, _ := strings.Cut(strings.TrimSpace(line), ":")
		words, members := strings.Fields(head), strings.Fields(tail)
		if len(words) < 2 {
			continue
		}
		switch words[0] {
		case "user":
			e.PutUser(account(t, words[1:]))
		case "channel":
			channel(t, e, words[1:], members)
		case "usergroup":
			id := workspace.UsergroupID("S" + strings.ToUpper(words[1]))
			g := workspace.Usergroup{ID: id, Handle: words[1]}
			k := whole
			for _, flag := range words[2:] {
				g.Disabled = g.Disabled || flag == "disabled"
				g.AdditionalUnknown, g.SectionUnknown = g.AdditionalUnknown || flag == "unsaid", g.SectionUnknown || flag == "unsaid"
				k.Complete = k.Complete && flag != "stale"
				if names, in := strings.CutPrefix(flag, "in="); in {
					for name := range strings.SplitSeq(names, ",") {
						g.Channels = append(g.Channels, channelID(name))
					}
				}
			}
			e.PutUsergroup(g)
			e.SetUsergroupMembers(id, people(members), k)
		case "idp":
			e.PutIDPGroup(workspace.IDPGroup{ID: workspace.IDPGroupID(words[1]), Name: "Directory", Lost: slices.Contains(words, "lost")})
			e.SetIDPGroupMembers(workspace.IDPGroupID(words[1]), people(members), workspace.Knowledge{Complete: len(words) < 3})
		case "grant":
			e.PutGrant(workspace.Grant{
				Channel: channelID(words[1]), User: userID(words[2]), By: "UALICE",
				From: noon.Add(-100 * time.Hour), Until: noon.Add(length(t, words[3])),
			})
		case "users":
			e.KnowUsers(workspace.Knowledge{})
		default:
			t.Fatalf("the workspace says %q", line)
		}
	}
	return e.Snapshot()
}

func account(t testing.TB, words []string) workspace.User {
	u := workspace.User{ID: userID(words[0]), Name: words[0]}
	for _, w := range words[1:] {
		key, value, _ := strings.Cut(w, "=")
		switch {
		case key == "email":
			u.Email = value
		case key == "title":
			u.Title = value
		case strings.HasPrefix(key, "field."):
			u.Fields = map[string]string{strings.TrimPrefix(key, "field."): value}
		case key == "bot":
			u.Bot = true
		case key == "owner":
			u.Owner = true
		case key == "admin":
			u.Admin = true
		case key == "guest":
			u.Guest = workspace.MultiChannelGuest
		case key == "single":
			u.Guest = workspace.SingleChannelGuest
		case key == "external":
			u.External = true
		case key == "deactivated":
			u.Deleted = true
		case key == "stub":
			u.Stub = true
		default:
			t.Fatalf("a user is %q", w)
		}
	}
	return u
}

func channel(t testing.TB, e *workspace.Editor, words, members []string) {
	c := workspace.Channel{ID: channelID(words[0]), Name: words[0], Count: len(members)}
	k, unread := workspace.Knowledge{Complete: true, At: noon}, false
	for _, w := range words[1:] {
		switch w {
		case "private":
			c.Private = true
		case "archived":
			c.Archived = true
		case "general":
			c.General = true
		case "stale":
			k.Complete = false
		case "unread":
			unread = true
		case "gone":
			e.DropChannel(c.ID)
			return
		default:
			id, ok := strings.CutPrefix(w, "id=")
			if !ok {
				t.Fatalf("a channel is %q", w)
			}
			c.ID = workspace.ChannelID(id)
		}
	}
	var in, newcomers []workspace.UserID
	for _, m := range members {
		name, newcomer := strings.CutSuffix(m, "!")
		name, grace, running := strings.Cut(name, "~")
		in = append(in, userID(name))
		if newcomer {
			newcomers = append(newcomers, userID(name))
		}
		if running {
			e.StartGrace(c.ID, userID(name), noon.Add(-length(t, grace)))
		}
		c.BotIn = c.BotIn || name == "usher"
	}
	e.PutChannel(c)
	if !unread {
		e.RestoreMembers(c.ID, in, newcomers, k)
	}
}

func length(t testing.TB, text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func userID(name string) workspace.UserID { return workspace.UserID("U" + strings.ToUpper(name)) }

func channelID(name string) workspace.ChannelID {
	return workspace.ChannelID("C" + strings.ToUpper(name))
}

func people(names []string) []workspace.UserID {
	ids := make([]workspace.UserID, len(names))
	for i, n := range names {
		ids[i] = userID(n)
	}
	return ids
}
