package slacksim

import "fmt"

// State is every workspace of the file as it is right after a start, for
// programs that only want to look at one: nothing listens.
func (f *File) State() (State, error) {
	if err := f.valid(); err != nil {
		return State{}, fmt.Errorf("build workspaces: %w", err)
	}
	s := newSlack(Options{Workspace: f}, "")
	defer s.hub.Close()
	return s.state(), nil
}
