package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

func migrate(ctx context.Context, db *sql.DB, dialect goose.Dialect, folder string, opts ...goose.ProviderOption) error {
	files, err := fs.Sub(migrations, "migrations/"+folder)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	p, err := goose.NewProvider(dialect, db, files, opts...)
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// checkTables tells an empty memory apart from one that was used.
func (s *Store) checkTables(ctx context.Context) error {
	var n int
	if _, err := one(ctx, s.reads, "SELECT COUNT(*) FROM chains", nil, &n); err != nil {
		if e := s.fault("read it", err); errorsIsAny(e, ErrNotDatabase, ErrDamaged, ErrBusy) {
			return e
		}
		return fmt.Errorf("%w: start `usher run` with it once", ErrEmpty)
	}
	return nil
}
