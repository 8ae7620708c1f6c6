package e2e

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"usher/bot/slacksim"
	"usher/bot/store"
	"usher/bot/store/pgtest"
)

// The load on two replicas. USHER_LONG makes it a whole minute, which is too
// long to wait for every time.
const (
	eventsPerSecond = 200
	loadFor         = 9 * time.Second
	loadForLong     = time.Minute
	killEvery       = 4 * time.Second
	answeredWithin  = 5 * time.Second
	lobbies         = 10
	people          = 40 // in and out of each lobby
)

// replicas are two bots on one PostgreSQL, beside a local Slack.
type replicas struct {
	*distant
	cluster *pgtest.Cluster
	db      *sql.DB
	url     string
	client  *http.Client

	mu   sync.Mutex
	bots []*process // running ones
}

func newReplicas(t *testing.T, victims int) *replicas {
	t.Helper()
	cluster := pgtest.Own(t)
	r := &replicas{cluster: cluster, url: cluster.URL(), client: &http.Client{Timeout: late, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
	t.Cleanup(r.client.CloseIdleConnections)
	var file strings.Builder
	file.WriteString(townFile[:strings.Index(townFile, "    channels:")])
	name := func(kind string, i int) string { return fmt.Sprintf("%s%03d", kind, i) }
	for i := range victims {
		fmt.Fprintf(&file, "      - {name: %s}\n", name("victim", i))
	}
	for i := range people {
		fmt.Fprintf(&file, "      - {name: %s}\n", name("walker", i))
	}
	file.WriteString(townFile[strings.Index(townFile, "    channels:"):])
	file.WriteString("      - {name: finance-open, members: [alice, usher]}\n")
	for i := range lobbies {
		fmt.Fprintf(&file, "      - {name: %s, members: [alice, usher]}\n", name("lobby", i))
	}
	r.distant = newDistantOf(t, file.String(), "--no-rate-limits", "--retry-scale", "0.1")
	var err error
	if r.db, err = sql.Open("pgx", r.url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.db.Close() })
	return r
}

// start starts a replica and returns once it is connected.
func (r *replicas) start() *process {
	r.Helper()
	p := r.launch()
	r.until("a replica is connected", p, func() bool { return strings.Count(p.stderr.String(), "socket opened") >= 2 })
	return p
}

func (r *replicas) launch() *process {
	r.Helper()
	p := run(r.T, []string{
		"SLACK_API_URL=" + r.ready.APIURL, "SLACK_BOT_TOKEN=" + r.ready.Workspaces[0].BotToken, "SLACK_APP_TOKEN=" + r.ready.Workspaces[0].AppToken, "USHER_DB=" + r.url,
	}, "run", "--policy", filepath.Join(r.dir, "policy.yaml"), "--listen", "none", "--log-format", "json", "--control", "none")
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bots = append(r.bots, p)
	return p
}

// owner is the bot whose lease counts, nil where none does.
func (r *replicas) owner() *process {
	r.Helper()
	var holder string
	err := r.db.QueryRowContext(r.Context(), "SELECT holder FROM leases WHERE until > clock_timestamp()").Scan(&holder)
	if err != nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.bots {
		if strings.Contains(p.stderr.String(), holder) {
			return p
		}
	}
	return nil
}

func (r *replicas) kill(p *process) {
	p.kill()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bots = slices.DeleteFunc(r.bots, func(q *process) bool { return q == p })
}

// try is act for whoever does many at once, and may be refused.
func (r *replicas) try(a slacksim.Act) (answer slacksim.ActAnswer, err error) {
	b, err := json.Marshal(a)
	if err != nil {
		return answer, err
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, r.ready.ControlURL+"act", bytes.NewReader(b))
	if err != nil {
		return answer, err
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return answer, err
	}
	defer resp.Body.Close()
	return answer, json.NewDecoder(resp.Body).Decode(&answer)
}

// load has people walk in and out of lobbies, and now and then somebody enter
// where they may not be; it says how many events that made.
func (r *replicas) load(ctx context.Context, victims int, lasts time.Duration) (made int, failed error) {
	var walked, entered atomic.Int64
	var bad atomic.Value
	var jobs [8]chan slacksim.Act // whoever walks out did walk in before: each person's moves are one worker's
	var workers sync.WaitGroup
	for i := range jobs {
		jobs[i] = make(chan slacksim.Act)
		workers.Go(func() {
			for a := range jobs[i] {
				if answer, err := r.try(a); err != nil || !answer.OK {
					bad.Store(fmt.Errorf("%s as %s: %v %s", a.Do, a.As, err, answer.Error))
				}
			}
		})
	}
	tick := time.NewTicker(time.Second / eventsPerSecond)
	defer tick.Stop()
	began := time.Now()
	for n := 0; ctx.Err() == nil && time.Since(began) < lasts; {
		// As many as are due by now: a ticker leaves out what nobody was there for.
		for due := int(time.Since(began).Seconds() * eventsPerSecond); n < due; n++ {
			pair := n % (lobbies * people)
			a := slacksim.Act{As: fmt.Sprintf("walker%03d", pair%people), Do: "join", Channel: fmt.Sprintf("lobby%03d", pair/people)}
			if n/(lobbies*people)%2 == 1 {
				a.Do = "leave"
			}
			jobs[pair%people%len(jobs)] <- a
			walked.Add(1)
			if due := int64(time.Since(began).Seconds() / lasts.Seconds() * float64(victims)); entered.Load() < due {
				jobs[0] <- slacksim.Act{As: fmt.Sprintf("victim%03d", entered.Load()), Do: "join", Channel: "finance-open"}
				entered.Add(1)
			}
		}
		<-tick.C
	}
	for ; entered.Load() < int64(victims); entered.Add(1) {
		jobs[0] <- slacksim.Act{As: fmt.Sprintf("victim%03d", entered.Load()), Do: "join", Channel: "finance-open"}
	}
	for _, j := range jobs {
		close(j)
	}
	workers.Wait()
	failed, _ = bad.Load().(error)
	return int(walked.Load() + entered.Load()), failed
}

// answered is how long it takes from now until a slash command is answered.
func (r *replicas) answered(ctx context.Context) time.Duration {
	began := time.Now()
	ctx, stop := context.WithTimeout(ctx, late)
	defer stop()
	first := make(chan time.Duration, 1)
	var asking sync.WaitGroup
	defer asking.Wait()
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	for {
		asking.Go(func() {
			answer, err := r.try(slacksim.Act{As: "bob", Do: "slash", Command: "/usher", Text: "why #finance-reports"})
			if err == nil && answer.OK && answer.Reply != nil && strings.Contains(answer.Reply.Text+string(answer.Reply.Blocks), "finance") {
				select {
				case first <- time.Since(began):
				default:
				}
			}
		})
		select {
		case took := <-first:
			return took
		case <-ctx.Done():
			return late
		case <-again.C:
		}
	}
}

// settled waits until everything was delivered, handled and carried out.
func (r *replicas) settled(victims int) {
	r.Helper()
	r.mu.Lock()
	some := r.bots[0]
	r.mu.Unlock()
	deadline := time.Now().Add(2 * time.Minute)
	for time.Now().Before(deadline) {
		var waiting, handed int
		err := r.db.QueryRowContext(r.Context(), "SELECT (SELECT COUNT(*) FROM actions WHERE settled = 0 AND kind <> 'recheck'), (SELECT COUNT(*) FROM handovers)").Scan(&waiting, &handed)
		if err != nil {
			r.Fatal(err)
		}
		if ok, _ := r.calls("conversations.kick"); ok >= victims && waiting == 0 && handed == 0 && len(r.missing()) == 0 {
			return
		}
		r.pause()
	}
	var rows []string
	for a := range r.waiting() {
		rows = append(rows, a)
	}
	ok, bad := r.calls("conversations.kick")
	r.Fatalf("not within two minutes: %d of %d taken out (%d failed), %d events not handled, waiting %q\n%s", ok, victims, bad, len(r.missing()), rows, &some.stderr)
}

func (r *replicas) waiting() map[string]bool {
	all := map[string]bool{}
	rows, err := r.db.QueryContext(r.Context(), "SELECT kind || ' ' || key || ' ' || history FROM actions WHERE settled = 0 AND kind <> 'recheck' UNION SELECT 'handover ' || id FROM handovers")
	if err != nil {
		r.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			r.Fatal(err)
		}
		all[line] = true
	}
	if err := rows.Err(); err != nil {
		r.Fatal(err)
	}
	return all
}

