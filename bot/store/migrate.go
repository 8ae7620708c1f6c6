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
	if _, err = p.Up(ctx); err != nil {
		return err
	}
	return checkVersion(ctx, db, folder)
}

// checkVersion refuses tables that only a newer program knows.
func checkVersion(ctx context.Context, db querier, folder string) error {
	files, err := migrations.ReadDir("migrations/" + folder)
	if err != nil || len(files) == 0 {
		return fmt.Errorf("read the migrations: %w", err)
	}
	newest, err := goose.NumericComponent(files[len(files)-1].Name())
	if err != nil {
		return err
	}
	var is int64
	if _, err := one(ctx, db, "SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version", nil, &is); err != nil {
		return err
	}
	if is > newest {
		return ErrNewer
	}
	return nil
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
	return s.fault("read it", checkVersion(ctx, s.reads, s.engine))
}
