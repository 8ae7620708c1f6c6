package e2e

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"usher/bot"
	"usher/bot/config"
	"usher/bot/slacksim"
)

// history is one random life of a bot: workspaces, a policy, people who do
// things and faults of every kind, until everything is mended. All of it happens
// in bubbled time; only the database is real.
type history struct {
	*testing.T
	r       *rand.Rand
	began   time.Time
	charter *charter
	slack   *slacksim.Server
	x       *exchange
	teams   []string
	bound   map[string]map[string]string // by team: what the masters' names stood for
	disk    *disk
	reload  chan struct{}
	beside  sync.WaitGroup // what goes on beside the history

	bot  *bot.Bot
	line *line

	rooms, newcomers, added int
	certain                 bool               // no fault so far can have lost a notice
	slow                    bool               // Slack has been slow to answer
	keeping, dying          bool               // something may keep a reaction from one of its steps at the moment
	teamRooms               map[seat]time.Time // public channels made for a team while nothing did, as they were made
	leaving                 map[seat]bool      // who asked to be taken out
	tally                   map[string]int
	times                   []moment
	log                     *book

	mu       sync.Mutex
	journal  []string
	wrongs   []string
	starting int
}

func (h *history) note(format string, a ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.journal = append(h.journal, time.Since(h.began).Round(time.Millisecond).String()+" "+fmt.Sprintf(format, a...))
}

// wrong is a violation.
func (h *history) wrong(format string, a ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.wrongs = append(h.wrongs, time.Since(h.began).Round(time.Millisecond).String()+" "+fmt.Sprintf(format, a...))
}

// histories is how many are lived; USHER_HISTORIES sets it, USHER_HISTORY_SEED
// lives a single one.
const histories = 10

func TestHistories(t *testing.T) {
	n, first := number(t, "USHER_HISTORIES", histories), uint64(number(t, "USHER_HISTORY_FROM", 1))
	if text := os.Getenv("USHER_HISTORY_SEED"); text != "" {
		n, first = 1, uint64(number(t, "USHER_HISTORY_SEED", 1))
	}
	var mu sync.Mutex
	tally := map[string]int{}
	t.Run("all", func(t *testing.T) {
		for seed := first; seed < first+uint64(n); seed++ {
			t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
				t.Parallel()
				counts := live(t, seed)
				mu.Lock()
				defer mu.Unlock()
				for kind, n := range counts {
					tally[kind] += n
				}
			})
		}
	})
	var lines []string
	for _, kind := range slices.Sorted(maps.Keys(tally)) {
		lines = append(lines, fmt.Sprintf("%7d %s", tally[kind], kind))
	}
	t.Logf("%d histories, seeds %d to %d:\n%s", n, first, first+uint64(n)-1, strings.Join(lines, "\n"))
}

func number(t *testing.T, name string, otherwise int) int {
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q: a number from 1 is wanted", name, text)
	}
	return n
}

// live lives one history and counts what happened in it.
func live(t *testing.T, seed uint64) map[string]int {
	h := &history{r: rand.New(rand.NewPCG(seed, 0)), disk: &disk{dir: t.TempDir()}, tally: map[string]int{}, leaving: map[seat]bool{}, teamRooms: map[seat]time.Time{}, certain: true, log: &book{}}
	synctest.Test(t, func(t *testing.T) {
		h.T = t
		h.live()
	})
	if len(h.wrongs) > 0 {
		t.Errorf("seed %d:\n%s\n\nUSHER_HISTORY_SEED=%d go test ./cmd/e2e -run TestHistories\n\npolicy:\n%s\nhistory:\n%s",
			seed, strings.Join(h.wrongs, "\n"), seed, h.charter.yaml(), strings.Join(h.journal, "\n"))
		if path := os.Getenv("USHER_HISTORY_LOG"); path != "" {
			if err := errors.Join(os.WriteFile(path, []byte(h.log.String()), 0o600), os.Rename(h.disk.path(), path+".db")); err != nil {
				t.Error(err)
			}
		}
	}
	return h.tally
}

func (h *history) live() {
	h.found()
	h.start()
	h.rest(2 * time.Minute) // the first reading has to be over before names may change
	for range 10 + h.r.IntN(60) {
		switch n := h.r.IntN(20); {
		case n < 12:
			h.act()
		case n < 17:
			h.fault()
		case n < 18:
			h.amend()
		case n < 20:
			h.order()
		}
		if h.r.IntN(3) > 0 {
			h.rest(time.Duration(h.r.IntN(1<<h.r.IntN(17))) * time.Millisecond)
		}
	}
	h.settle()
	h.judge()
	h.end()
}