// history is what was stored to be done about somebody, for whoever has to find
// out why.
func (r *replicas) history(user string) string {
	rows, err := r.db.QueryContext(r.Context(), `SELECT id || ' ' || kind || ' by ' || event || ' at ' || at || ' ended ' || settled || ' ' || class || ' ' || code || ' ' || history
		FROM actions WHERE body LIKE '%' || $1 || '%' ORDER BY id`, user)
	if err != nil {
		return err.Error()
	}
	defer rows.Close()
	var lines strings.Builder
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err.Error()
		}
		lines.WriteString(line + "\n")
	}
	if err := rows.Err(); err != nil {
		return err.Error()
	}
	return lines.String()
}

func (r *replicas) pause() {
	wait := time.NewTimer(250 * time.Millisecond)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-r.Context().Done():
	}
}

// moves are the event ids of all that people did.
func (r *replicas) moves() (ids []string, sendings int) {
	r.Helper()
	var log struct{ Events []slacksim.Event }
	r.get("events", &log)
	for _, e := range log.Events {
		if strings.HasPrefix(e.Type, "member_") {
			ids = append(ids, e.EventID)
			sendings += len(e.Deliveries)
		}
	}
	return ids, sendings
}

// missing are the moves that were not handled.
func (r *replicas) missing() (ids []string) {
	r.Helper()
	rows, err := r.db.QueryContext(r.Context(), "SELECT event FROM handled")
	if err != nil {
		r.Fatal(err)
	}
	defer rows.Close()
	handled := map[string]bool{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			r.Fatal(err)
		}
		handled[id] = true
	}
	if err := rows.Err(); err != nil {
		r.Fatal(err)
	}
	moves, _ := r.moves()
	return slices.DeleteFunc(moves, func(id string) bool { return handled[id] })
}

