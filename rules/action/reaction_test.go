package action_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"usher/rules/action"
)

var reactions = []action.Action{
	action.Step{Channel: "C1", Reaction: "incidents", Change: "created", Event: "Ev1", Name: "inc-42-db", Number: 3, Verb: "pin", Actor: "U1"},
	action.Step{Channel: "C1", Reaction: "incidents", Change: "renamed", Event: "Ev1", Name: "inc-42-db", Number: 3, Verb: "pin", Pins: true},
	action.Archive{Channel: "C1", Reaction: "incidents", Event: "Ev1", Number: 10, Warn: true, Since: time.Unix(1700000000, 0).UTC(), At: time.Unix(1700000900, 0).UTC()},
	action.Rename{Channel: "C1", Name: "team-x", Asked: &action.Asked{By: "U1"}},
	action.Happened{Channel: "C1", Change: "entered", Actor: "U1", Reaction: "incidents", Tries: 2},
}

func TestReactionsAreStoredUnchanged(t *testing.T) {
	for _, a := range reactions {
		body, err := action.Encode(a)
		if err != nil {
			t.Fatal(err)
		}
		back, err := action.Decode(a.Kind(), body)
		if err != nil || !reflect.DeepEqual(a, back) {
			t.Errorf("%s came back as %#v, %v", a, back, err)
		}
		if strings.Contains(a.String(), "inc-42-db") || strings.Contains(a.String(), "team-x") {
			t.Errorf("%q says what people typed", a)
		}
	}
}

// What a step says is found when its turn comes; it must not be stored, nor
// tell one step from the same one.
func TestWhatAStepSaysIsNotStored(t *testing.T) {
	s := reactions[0].(action.Step)
	s.Text, s.Link, s.Into, s.TS = "text", "link", "C2", "1.2"
	body, err := action.Encode(s)
	if err != nil || strings.Contains(string(body), "text") || strings.Contains(string(body), "1.2") {
		t.Errorf("stored %s, %v", body, err)
	}
	if action.OnceOf(s) != action.OnceOf(reactions[0]) {
		t.Error("it is another step by what it says")
	}
}

func TestWhatHappensOnce(t *testing.T) {
	created := reactions[0].(action.Step)
	again := created
	again.Event = "Ev2"
	if created.Once() != again.Once() {
		t.Error("a channel is created twice")
	}
	renamed := again
	renamed.Change = "renamed"
	other := renamed
	other.Event = "Ev3"
	seen := map[string]bool{}
	for _, s := range []action.Step{created, renamed, other, reactions[1].(action.Step)} {
		if seen[s.Once()] {
			t.Errorf("%s is another's", s.Once())
		}
		seen[s.Once()] = true
	}
}

func TestWhatShowsTwice(t *testing.T) {
	for verb, want := range map[string]bool{
		"join": false, "topic": false, "purpose": false, "invite": false, "bookmark": false,
		"post": true, "pin": true, "announce": true, "tell_creator": true, "propose_rename": true,
	} {
		if got := action.Sends(action.Step{Verb: verb}); got != want {
			t.Errorf("%s: %t", verb, got)
		}
	}
	for a, want := range map[action.Action]bool{
		action.Step{Verb: "pin", Pins: true}: false, action.Archive{Warn: true}: true, action.Archive{}: false, action.Join{}: false,
	} {
		if got := action.Sends(a); got != want {
			t.Errorf("%s: %t", a, got)
		}
	}
}
