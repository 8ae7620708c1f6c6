package bot

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"usher/bot/config"
	"usher/bot/dispatch"
	"usher/bot/gateway"
	"usher/bot/store"
	"usher/handlers"
	"usher/rules"
	"usher/rules/workspace"
)

// controlServer serves control on its socket.
type controlServer struct {
	http     *http.Server
	listener net.Listener
	gone     func() error // called when the socket is gone
}

// listenControl opens the socket. One that is left over from a bot that is gone
// is replaced; one that answers belongs to a bot that runs.
func listenControl(ctx context.Context, path string, h http.Handler) (*controlServer, error) {
	fail := func(err error) (*controlServer, error) {
		return nil, fmt.Errorf("listen for the command line: %w", err)
	}
	if conn, err := dialControl(ctx, path); err == nil {
		return fail(errors.Join(fmt.Errorf("another usher run answers on %s", path), conn.Close()))
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fail(err)
	}
	short, gone, err := nearby(path)
	if err != nil {
		return fail(err)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "unix", short)
	if err != nil {
		return fail(errors.Join(err, gone()))
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return fail(errors.Join(err, l.Close(), gone()))
	}
	return &controlServer{&http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}, l, gone}, nil
}

func (s *controlServer) Serve() error {
	if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (s *controlServer) Stop(ctx context.Context) error {
	return errors.Join(s.http.Shutdown(ctx), s.gone())
}

// slashCommand takes a person's slash command through their workspace's lane and
// gives back the reply that rides in its ack.
func slashCommand(d *dispatch.Dispatcher, settings config.Settings) func(context.Context, workspace.TeamID, workspace.UserID, string) (json.RawMessage, error) {
	return func(ctx context.Context, team workspace.TeamID, user workspace.UserID, text string) (json.RawMessage, error) {
		payload, err := json.Marshal(map[string]string{
			"team_id": string(team), "user_id": string(user), "command": settings.Command, "text": text,
		})
		if err != nil {
			return nil, err
		}
		reply := make(chan json.RawMessage, 1)
		d.Receive(ctx, dispatch.Envelope{
			ID: "cli:" + rand.Text(), Type: "slash_commands", Team: team, Payload: payload, Received: time.Now(),
			Ack: func(_ context.Context, p any) error {
				b, err := json.Marshal(p)
				reply <- b
				return err
			},
		})
		select {
		case r := <-reply:
			return r, nil
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for the answer to %q: %w", settings.Command, ctx.Err())
		}
	}
}

func newControl(s config.Settings, w *workspaces, o *ownership, d *dispatch.Dispatcher, r *dispatch.Requests, db *store.Store, l *late, g *gateway.Gateway) *control {
	c := &control{
		teams: w.list, now: time.Now, command: slashCommand(d, s),
		reading: func(team workspace.TeamID) bool { return l.reading.unread(team) },
		view: func(ctx context.Context, team workspace.TeamID) (*rules.Policy, *workspace.Snapshot, error) {
			if !o.owns(team) {
				return nil, nil, o.elsewhere(ctx, team)
			}
			req, err := r.For(ctx, team)
			return req.Policy, req.Workspace, err
		},
	}
	c.orders = &orders{control: c, store: db, give: giveOrder(d), held: func(ctx context.Context, team workspace.TeamID) ([]handlers.Held, error) {
		req, err := r.For(ctx, team)
		if err != nil {
			return nil, err
		}
		return req.Recent.Held(), nil
	}}
	c.reactions = &reactions{control: c, store: db, wake: l.wake}
	c.groups = &groupControl{control: c, store: db, slack: g, give: c.orders.give}
	return c
}
