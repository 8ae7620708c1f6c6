package bot

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"usher/bot/directory"
	"usher/bot/dispatch"
	"usher/bot/health"
	"usher/bot/metrics"
	"usher/bot/socket"
	"usher/bot/store"
	"usher/rules"
	"usher/rules/workspace"
)

// newChecks are the health checks: what has to be so for the bot to be of use.
func newChecks(s *socket.Sockets, db *store.Store, p *policy, w *workspaces, o *ownership, d *directory.Directory, r *dispatch.Requests, rd *reading) []health.Check {
	return []health.Check{
		{Name: "socket", Look: func(context.Context) (string, error) {
			n := s.Open()
			if n == 0 {
				return "", errors.New("no connection to Slack has said hello; the log says why")
			}
			return count(n, "connection") + " to Slack", nil
		}},
		{Name: "store", Look: func(ctx context.Context) (string, error) {
			if err := db.Ping(ctx); err != nil {
				return "", err
			}
			return "answers (" + db.Engine() + ")", nil
		}},
		{Name: "mirror", Look: func(context.Context) (string, error) { return mirrors(w, o, d, rd) }},
		{Name: "owner", Soft: true, Look: func(context.Context) (string, error) { return o.says(len(w.list())) }},
		{Name: "policy", Soft: true, Look: p.check},
		{Name: "names", Soft: true, Look: func(context.Context) (string, error) { return names(w, r, rd) }},
		{Name: "blocked", Soft: true, Look: func(ctx context.Context) (string, error) { return blocked(ctx, w, db) }},
		{Name: "held", Soft: true, Look: func(ctx context.Context) (string, error) { return held(ctx, o, r) }},
	}
}

// usable reports whether a workspace is known well enough to decide by.
func usable(s *workspace.Snapshot) bool {
	return s.ChannelsKnown().Complete && s.UsersKnown().Complete
}

// mirrors says whether what is owned here is known. A replica that owns nothing
// is of use too: it receives for the others.
func mirrors(w *workspaces, o *ownership, d *directory.Directory, rd *reading) (string, error) {
	if len(w.list()) == 0 {
		return "", errors.New("no workspace is connected yet")
	}
	teams, _ := o.list()
	for _, team := range teams {
		if !usable(d.Snapshot(team)) || rd.underway(team) {
			return "", fmt.Errorf("%s is still being read; until then nobody is removed and joins are refused", team)
		}
	}
	return count(len(teams), "workspace") + " known", nil
}

// names says which names of the policy stand for nothing.
func names(w *workspaces, r *dispatch.Requests, rd *reading) (string, error) {
	var all []rules.Problem
	for _, team := range w.list() {
		if rd.unread(team) {
			return "whether every name in the policy stands for something is known once " + string(team) + " is read", nil
		}
		all = append(all, r.Problems(team)...)
	}
	if len(all) > 0 {
		return "", fmt.Errorf("%s with names in the policy, the first: %w", count(len(all), "problem"), all[0])
	}
	return "every name in the policy stands for something", nil
}

func blocked(ctx context.Context, w *workspaces, db *store.Store) (string, error) {
	for _, team := range w.list() {
		troubles, err := db.Troubles(ctx, team)
		if err != nil {
			return "", err
		}
		if len(troubles) > 0 {
			what, wait := "channels or groups", "wait"
			if len(troubles) == 1 {
				what, wait = "channel or group", "waits"
			}
			return "", fmt.Errorf("%d %s in %s %s for somebody to change a setting, the first: %s", len(troubles), what, team, wait, troubles[0].Sentence)
		}
	}
	return "nothing waits for a setting to be changed", nil
}

// held says what waits for an administrator, and whether there is one.
func held(ctx context.Context, o *ownership, r *dispatch.Requests) (string, error) {
	teams, _ := o.list()
	for _, team := range teams {
		now, err := r.For(ctx, team)
		if err != nil {
			return "", err
		}
		n := 0
		for _, h := range now.Recent.Held() {
			if h.Waits() {
				n++
			}
		}
		if n == 0 {
			continue
		}
		whom := ""
		if len(now.Policy.Admins(now.Workspace)) == 0 {
			whom = "; nobody there may decide in Slack: name admins in the policy"
		}
		return "", fmt.Errorf("%s in %s held until an administrator decides; usher plan --held shows what%s", count(n, "decision"), team, whom)
	}
	return "nothing waits for an administrator", nil
}

// observe has the metrics read how things stand whenever they are asked.
func observe(m *metrics.Metrics, s *socket.Sockets, db *store.Store, p *policy, w *workspaces, o *ownership, d *directory.Directory) {
	m.Watch(func() metrics.Reading {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		now := metrics.Reading{Sockets: s.Open(), PolicyProblems: p.problems(), StoreFailures: db.Failures()}
		for _, team := range w.list() {
			if !o.owns(team) {
				now.Workspaces = append(now.Workspaces, metrics.WorkspaceReading{Team: team, Elsewhere: true})
				continue
			}
			now.Workspaces = append(now.Workspaces, standing(ctx, team, db, d.Snapshot(team)))
		}
		return now
	})
}

// standing is how a workspace stands. What the store does not say counts as
// nothing: readyz says that it does not answer.
func standing(ctx context.Context, team workspace.TeamID, db *store.Store, s *workspace.Snapshot) metrics.WorkspaceReading {
	at := time.Now()
	now := metrics.WorkspaceReading{Team: team, Usable: usable(s)}
	if read := s.ChannelsKnown().At; !read.IsZero() {
		now.MirrorAge = at.Sub(read)
	}
	_, now.Paused, _ = db.Paused(ctx, team)
	if troubles, err := db.Troubles(ctx, team); err == nil {
		now.Blocked = len(troubles)
	}
	now.Waiting, _ = db.WaitingCount(ctx, team)
	if first, err := db.Waiting(ctx, team, 1); err == nil && len(first) == 1 && first[0].Due.Before(at) {
		now.OldestAge = at.Sub(first[0].Due)
	}
	return now
}

// concern answers of which channels the members have to be known: those that
// the policy governs, and those it takes people from. Before the names in it
// are pinned they stand for whatever bears them, which may have too many read
// and never too few decided by.
type concern struct {
	policy *policy

	mu    sync.Mutex
	of    *rules.Policy
	in    *workspace.Snapshot
	bound *rules.Policy
}

func newConcern(p *policy) *concern { return &concern{policy: p} }

func (c *concern) matters(s *workspace.Snapshot, ch workspace.Channel) bool {
	if ch.Archived {
		return false
	}
	p := c.bind(s)
	return len(p.Governing(ch)) > 0 || p.Feeds(rules.FromChannel, string(ch.ID)) || p.Couples(s, ch.ID) || p.InvitesFrom(ch.ID)
}

func (c *concern) bind(s *workspace.Snapshot) *rules.Policy {
	now := c.policy.Current()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of != now || c.in != s {
		c.of, c.in = now, s
		c.bound, _, _ = now.Bind(s, nil)
	}
	return c.bound
}
