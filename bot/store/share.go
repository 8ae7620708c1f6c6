package store

import (
	"context"
	"time"

	"usher/rules/workspace"
)

// settledIn is how long a replica has to have been there before others hand
// workspaces to it: one that ends as soon as it has begun gets none.
const settledIn = 3 * time.Second

// courtesy is how long a workspace that nobody owns is left to a replica that
// owns fewer, before anybody takes it.
func (l *Leases) courtesy() time.Duration { return l.term * 2 / 5 }

// Present has the other replicas know that this one is there, on which host,
// and which workspaces it could own. It is told again at every Renew.
func (l *Leases) Present(host string, teams []workspace.TeamID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.host, l.teams = clean(host), make([]string, len(teams))
	for i, team := range teams {
		l.teams[i] = string(team)
	}
}

// live are the replicas that are there, with how many workspaces each owns. A
// lease that ran out counts for nobody.
const live = `WITH live AS (
	SELECT r.name, r.teams, r.since, (SELECT COUNT(*) FROM leases l WHERE l.holder = r.name AND l.until > clock_timestamp()) AS owned
	FROM replicas r WHERE r.until > clock_timestamp()) `

// here says that this replica is there, in the statement that renews its leases:
// $1 is its name, $2 the term, $4 its host, $5 what it could own.
const here = `WITH here AS (INSERT INTO replicas (name, host, teams, since, until)
	SELECT $1, $4, $5::TEXT[], clock_timestamp(), clock_timestamp() + $2 * INTERVAL '1 microsecond' WHERE CARDINALITY($5::TEXT[]) > 0
	ON CONFLICT (name) DO UPDATE SET host = excluded.host, teams = excluded.teams, until = excluded.until,
		since = CASE WHEN replicas.until < clock_timestamp() THEN excluded.since ELSE replicas.since END) `

// Surplus is a workspace to hand over, because another replica that could own
// it owns at least two fewer; none where that is not so, or where a workspace is
// between two owners already: workspaces move one at a time.
func (l *Leases) Surplus(ctx context.Context) (team workspace.TeamID, found bool, err error) {
	if l.beat == nil {
		return "", false, nil
	}
	l.mu.Lock()
	teams := l.teams
	l.mu.Unlock()
	found, err = one(ctx, l.beat, live+`SELECT mine.team FROM leases mine
		WHERE mine.holder = $1 AND mine.until > clock_timestamp()
			AND EXISTS (SELECT 1 FROM live WHERE name <> $1 AND mine.team = ANY (live.teams)
				AND since < clock_timestamp() - $3 * INTERVAL '1 microsecond'
				AND owned + 2 <= (SELECT COUNT(*) FROM leases m WHERE m.holder = $1 AND m.until > clock_timestamp()))
			AND NOT EXISTS (SELECT 1 FROM leases free WHERE free.team = ANY ($2::TEXT[]) AND free.until <= clock_timestamp())
		ORDER BY mine.team LIMIT 1`, args(l.holder, teams, settledIn.Microseconds()), &team)
	return team, found, l.store.fault("look how the workspaces are shared", err)
}

// Yield gives a workspace up for another replica. Lose has to have been called,
// and nothing may be under way that was begun before.
func (l *Leases) Yield(ctx context.Context, team workspace.TeamID) error {
	if l.beat == nil {
		return nil
	}
	err := run(ctx, l.beat, "UPDATE leases SET holder = '', until = clock_timestamp() WHERE team = $1 AND holder = $2", team, l.holder)
	if err == nil {
		err = notify(ctx, l.beat, HeardLease, "")
	}
	return l.store.fault("give up "+string(team), err)
}

// Owner is the host of the replica that owns a workspace; empty: nobody does,
// or it does not say.
func (l *Leases) Owner(ctx context.Context, team workspace.TeamID) (host string, err error) {
	if l.beat == nil {
		return "", nil
	}
	_, err = one(ctx, l.beat, `SELECT r.host FROM leases l JOIN replicas r ON r.name = l.holder
		WHERE l.team = $1 AND l.until > clock_timestamp()`, args(team), &host)
	return host, l.store.fault("look who owns "+string(team), err)
}
