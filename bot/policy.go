package bot

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/rs/zerolog"

	"usher/bot/config"
	"usher/rules"
	"usher/rules/policyfile"
)

// policy is the policy in force. It follows its file or directory; a file that
// cannot be read whole never replaces one that could.
type policy struct {
	path string
	log  zerolog.Logger

	mu       sync.Mutex
	inForce  *rules.Policy
	aside    []rules.Problem // of the policy in force: the rules that were set aside
	refused  []rules.Problem // of a newer file that was not taken; nil: the newest is in force
	followed []func(context.Context)
	fits     func(*rules.Policy) error // nil: every policy does
	refusing func(context.Context, []rules.Problem)
}

// loadPolicy reads the policy for the first time, when there is none to fall
// back on: a policy that cannot be read whole is an error that names every problem.
func loadPolicy(path string, log zerolog.Logger) (*policy, error) {
	p := &policy{path: path, log: log}
	read, problems := p.read()
	if read == nil {
		errs := make([]error, len(problems))
		for i, problem := range problems {
			errs[i] = problem
		}
		return nil, fmt.Errorf("load the policy: %w", errors.Join(errs...))
	}
	p.inForce, p.aside = read, problems
	p.say(problems)
	return p, nil
}

func (p *policy) read() (*rules.Policy, []rules.Problem) {
	dir, name := filepath.Split(filepath.Clean(p.path))
	if dir == "" {
		dir = "."
	}
	if info, err := os.Stat(p.path); err == nil && info.IsDir() {
		dir, name = p.path, "."
	}
	read, _, problems := policyfile.Load(os.DirFS(dir), name)
	return read, problems
}

func (p *policy) say(problems []rules.Problem) {
	for _, problem := range problems {
		p.log.Warn().Str(config.FieldPlace, problem.At.String()).Str("rule", problem.Rule).Str("allowed", problem.Hint).
			Bool("fatal", problem.Fatal).Str(config.FieldReason, problem.What).Msg("found a problem in the policy")
	}
}

// Current is the policy in force, not bound to a workspace.
func (p *policy) Current() *rules.Policy {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.inForce
}

// restrict has only policies taken from now on that fit; the error is about the
// one in force.
func (p *policy) restrict(fits func(*rules.Policy) error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fits = fits
	if err := fits(p.inForce); err != nil {
		return fmt.Errorf("the policy in %s cannot be used: %w", p.path, err)
	}
	return nil
}

// follow has f called whenever another policy has come into force.
func (p *policy) follow(f func(context.Context)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.followed = append(p.followed, f)
}

// refuse has f called whenever a newer policy was not taken.
func (p *policy) refuse(f func(context.Context, []rules.Problem)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refusing = f
}

// reload takes what the file says now, if it can be read whole and says
// something else.
func (p *policy) reload(ctx context.Context) {
	read, problems := p.read()
	p.mu.Lock()
	if read != nil && p.fits != nil {
		if err := p.fits(read); err != nil {
			read, problems = nil, append(problems, rules.Problem{At: rules.Place{File: p.path, Line: 1, Column: 1}, What: err.Error(), Fatal: true})
		}
	}
	if read == nil {
		p.refused = problems
		tell := p.refusing
		p.mu.Unlock()
		p.say(problems)
		p.log.Error().Int(config.FieldCount, len(problems)).Msg("refused the new policy, the old one stays in force")
		if tell != nil {
			tell(ctx, problems)
		}
		return
	}
	same, again := read.Hash() == p.inForce.Hash(), p.refused != nil
	p.inForce, p.aside, p.refused = read, problems, nil
	followed := p.followed
	p.mu.Unlock()
	if same {
		if again {
			p.log.Info().Str(config.FieldPolicy, read.Hash()).Msg("the file says again what is in force")
		}
		return
	}
	p.say(problems)
	p.log.Info().Str(config.FieldPolicy, read.Hash()).Int("clusters", len(read.Clusters())).Msg("took the new policy into force")
	for _, f := range followed {
		f(ctx)
	}
}

// check says whether the newest policy is in force, in a sentence.
func (p *policy) check(context.Context) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.refused != nil:
		return "", fmt.Errorf("the file now has %s that keep it from being read, so the last good policy stays in force; run usher check", count(len(p.refused), "problem"))
	case len(p.aside) > 0:
		return "", fmt.Errorf("in force, with %s; the rules concerned are set aside; run usher check", count(len(p.aside), "problem"))
	}
	return fmt.Sprintf("in force, %s, hash %s", count(len(p.inForce.Clusters()), "cluster"), p.inForce.Hash()), nil
}

// problems is how many there are, for metrics.
func (p *policy) problems() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.aside)
	if p.refused != nil {
		n++
	}
	return n
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
