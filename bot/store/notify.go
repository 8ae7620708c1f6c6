package store

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Heard is what one replica tells the others through PostgreSQL. It is only
// ever a reason to look: what it is about stands in a table.
type Heard string

// What there is to be heard.
const (
	HeardHandover Heard = "handover" // of a workspace: something was handed over
	HeardReply    Heard = "reply"    // of a replica: it has a reply to take
	HeardLease    Heard = "lease"    // of nothing: a lease was given up
)

// notices is the name of the one channel of notices.
const notices = "usher"

func notify(ctx context.Context, q querier, what Heard, whom string) error {
	return run(ctx, q, "SELECT pg_notify($1, $2)", notices, string(what)+" "+whom)
}

// Listen calls hear for what others tell, once with an empty Heard when it
// begins to listen, and returns when it cannot any more or ctx ends. SQLite has
// nobody to listen to.
func (s *Store) Listen(ctx context.Context, hear func(what Heard, whom string)) error {
	if s.engine != PostgreSQL {
		<-ctx.Done()
		return nil
	}
	conn, err := pgx.ConnectConfig(ctx, s.server.Copy())
	if err != nil {
		return s.fault("listen to other replicas", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // it is of no more use either way
	if _, err := conn.Exec(ctx, "LISTEN "+notices); err != nil {
		return s.fault("listen to other replicas", err)
	}
	hear("", "")
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil && (ctx.Err() != nil || errors.Is(err, context.Canceled)) {
			return nil
		}
		if err != nil {
			return s.fault("listen to other replicas", err)
		}
		what, whom, _ := strings.Cut(n.Payload, " ")
		hear(Heard(what), whom)
	}
}
