package rules

import (
	"iter"

	"usher/rules/workspace"
)

// Governed walks the channels that some cluster is about, archived ones
// included, by id.
func (p *Policy) Governed(w *workspace.Snapshot) iter.Seq[workspace.Channel] {
	return func(yield func(workspace.Channel) bool) {
		for _, g := range p.governedChannels(w) {
			if c, ok := w.Channel(g.channel); ok && !yield(c) {
				return
			}
		}
	}
}