// counted compares what was done with what had to be, and prints the figures.
func (r *replicas) counted(fate string, made, victims int, took []time.Duration) {
	r.Helper()
	moves, sendings := r.moves()
	if len(moves) < made {
		r.Errorf("%d events were made of %d moves", len(moves), made)
	}
	var log struct{ Calls []slacksim.Call }
	r.get("calls", &log)
	s := r.state()
	users := map[string]string{}
	for id, u := range s.Workspaces["T01"].Users {
		users[id] = u.Name
	}
	kicked, rescued := map[string]int{}, 0
	for _, c := range log.Calls {
		if c.Method != "conversations.kick" {
			continue
		}
		if c.OK {
			kicked[users[fmt.Sprint(c.Args["user"])]]++
		} else {
			rescued++
		}
	}
	told := 0
	for i := range victims {
		name := fmt.Sprintf("victim%03d", i)
		if kicked[name] != 1 {
			r.Errorf("%s was taken out %d times", name, kicked[name])
		}
		n := len(private(s, name))
		if n > 1 {
			r.Errorf("%s was told %d times: %q\n%s", name, n, private(s, name), r.history(user(s, name)))
		}
		told += n
	}
	if len(kicked) != victims {
		r.Errorf("taken out: %v", kicked)
	}
	slices.Sort(took)
	for _, d := range took {
		if d > answeredWithin && full() { // beside all other tests it says nothing
			r.Errorf("a slash command was answered %s after the owner was killed", d)
		}
	}
	if len(took) == 0 {
		r.Fatal("nobody was killed")
	}
	db, err := store.Attach(r.Context(), r.url, time.Now)
	if err != nil {
		r.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Verify(r.Context(), "T01")
	if err != nil {
		r.Error(err)
	}
	r.Logf("%d events by %d moves, sent %d times, every one handled once; the owner %s %d times; %d of %d taken out once each, %d further tries found it done; %d told once, %d not again after a crash; slash commands answered again after %s at best, %s at worst; %d audit rows verified",
		len(moves), made, sendings, fate, len(took), len(kicked), victims, rescued, told, victims-told,
		took[0].Round(time.Millisecond), took[len(took)-1].Round(time.Millisecond), rows)
}
