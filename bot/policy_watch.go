package bot

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"usher/bot/config"
)

// settle is how long a file has to be quiet before it is read: editors write
// in several steps, and Kubernetes swaps links.
const settle = 200 * time.Millisecond

// run reads the file again whenever told to, and where it is watched whenever it
// changes, until ctx ends.
func (p *policy) run(ctx context.Context, told <-chan struct{}, watched bool) error {
	if watched {
		return p.watch(ctx, told)
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-told:
			p.reread(ctx)
		}
	}
}

// reread is reload for whoever asked for it, who wants to know that it was done.
func (p *policy) reread(ctx context.Context) {
	p.log.Info().Str(config.FieldPlace, p.path).Msg("reads the policy again, as it was told to")
	p.reload(ctx)
}

func (p *policy) watch(ctx context.Context, told <-chan struct{}) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch the policy: %w", err)
	}
	defer watcher.Close()
	if err := p.lookAt(watcher); err != nil {
		return err
	}
	p.reload(ctx) // it may have changed between the first reading and now
	quiet := time.NewTimer(settle)
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case e, open := <-watcher.Events:
			if !open {
				return errors.New("watch the policy: the watch ended")
			}
			if p.concerns(e.Name) {
				quiet.Reset(settle)
			}
		case err := <-watcher.Errors:
			// Something was missed, so look.
			p.log.Warn().Err(err).Msg("missed a change of the policy's directory")
			quiet.Reset(settle)
		case <-told:
			p.reread(ctx)
		case <-quiet.C:
			if err := p.lookAt(watcher); err != nil { // a link may lead somewhere else by now
				p.log.Warn().Err(err).Msg("does not see all changes of the policy's directory")
			}
			p.reload(ctx)
		}
	}
}

func (p *policy) lookAt(watcher *fsnotify.Watcher) error {
	for _, dir := range p.directories() {
		if err := watcher.Add(dir); err != nil {
			return fmt.Errorf("watch the policy in %s: %w", dir, err)
		}
	}
	return nil
}

// directories are what has to be watched: the directory and not the file, since
// what replaces a file is a new one, and where the file is a link also the
// directory of what it points at.
func (p *policy) directories() []string {
	if info, err := os.Stat(p.path); err == nil && info.IsDir() {
		return []string{p.path}
	}
	dirs := []string{filepath.Dir(p.path)}
	if file, err := filepath.EvalSymlinks(p.path); err == nil && filepath.Dir(file) != dirs[0] {
		dirs = append(dirs, filepath.Dir(file))
	}
	return dirs
}

// concerns reports whether a changed name can change the policy: the database
// beside it is written all the time.
func (p *policy) concerns(name string) bool {
	base := filepath.Base(name)
	if file, err := filepath.EvalSymlinks(p.path); err == nil && base == filepath.Base(file) {
		return true
	}
	return base == filepath.Base(p.path) || filepath.Ext(base) == ".yaml" || strings.HasPrefix(base, "..")
}
