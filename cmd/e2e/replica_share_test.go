package e2e

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"usher/bot"
	"usher/bot/config"
	"usher/bot/slacksim"
	"usher/bot/store/pgtest"
	"usher/rules/workspace"
)

// Four workspaces and replicas that come and go in order, under load: the
// workspaces are shared, and no hand-over loses, repeats or delays anything.
func TestReplicasShareTheWorkspaces(t *testing.T) {
	const rounds, most = 1, 150
	teams := []string{"T01", "T02", "T03", "T04"}
	_, one, _ := strings.Cut(townFile, "workspaces:\n")
	var victims strings.Builder
	for i := range most {
		fmt.Fprintf(&victims, "      - {name: victim%03d}\n", i)
	}
	one = strings.Replace(one, "    channels:\n", victims.String()+"    channels:\n", 1)
	text := "seed: 7\nworkspaces:\n"
	for _, team := range teams {
		text += strings.Replace(one, "T01", team, 1)
	}
	file, err := slacksim.ParseFile([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	w := newTown(t, func(o *slacksim.Options) { o.Workspace, o.NoRateLimits, o.RetryScale = file, true, 0.2 })
	settings := w.settings()
	settings.DB = config.NewSecret(pgtest.Own(t).URL())
	settings.Control = ""
	settings.Workspaces = nil
	for i, team := range teams {
		settings.Workspaces = append(settings.Workspaces, config.Workspace{BotToken: config.NewSecret(w.slack.Ready().Workspaces[i].BotToken), Team: workspace.TeamID(team)})
	}
	first := w.replica(settings)
	w.until("the first replica owns every workspace and has read it", func(slacksim.State) bool {
		ready, _ := first.Look(t.Context())
		return ready && len(owned(t, first)) == len(teams)
	})

	// Somebody is added who may not be there, in one workspace after the other, and
	// somebody asks.
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var loading sync.WaitGroup
	var made int
	loading.Go(func() {
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for ; made < most && ctx.Err() == nil; made++ {
			for _, team := range teams {
				w.slack.Act(t.Context(), slacksim.Act{Team: team, As: "alice", Do: "invite", Channel: "finance-forecast", Users: slacksim.Names{fmt.Sprintf("victim%03d", made)}})
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
			}
		}
	})
	var asked, answered int
	var slowest time.Duration
	loading.Go(func() {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for ctx.Err() == nil {
			<-tick.C
			began := time.Now()
			answer := w.slack.Act(t.Context(), slacksim.Act{Team: teams[asked%len(teams)], As: "bob", Do: "slash", Command: "/usher", Text: "why #finance-reports"})
			asked++
			if answer.OK && answer.Reply != nil && strings.Contains(answer.Reply.Text+string(answer.Reply.Blocks), "finance") {
				answered++
				slowest = max(slowest, time.Since(began))
			}
		}
	})
	for range rounds {
		second := w.replica(settings)
		w.slowly("each owns two", func() bool {
			here, there := owned(t, first), owned(t, second)
			return len(here) == 2 && len(there) == 2 && !slices.ContainsFunc(here, func(team string) bool { return slices.Contains(there, team) })
		})
		w.stop(second)
		w.slowly("the first owns all of them again", func() bool { return len(owned(t, first)) == len(teams) })
	}
	stop()
	loading.Wait()
	// On a machine that is too slow for three seconds some are told to wait.
	if answered == 0 {
		t.Errorf("%d of %d slash commands were answered", answered, asked)
	}
	if handed := strings.Count(w.log.String(), "handed a workspace over"); handed < 2*rounds {
		t.Errorf("%d workspaces were handed over, want %d", handed, 2*rounds)
	}
	if strings.Contains(w.log.String(), `"code":"rescued"`) {
		t.Error("something was under way when its workspace was handed over")
	}
	w.slowly("everybody is out", func() bool { return w.calls("conversations.kick", 0) >= made*len(teams) })
	var lives map[string]*fate
	w.slowly("everybody was told", func() bool {
		lives = w.fates()
		for _, f := range lives {
			if f.told == 0 {
				return false
			}
		}
		return true
	})
	if len(lives) != made*len(teams) {
		t.Errorf("%d people were taken out, want %d", len(lives), made*len(teams))
	}
	for whom, f := range lives {
		if f.out != 1 || f.told != 1 {
			t.Errorf("%s was taken out %d times and told %d times", whom, f.out, f.told)
		}
	}
	t.Logf("%d people taken out and told once in each of %d workspaces while %d workspaces changed hands; %d of %d slash commands answered, the slowest after %s",
		made, len(teams), strings.Count(w.log.String(), "owned a workspace")-len(teams), answered, asked, slowest.Round(time.Millisecond))
}

// replica is one more bot of a town whose log goes on.
func (w *town) replica(s config.Settings) *bot.Bot {
	w.Helper()
	b, err := bot.Open(w.Context(), s, zerolog.New(w.log).Level(zerolog.InfoLevel), "test", bot.Unlimited())
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { w.stop(b) })
	if err := b.Start(w.Context()); err != nil {
		w.Fatal(err)
	}
	return b
}

var teamID = regexp.MustCompile(`\bT[0-9]+\b`)

// owned are the workspaces that a replica says it owns.
func owned(t *testing.T, b *bot.Bot) []string {
	t.Helper()
	return teamID.FindAllString(sentence(t, b, "owner"), -1)
}

// fate is how often somebody was taken out, and told so.
type fate struct{ out, told int }

// fates are those of whoever was taken out, by workspace and id.
func (w *town) fates() map[string]*fate {
	all := map[string]*fate{}
	for _, c := range w.slack.Calls(0) {
		if c.Method != "conversations.kick" || !c.OK {
			continue
		}
		whom := fmt.Sprint(c.Team, " ", c.Args["user"])
		if all[whom] == nil {
			all[whom] = &fate{}
		}
		all[whom].out++
	}
	for team, there := range w.slack.State().Workspaces {
		for _, m := range there.Messages {
			for _, id := range m.To {
				if f := all[team+" "+id]; f != nil {
					f.told++
				}
			}
		}
	}
	return all
}

// slowly waits for something that is costly to look for.
func (w *town) slowly(what string, is func() bool) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), 2*late)
	defer cancel()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			w.Fatalf("not within %s: %s\nlog:\n%s", 2*late, what, w.log)
		}
	}
}
