package dispatch

import (
	"context"
	"time"

	"usher/bot/config"
	"usher/bot/store"
	"usher/handlers"
	"usher/rules/action"
	"usher/rules/workspace"
)

// memory is the handlers.Memory of one workspace.
type memory struct {
	r    *Requests
	team workspace.TeamID
}

// lookWithin bounds one look into the store while somebody waits.
const lookWithin = time.Second

func (m memory) Opened(u workspace.UserID) (action.Home, bool) {
	s := m.r.scene(m.team)
	s.mu.Lock()
	defer s.mu.Unlock()
	h, ok := s.homes[u]
	return h, ok
}

func (m memory) Openers() []workspace.UserID {
	s := m.r.scene(m.team)
	s.mu.Lock()
	defer s.mu.Unlock()
	users := make([]workspace.UserID, 0, len(s.homes))
	for u := range s.homes {
		users = append(users, u)
	}
	return users
}

func (m memory) Lately(cluster string, n int) []handlers.Recorded {
	return remembered(m, func(ctx context.Context) ([]handlers.Recorded, error) {
		return m.r.config.Store.Lately(ctx, m.team, cluster, n)
	})
}

func (m memory) Blocked() []handlers.Trouble {
	return remembered(m, func(ctx context.Context) ([]handlers.Trouble, error) {
		return m.r.config.Store.Troubles(ctx, m.team)
	})
}

func (m memory) Standing() handlers.Standing {
	standing := m.r.config.Standing(m.team)
	return remembered(m, func(ctx context.Context) (handlers.Standing, error) {
		db := m.r.config.Store
		p, paused, err := db.Paused(ctx, m.team)
		if err != nil {
			return standing, err
		}
		standing.Paused, standing.PausedBy, standing.PausedAt = paused, workspace.UserID(p.By), p.At
		standing.PausedWhy = p.Why
		if standing.Waiting, err = db.WaitingCount(ctx, m.team); err != nil {
			return standing, err
		}
		planned, _, err := db.Noted(ctx, m.team, store.NotePlanned, "workspace")
		standing.Planned = planned.At
		return standing, err
	})
}

// remembered looks into the store; what cannot be read is not known, and the
// operator finds why in the log.
func remembered[T any](m memory, look func(context.Context) (T, error)) T {
	ctx, cancel := context.WithTimeout(context.Background(), lookWithin)
	defer cancel()
	v, err := look(ctx)
	if err != nil {
		m.r.config.Log.Warn().Err(err).Str(config.FieldTeam, string(m.team)).Msg("could not look back")
	}
	return v
}