// found builds the workspaces and their Slack.
func (h *history) found() { h.foundOn(randomFile(h.r), randomCharter(h.r)) }

func (h *history) foundOn(file *slacksim.File, c *charter) {
	h.began, h.charter = time.Now(), c
	h.x, h.reload, h.bound = newExchange(), make(chan struct{}, 1), map[string]map[string]string{}
	m := loadManifest(h.T)
	slack, err := slacksim.Start(slacksim.Options{Workspace: file, Listener: h.x, BotScopes: m.OAuth.Scopes.Bot, ReconnectEvery: pick(h.r, 0, 0, 7*time.Minute)})
	if err != nil {
		h.Fatal(err)
	}
	h.slack = slack
	for team, w := range slack.State().Workspaces {
		h.teams = append(h.teams, team)
		h.bound[team] = map[string]string{}
		for id, c := range w.Channels {
			if slices.Contains(masters, c.Name) {
				h.bound[team][c.Name] = id
			}
		}
	}
	slices.Sort(h.teams)
	h.write()
	h.beside.Go(h.watch)
}

func (h *history) write() {
	path := filepath.Join(h.disk.dir, "policy.yaml")
	if err := os.WriteFile(path+".new", []byte(h.charter.yaml()), 0o600); err != nil {
		h.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		h.Fatal(err)
	}
}

func (h *history) settings() config.Settings {
	ready := h.slack.Ready()
	s := config.Settings{
		AppToken: config.NewSecret(ready.Workspaces[0].AppToken), APIURL: ready.APIURL, Policy: filepath.Join(h.disk.dir, "policy.yaml"),
		DB: config.NewSecret(h.disk.url()), Command: "/usher", Sockets: 2, Replan: time.Hour,
	}
	for _, w := range ready.Workspaces {
		s.Workspaces = append(s.Workspaces, config.Workspace{BotToken: config.NewSecret(w.BotToken)})
	}
	return s
}

// start starts a bot, again and again where it ends by itself: whoever runs it
// does that.
func (h *history) start() {
	for h.starting = 0; h.starting < 100; h.starting++ {
		if h.try() {
			return
		}
		pass(5 * time.Second)
	}
	h.wrong("the bot did not start 100 times")
}

func (h *history) try() bool {
	h.line = newLine(h.x, h.look, func() {
		if err := h.disk.snap(); err != nil {
			h.wrong("keep what is on the disk: %v", err)
		}
	})
	ctx, cancel := context.WithCancel(h.Context())
	defer cancel()
	l := h.line
	b, err := bot.Open(ctx, h.settings(), zerolog.New(h.log).With().Timestamp().Logger().Level(zerolog.InfoLevel), "test", bot.Through(l.dial), bot.ReloadOn(h.reload), bot.Unwatched())
	if err != nil {
		h.note("the bot did not open: %v", err)
		return false
	}
	h.bot = b
	go func() {
		select {
		case <-l.died:
			cancel()
		case <-ctx.Done():
		}
	}()
	if err := b.Start(ctx); err != nil {
		h.note("the bot did not start: %v", err)
		h.stop()
		return false
	}
	return true
}

// stop ends the bot in order, or buries it where it was killed.
func (h *history) stop() {
	ended := make(chan error, 1)
	go func(b *bot.Bot) { ended <- b.Stop() }(h.bot)
	select {
	case <-h.line.died:
		h.line.cut()
		<-ended // whatever it says, it is dead
		return
	case err := <-ended:
		if err != nil {
			h.note("the bot ended: %v", err)
		}
	}
	h.line.kill()
	h.line.cut()
	h.disk.forget()
}

func (h *history) restart() {
	h.stop()
	pass(time.Duration(h.r.IntN(1<<h.r.IntN(20))) * time.Millisecond)
	h.start()
	h.dying = false
}

// killSoon has the bot die in the middle of what it does so many packets later.
func (h *history) killSoon(packets int) {
	h.line.mu.Lock()
	h.line.last = h.line.steps + 1 + packets
	h.line.mu.Unlock()
}

// rest lets time go by, and starts the bot again when it dies.
func (h *history) rest(long time.Duration) {
	end := time.NewTimer(long)
	defer end.Stop()
	for {
		select {
		case <-end.C:
			return
		case <-h.line.died:
			h.note("the bot was killed")
		case <-h.bot.Ended():
			h.note("the bot ended by itself")
		}
		h.restart()
	}
}

func (h *history) end() {
	h.stop()
	if err := h.slack.Close(); err != nil {
		h.wrong("close the local Slack: %v", err)
	}
	h.beside.Wait()
	h.verify()
}
