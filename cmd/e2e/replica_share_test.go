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
	const rounds = 1
	teams := []string{"T01", "T02", "T03", "T04"}
	_, one, _ := strings.Cut(townFile, "workspaces:\n")
	var victims strings.Builder
	for i := range 400 {
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
		for ; made < 400 && ctx.Err() == nil; made++ {
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
		w.within(2*time.Minute, "each owns two", func(slacksim.State) bool {
			here, there := owned(t, first), owned(t, second)
			return len(here) == 2 && len(there) == 2 && !slices.ContainsFunc(here, func(team string) bool { return slices.Contains(there, team) })
		})
		w.stop(second)
		w.within(time.Minute, "the first owns all of them again", func(slacksim.State) bool { return len(owned(t, first)) == len(teams) })
	}
	stop()
	loading.Wait()
	// On a machine that is too slow for three seconds some are told to wait.
	if answered < asked/2 {
		t.Errorf("%d of %d slash commands were answered", answered, asked)
	}
	if handed := strings.Count(w.log.String(), "handed a workspace over"); handed < 2*rounds {
		t.Errorf("%d workspaces were handed over, want %d", handed, 2*rounds)
	}
	if strings.Contains(w.log.String(), `"code":"rescued"`) {
		t.Error("something was under way when its workspace was handed over")
	}
	w.within(2*time.Minute, "everybody is out and was told", func(s slacksim.State) bool {
		for _, team := range teams {
			there := elsewhere(s, team)
			for i := range made {
				name := fmt.Sprintf("victim%03d", i)
				if in(there, name, "finance-forecast") || len(private(there, name)) == 0 {
					return false
				}
			}
		}
		return true
	})
	kicks := map[string]int{}
	for _, c := range w.slack.Calls(0) {
		if c.Method == "conversations.kick" && c.OK {
			kicks[c.Team+" "+fmt.Sprint(c.Args["user"])]++
		}
	}
	state := w.slack.State()
	for _, team := range teams {
		there := elsewhere(state, team)
		for i := range made {
			name := fmt.Sprintf("victim%03d", i)
			if n := kicks[team+" "+user(there, name)]; n != 1 {
				t.Errorf("%s was taken out %d times in %s", name, n, team)
			}
			if told := private(there, name); len(told) != 1 {
				t.Errorf("%s was told %d times in %s: %q", name, len(told), team, told)
			}
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
