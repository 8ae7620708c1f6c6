package bot

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/rs/zerolog"
	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"
)

// failure is the first loop that ended by itself.
type failure struct {
	once  sync.Once
	why   error
	ended chan struct{}
}

func (f *failure) end(err error) {
	f.once.Do(func() {
		f.why = err
		close(f.ended)
	})
}

func (f *failure) err() error {
	select {
	case <-f.ended:
		return f.why
	default:
		return nil
	}
}

// loop lets run go on from the program's start to its end: starting it never
// waits, stopping it ends its context and waits for it. One that ends by itself
// ends the program with its error.
func loop(lc fx.Lifecycle, f *failure, name string, run func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	started := false
	lc.Append(fx.Hook{
		OnStart: func(context.Context) error {
			started = true
			go func() {
				defer close(done)
				err := run(ctx)
				switch {
				case ctx.Err() != nil && err == nil:
				case err == nil:
					f.end(fmt.Errorf("%s ended by itself", name))
				default:
					f.end(fmt.Errorf("%s: %w", name, err))
				}
			}()
			return nil
		},
		OnStop: func(stop context.Context) error {
			cancel()
			if !started {
				return nil
			}
			select {
			case <-done:
				return nil
			case <-stop.Done():
				return fmt.Errorf("end %s: %w", name, stop.Err())
			}
		},
	})
}

// server answers until it is stopped.
type server interface {
	Serve() error
	Stop(ctx context.Context) error
}

// serve opens a server at the start, so that an address in use is known then,
// and has it serve until the end. A nil server is none.
func serve(lc fx.Lifecycle, f *failure, name string, listen func(context.Context) (server, error)) {
	var s server
	done := make(chan struct{})
	lc.Append(fx.Hook{
		OnStart: func(ctx context.Context) (err error) {
			if s, err = listen(ctx); err != nil || s == nil {
				return err
			}
			go func() {
				defer close(done)
				if err := s.Serve(); err != nil {
					f.end(fmt.Errorf("%s: %w", name, err))
				}
			}()
			return nil
		},
		OnStop: func(ctx context.Context) error {
			if s == nil {
				return nil
			}
			err := s.Stop(ctx)
			<-done
			return err
		},
	})
}

// eventLogger has fx speak through the bot's log, where it is of interest only
// to whoever looks for it.
func eventLogger(log zerolog.Logger) func() fxevent.Logger {
	return func() fxevent.Logger {
		l := &fxevent.SlogLogger{Logger: slog.New(zerolog.NewSlogHandler(log))}
		l.UseLogLevel(slog.LevelDebug)
		l.UseErrorLevel(slog.LevelDebug) // Run says it, in one sentence
		return l
	}
}
