package e2e

import (
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rs/zerolog"

	"usher/bot"
	"usher/bot/slacksim"
	"usher/bot/store/pgtest"
)

// wall stands between a bot and its PostgreSQL. While it is shut nothing comes
// through and nothing is refused either: a server that hangs, or a network that
// swallows everything.
type wall struct {
	url    string
	server string
	door   sync.RWMutex
	lanes  sync.WaitGroup

	mu    sync.Mutex
	conns []net.Conn
}

func newWall(t *testing.T, database string) *wall {
	t.Helper()
	const socket = ".s.PGSQL.5432"
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	w := &wall{server: filepath.Join(q.Get("host"), socket)}
	dir := t.TempDir()
	q.Set("host", dir)
	u.RawQuery = q.Encode()
	w.url = u.String()
	l, err := new(net.ListenConfig).Listen(t.Context(), "unix", filepath.Join(dir, socket))
	if err != nil {
		t.Fatal(err)
	}
	w.lanes.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			w.lanes.Go(func() { w.pass(conn) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		w.mu.Lock()
		for _, c := range w.conns {
			_ = c.Close()
		}
		w.mu.Unlock()
		w.lanes.Wait()
	})
	return w
}

func (w *wall) pass(near net.Conn) {
	far, err := net.Dial("unix", w.server)
	if err != nil {
		_ = near.Close()
		return
	}
	w.mu.Lock()
	w.conns = append(w.conns, near, far)
	w.mu.Unlock()
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
		both.Go(func() { w.carry(way[1], way[0]) })
	}
	both.Wait()
}

func (w *wall) carry(to, from net.Conn) {
	defer to.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		w.door.RLock()
		_, failed := to.Write(buffer[:n])
		w.door.RUnlock()
		if err != nil || failed != nil {
			return
		}
	}
}

// The database neither answers nor refuses for longer than a lease lasts:
// nothing is done meanwhile, and everything afterwards, by a replica that asked
// for its workspace all the while.
func TestAFrozenDatabase(t *testing.T) {
	w := newTown(t, nil)
	wall := newWall(t, pgtest.Own(t).URL())
	b := w.startWith(w.onDatabase(wall.url))
	thaw := sync.OnceFunc(wall.door.Unlock)
	wall.door.Lock()
	defer thaw()
	said := func(what string) func(slacksim.State) bool {
		return func(slacksim.State) bool { return strings.Contains(w.log.String(), what) }
	}
	w.until("the replica has given up", said("could not be renewed in time"))
	w.act(slacksim.Act{As: "alice", Do: "invite", Channel: "finance-forecast", Users: slacksim.Names{"mallory"}})
	w.until("it has tried in vain to own the workspace again", said("could not take over a workspace"))
	if n := kicks(w); n != 0 {
		t.Errorf("%d people were taken out by a replica that owned nothing", n)
	}
	for _, line := range []string{"could not renew the leases", "could not listen to other replicas", "could not take over a workspace"} {
		if n := strings.Count(w.log.String(), line); n > 1 {
			t.Errorf("%d lines in a few seconds: %s", n, line)
		}
	}
	thaw()
	w.until("mallory is out", func(s slacksim.State) bool { return !in(s, "mallory", "finance-forecast") })
	w.ready(b)
	if n := kicks(w); n != 1 {
		t.Errorf("mallory was taken out %d times", n)
	}
}

func kicks(w *town) (n int) {
	for _, c := range w.slack.Calls(0) {
		if c.Method == "conversations.kick" {
			n++
		}
	}
	return n
}

// A database server that starts after the bot is waited for.
func TestADatabaseThatIsThereLater(t *testing.T) {
	w := newTown(t, nil)
	cluster := pgtest.Own(t)
	s := w.onDatabase(cluster.URL())
	if err := cluster.Stop(); err != nil {
		t.Fatal(err)
	}
	w.log = &book{}
	opened := make(chan error, 1)
	var b *bot.Bot
	go func() {
		var err error
		b, err = bot.Open(t.Context(), s, zerolog.New(w.log), "test")
		opened <- err
	}()
	w.until("the bot waits for its database", func(slacksim.State) bool { return strings.Contains(w.log.String(), "could not reach the database") })
	if err := cluster.Start(); err != nil {
		t.Fatal(err)
	}
	if err := <-opened; err != nil {
		t.Fatal(err)
	}
	defer w.stop(b)
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.ready(b)
}
