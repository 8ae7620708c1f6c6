package slacksim_test

import (
	"reflect"
	"testing"

	"usher/bot/slacksim"
)

// TestFileState sees what a started Slack shows, ids included.
func TestFileState(t *testing.T) {
	f := slacksim.DefaultFile()
	got, err := f.State()
	if err != nil {
		t.Fatal(err)
	}
	s, err := slacksim.Start(slacksim.Options{Workspace: f})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	want := s.State()
	for id, w := range want.Workspaces {
		g := got.Workspaces[id]
		if len(g.Users) == 0 || !reflect.DeepEqual(g.Users, w.Users) || len(g.Channels) != len(w.Channels) {
			t.Errorf("%s: got %+v, want %+v", id, g, w)
		}
		for c := range w.Channels {
			if !reflect.DeepEqual(g.Channels[c].Members, w.Channels[c].Members) {
				t.Errorf("%s: members of %s: got %v, want %v", id, c, g.Channels[c].Members, w.Channels[c].Members)
			}
		}
	}
	broken := &slacksim.File{Workspaces: []slacksim.FileWorkspace{{Name: "x", Channels: []slacksim.FileChannel{{Name: "a", Members: []string{"nobody"}}}}}}
	if _, err := broken.State(); err == nil {
		t.Error("a member who does not exist is taken")
	}
}
