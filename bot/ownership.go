package bot

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"usher/bot/config"
	"usher/bot/directory"
	"usher/bot/store"
	"usher/rules/workspace"
)

const (
	// leaseTerm is how long a replica that is gone still counts as the owner.
	leaseTerm = 2500 * time.Millisecond
	// leaseTrust is for how long an owner believes its last renewal: it stops
	// before others may begin.
	leaseTrust = 2 * time.Second
	leaseRenew = 500 * time.Millisecond
	// leaseLook is between two looks for workspaces that nobody owns.
	leaseLook = 250 * time.Millisecond
	// sweepEvery is between two looks for replies whose askers are gone.
	sweepEvery = time.Minute
)

// replica names this process among those that share its store.
type replica string

func newReplica(db *store.Store) replica {
	if db.Engine() != store.PostgreSQL {
		return ""
	}
	return replica(rand.Text())
}

// ownership is which workspaces are this process's: it alone handles their
// events, keeps their mirrors and carries out their actions. On SQLite they all
// are, from the start to the end.
//
// What a workspace's owner has in memory is never older than its tenure: the
// mirror is read back when it begins, and nobody writes to that any more when
// it is over. The store refuses whoever has not noticed yet.
type ownership struct {
	replica   replica
	store     *store.Store
	directory *directory.Directory
	late      *late
	log       zerolog.Logger
	work      sync.WaitGroup // beginnings and endings

	mu      sync.Mutex
	leases  *store.Leases
	known   map[workspace.TeamID]workspace.Team
	tenures map[workspace.TeamID]*tenure
	trusted time.Time // until when the last renewal counts; zero: for ever
	change  chan struct{}
}

func newOwnership(r replica, db *store.Store, d *directory.Directory, l *late, log zerolog.Logger) *ownership {
	return &ownership{
		replica: r, store: db, directory: d, late: l, log: log.With().Str(config.FieldPart, "ownership").Logger(),
		known: map[workspace.TeamID]workspace.Team{}, tenures: map[workspace.TeamID]*tenure{}, change: make(chan struct{}),
	}
}

// add names a workspace that is to be owned by somebody.
func (o *ownership) add(team workspace.Team) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.known[team.ID] = team
}

// owns reports whether a workspace is this process's now.
func (o *ownership) owns(team workspace.TeamID) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.owned(team) != nil
}

func (o *ownership) owned(team workspace.TeamID) *tenure {
	t := o.tenures[team]
	if t == nil || !t.began || t.intake.Err() != nil || !o.trusted.IsZero() && time.Now().After(o.trusted) {
		return nil
	}
	return t
}

// list are the workspaces owned now, sorted, and changed is closed when that is
// different.
func (o *ownership) list() (teams []workspace.TeamID, changed <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for team := range o.tenures {
		if o.owned(team) != nil {
			teams = append(teams, team)
		}
	}
	slices.Sort(teams)
	return teams, o.change
}

// says is who owns the workspaces, in words.
func (o *ownership) says(connected int) (string, error) {
	teams, _ := o.list()
	if o.replica == "" {
		return "every workspace is this process's", nil
	}
	names := make([]string, len(teams))
	for i, team := range teams {
		names[i] = string(team)
	}
	if len(names) == 0 {
		names = []string{"none"}
	}
	return fmt.Sprintf("of %s this replica owns %s; what it receives for the others it hands over", count(connected, "workspace"), strings.Join(names, ", ")), nil
}

// hear waits while nothing is heard from Slack. Of several replicas another may
// hear, and hand over what it does.
func (o *ownership) hear(ctx context.Context) error {
	if o.replica != "" {
		return nil
	}
	return o.late.sockets.Hear(ctx)
}

// under is a context that ends when the workspace is not this process's any
// more; false: it is not. Nobody owns the workspace again before done is called.
func (o *ownership) under(ctx context.Context, team workspace.TeamID) (owned context.Context, done func(), ok bool) {
	return o.while(ctx, team, func(t *tenure) context.Context { return t.ctx })
}

// during is under for what goes on and on: it ends as soon as the workspace is
// to be handed over, while what was begun is still brought to an end.
func (o *ownership) during(ctx context.Context, team workspace.TeamID) (owned context.Context, done func(), ok bool) {
	return o.while(ctx, team, func(t *tenure) context.Context { return t.intake })
}

func (o *ownership) while(ctx context.Context, team workspace.TeamID, lasts func(*tenure) context.Context) (owned context.Context, done func(), ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	t := o.owned(team)
	if t == nil {
		return ctx, func() {}, false
	}
	t.work.Add(1)
	owned, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(lasts(t), cancel)
	return owned, func() {
		stop()
		cancel()
		t.work.Done()
	}, true
}

// begin has this process own what it can, once.
func (o *ownership) begin(ctx context.Context) error {
	leases, err := o.store.Leases(string(o.replica), leaseTerm)
	if err != nil {
		return err
	}
	host, _ := os.Hostname() // it is only for people to read
	leases.Present(host, o.free())
	o.mu.Lock()
	o.leases = leases
	o.mu.Unlock()
	for _, team := range o.free() {
		if err := o.acquire(ctx, team); err != nil {
			o.end()
			return err
		}
	}
	return nil
}

// run renews what is owned, and takes over what nobody owns any more, until ctx
// ends; then it gives everything up.
func (o *ownership) run(ctx context.Context) error {
	defer o.end()
	if o.replica == "" {
		<-ctx.Done()
		return nil
	}
	freed := make(chan struct{}, 1)
	var beside sync.WaitGroup
	defer beside.Wait()
	beside.Go(func() { o.listen(ctx, freed) })
	beside.Go(func() { o.beat(ctx) })
	look, sweep := time.NewTicker(leaseLook), time.NewTicker(sweepEvery)
	defer look.Stop()
	defer sweep.Stop()
	rarely := config.Rarely(o.log)
	for {
		for _, team := range o.free() {
			if err := o.acquire(ctx, team); err != nil && ctx.Err() == nil {
				rarely.Warn().Err(err).Str(config.FieldTeam, string(team)).Msg("could not take over a workspace")
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		case <-freed:
		case <-sweep.C:
			if err := o.store.Sweep(ctx, sweepEvery); err != nil && ctx.Err() == nil {
				o.log.Warn().Err(err).Msg("could not drop replies nobody took")
			}
		}
	}
}

// free are the known workspaces without a tenure, one that is ending included.
func (o *ownership) free() []workspace.TeamID {
	o.mu.Lock()
	defer o.mu.Unlock()
	var teams []workspace.TeamID
	for team := range o.known {
		if o.tenures[team] == nil {
			teams = append(teams, team)
		}
	}
	slices.Sort(teams)
	return teams
}

// changed wakes those who follow list; the lock is held.
func (o *ownership) changed() {
	close(o.change)
	o.change = make(chan struct{})
}

// end gives everything up, once nothing is handled or carried out any more.
func (o *ownership) end() {
	o.mu.Lock()
	for _, t := range o.tenures {
		t.stop()
	}
	tenures, leases := maps.Clone(o.tenures), o.leases
	o.mu.Unlock()
	for _, t := range tenures {
		t.work.Wait()
	}
	o.work.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), leaseTrust)
	defer cancel()
	if err := errors.Join(leases.Release(ctx), leases.Close()); err != nil {
		o.log.Warn().Err(err).Msg("could not give up the leases; they run out by themselves")
	}
}
