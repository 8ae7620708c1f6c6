package queue

import (
	"context"
	"fmt"
	"time"

	"usher/bot/config"
	"usher/bot/store"
	"usher/handlers"
	"usher/rules/workspace"
)

// echoPage is how many ended actions are taken to the lane before looking again.
const echoPage = 64

// echo starts taking a workspace's ended actions into its lane, one after the
// other in the order of their storing, unless somebody does already.
func (p *pump) echo(l *lot) {
	now := p.config.Clock()
	if !l.echo || l.echoing || l.echoAt.After(now) || !p.config.Owns(l.team) {
		return
	}
	l.echo, l.echoing, l.echoAt = false, true, time.Time{}
	p.workers.Go(func() {
		err := p.takeEchoes(p.work, l.team)
		if err != nil && p.work.Err() == nil {
			p.log.Warn().Err(err).Str(config.FieldTeam, string(l.team)).Msg("could not follow up on ended actions")
		}
		p.tell(ended{team: l.team, echoes: true, err: err})
	})
}

func (p *pump) takeEchoes(ctx context.Context, team workspace.TeamID) error {
	for {
		page, err := p.config.Store.Echoes(ctx, team, echoPage)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, s := range page {
			if err := p.takeEcho(ctx, team, s); err != nil {
				return err
			}
		}
	}
}

func (p *pump) takeEcho(ctx context.Context, team workspace.TeamID, s store.Stored) error {
	if s.Action != nil {
		body, err := handlers.Settled{Action: s.Action, Result: s.Result}.MarshalJSON()
		if err != nil {
			return fmt.Errorf("follow up on action %d: %w", s.ID, err)
		}
		kind := "settled:" + string(s.Kind)
		if p.config.Lane.Handles(kind) {
			err = p.config.Lane.Enter(ctx, Entry{Team: team, EventID: fmt.Sprintf("settled:%d:%d", s.ID, s.Settled.UnixMicro()), Kind: kind, Payload: body})
		}
		if err != nil {
			return fmt.Errorf("follow up on action %d: %w", s.ID, err)
		}
	}
	return p.config.Store.Heard(ctx, team, s.ID)
}
