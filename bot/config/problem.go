package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong with the settings.
type Problem struct {
	Where   string // SLACK_BOT_TOKEN, --sockets, settings.yaml:3:10: sockets
	What    string // what is wrong
	Allowed string // what is allowed, or what to do

	line int
}

func (p Problem) Error() string {
	s := p.Where + ": " + p.What
	if p.Allowed != "" {
		s += "; " + p.Allowed
	}
	return s
}

// Problems is everything wrong with the settings, those of the file first, in
// its order.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.Error()
	}
	if len(p) == 1 {
		return "settings: " + lines[0]
	}
	return fmt.Sprintf("settings: %d problems\n  %s", len(p), strings.Join(lines, "\n  "))
}

func (p Problems) sort() {
	slices.SortStableFunc(p, func(a, b Problem) int {
		if (a.line == 0) != (b.line == 0) {
			return cmp.Compare(b.line, a.line)
		}
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.Where, b.Where))
	})
}
