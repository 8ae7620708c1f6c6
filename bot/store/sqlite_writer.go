package store

import (
	"context"
	"database/sql"
	"errors"

	"usher/rules/workspace"
)

// sqliteWriter is the one connection that writes, with every statement that was
// ever run on it prepared: parsing is what costs most otherwise.
type sqliteWriter struct {
	db       *sql.DB
	conn     *sql.Conn
	turn     chan struct{}
	prepared map[string]*sql.Stmt
}

func newSQLiteWriter(ctx context.Context, db *sql.DB) (*sqliteWriter, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &sqliteWriter{db: db, conn: conn, turn: make(chan struct{}, 1), prepared: map[string]*sql.Stmt{}}, nil
}

func (w *sqliteWriter) begin(ctx context.Context, _ workspace.TeamID) (session, error) {
	select {
	case w.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	se := sqliteSession{w}
	if err := run(ctx, w, "BEGIN IMMEDIATE"); err != nil {
		se.rollback() // a context that ends at the wrong moment leaves it begun
		return nil, err
	}
	return se, nil
}

func (w *sqliteWriter) close() error {
	w.turn <- struct{}{}
	defer func() { <-w.turn }()
	var errs []error
	for _, st := range w.prepared {
		errs = append(errs, st.Close())
	}
	return errors.Join(append(errs, w.conn.Close(), w.db.Close())...)
}

func (w *sqliteWriter) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if st, ok := w.prepared[query]; ok {
		return st, nil
	}
	st, err := w.conn.PrepareContext(ctx, query)
	if err == nil {
		w.prepared[query] = st
	}
	return st, err
}

func (w *sqliteWriter) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	st, err := w.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(ctx, args...)
}

func (w *sqliteWriter) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	st, err := w.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

// sqliteSession is a transaction of the writer, which is its own until it ends.
// Its ending does not follow the context: a transaction is either stored or not.
type sqliteSession struct{ *sqliteWriter }

func (s sqliteSession) commit() error {
	err := run(context.Background(), s.sqliteWriter, "COMMIT")
	if err != nil {
		s.rollback()
		return err
	}
	<-s.turn
	return nil
}

func (s sqliteSession) rollback() {
	// After some errors SQLite has rolled back by itself and says so; either way nothing is open.
	_ = run(context.Background(), s.sqliteWriter, "ROLLBACK")
	<-s.turn
}
