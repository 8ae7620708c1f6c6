package queue

import (
	"context"
	"errors"
	"time"

	"usher/bot/config"
	"usher/bot/store"
	"usher/rules/action"
	"usher/rules/workspace"
)

// lot is one workspace's share of the queue, known to the pump alone.
type lot struct {
	team    workspace.TeamID
	running map[action.Priority]int
	total   int
	next    time.Time // when something is to be claimed; zero: nothing is known to wait
	failed  int       // claims that failed one after the other
	echoing bool      // its settled actions are on their way into the lane
	echo    bool      // there are some that are not
	echoAt  time.Time // when to try that again
	leaving []chan struct{}
}

// ended is what a worker tells the pump.
type ended struct {
	team     workspace.TeamID
	priority action.Priority
	echo     bool // it ended so that the lane is to hear of it
	echoes   bool // it was the one who takes settled actions to the lane
	err      error
}

// pump claims, starts workers and waits for the next thing to happen.
type pump struct {
	*Queue
	lots  map[workspace.TeamID]*lot
	ended chan ended
	work  context.Context // what workers work under; outlives Run's by the grace
}

// Run carries out actions until ctx ends. It then claims nothing more, lets
// what is being carried out go on for the grace, and gives back the rest: that
// counts as no attempt. It returns once every worker has.
func (q *Queue) Run(ctx context.Context) error {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	p := &pump{Queue: q, lots: map[workspace.TeamID]*lot{}, ended: make(chan ended), work: work}
	defer p.finish(stop)
	teams, err := q.config.Store.Teams(ctx)
	if err != nil && ctx.Err() == nil {
		return err
	}
	for _, team := range teams {
		p.lot(team).echo = true
		p.claim(ctx, p.lot(team))
	}
	renew := time.NewTicker(q.config.Lease / 3)
	defer renew.Stop()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		for _, l := range p.lots {
			p.echo(l)
		}
		if d, ok := p.sleep(); ok {
			timer.Reset(d)
		} else {
			timer.Stop()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-q.wake:
			for team, echo := range q.taken() {
				if l := p.lot(team); echo {
					l.echo, l.echoAt = true, time.Time{}
				}
				p.claim(ctx, p.lot(team))
			}
		case e := <-p.ended:
			p.heard(ctx, e)
		case w := <-q.leave:
			l := p.lot(w.team)
			l.leaving = append(l.leaving, w.rest)
			l.rested()
		case <-renew.C:
			p.renew(ctx)
		case <-timer.C:
			now := q.config.Clock()
			for _, l := range p.lots {
				if !l.next.IsZero() && !l.next.After(now) {
					p.claim(ctx, l)
				}
			}
		}
	}
}

func (p *pump) lot(team workspace.TeamID) *lot {
	l, ok := p.lots[team]
	if !ok {
		l = &lot{team: team, running: map[action.Priority]int{}}
		p.lots[team] = l
	}
	return l
}

// heard takes note of a worker's end and fills its place.
func (p *pump) heard(ctx context.Context, e ended) {
	l := p.lot(e.team)
	defer l.rested()
	if e.echoes {
		l.echoing = false
		if e.err != nil {
			l.echo, l.echoAt = true, p.config.Clock().Add(p.config.Backoff(1))
		}
		return
	}
	l.running[e.priority]--
	l.total--
	l.echo = l.echo || e.echo
	p.claim(ctx, l)
}

// claim takes what is due and fits into the workspace's free places, and finds
// out when there will be more.
func (p *pump) claim(ctx context.Context, l *lot) {
	if ctx.Err() != nil || !p.config.Owns(l.team) {
		l.next = time.Time{}
		return
	}
	free := map[action.Priority]int{}
	for priority, places := range p.config.Places {
		if n := places - l.running[priority]; n > 0 {
			free[priority] = n
		}
	}
	next, err := p.config.Store.NextDue(ctx, l.team)
	if err == nil {
		now := p.config.Clock()
		due := map[action.Priority]int{}
		for priority, at := range next {
			if !at.After(now) && free[priority] > 0 {
				due[priority] = free[priority]
			}
		}
		if len(due) > 0 {
			next, err = p.start(ctx, l, due)
		}
	}
	if err != nil {
		p.failed(ctx, l, err)
		return
	}
	l.failed, l.next = 0, time.Time{}
	for priority, at := range next {
		if p.config.Places[priority] > l.running[priority] && (l.next.IsZero() || at.Before(l.next)) {
			l.next = at
		}
	}
}

// start claims and starts workers; it answers when more will be due.
func (p *pump) start(ctx context.Context, l *lot, due map[action.Priority]int) (map[action.Priority]time.Time, error) {
	claims, err := p.config.Store.Claim(ctx, l.team, store.Want{Owner: p.owner, Lease: p.config.Lease, Free: due})
	if err != nil {
		return nil, err
	}
	for _, c := range claims {
		priority := action.PriorityOf(c.Action)
		l.running[priority]++
		l.total++
		p.workers.Go(func() {
			echo := p.carryOut(p.work, c)
			p.tell(ended{team: l.team, priority: priority, echo: echo})
		})
	}
	return p.config.Store.NextDue(ctx, l.team)
}

// tell reaches the pump, or nobody once everything ends.
func (p *pump) tell(e ended) {
	select {
	case p.ended <- e:
	case <-p.work.Done():
	}
}

// failed has a claim tried again later; the first failure of a row is an error
// in the log.
func (p *pump) failed(ctx context.Context, l *lot, err error) {
	if ctx.Err() != nil || errors.Is(err, context.Canceled) {
		return
	}
	l.failed++
	wait := min(p.config.Backoff(l.failed), claimMost)
	l.next = p.config.Clock().Add(wait)
	line := p.log.Debug()
	if l.failed == 1 {
		line = p.log.Error()
	}
	line.Err(err).Str(config.FieldTeam, string(l.team)).Dur(config.FieldAfter, wait).Msg("could not claim actions")
}

// claimMost is the longest pause between tries to reach a store that is gone.
const claimMost = 5 * time.Second

// sleep is how long nothing is to be claimed; false: until something happens.
func (p *pump) sleep() (time.Duration, bool) {
	var first time.Time
	for _, l := range p.lots {
		for _, at := range []time.Time{l.next, l.echoAt} {
			if !at.IsZero() && (first.IsZero() || at.Before(first)) {
				first = at
			}
		}
	}
	if first.IsZero() {
		return 0, false
	}
	return max(first.Sub(p.config.Clock()), 0), true
}

// renew shows that what is being carried out still is.
func (p *pump) renew(ctx context.Context) {
	for _, l := range p.lots {
		if l.total == 0 {
			continue
		}
		if err := p.config.Store.Renew(ctx, l.team, p.owner, p.config.Lease); err != nil && ctx.Err() == nil {
			p.log.Warn().Err(err).Str(config.FieldTeam, string(l.team)).Msg("could not renew leases")
		}
	}
}

// finish waits for the workers: first for them to end by themselves, then, told
// to, for them to give back what they have.
func (p *pump) finish(stop context.CancelFunc) {
	over := make(chan struct{})
	go func() {
		p.workers.Wait()
		close(over)
	}()
	grace := time.NewTimer(p.config.Grace)
	defer grace.Stop()
	for {
		select {
		case <-over:
			return
		case <-p.ended:
		case <-grace.C:
			stop()
		}
	}
}
