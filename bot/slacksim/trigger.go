package slacksim

import (
	"fmt"
	"strings"
	"time"
)

// triggerLife is how long a trigger may be used, and how long a person waits
// for a command or an interaction.
const triggerLife = 3 * time.Second

// trigger is what lets the app open one modal, right after a person did
// something.
type trigger struct {
	w      *workspace
	user   *user
	made   time.Time
	used   bool
	opened *view
}

func (w *workspace) newTrigger(u *user) string {
	s := w.slack
	id := fmt.Sprintf("%d.%d.%s", s.next(), s.now().UnixMilli(), secret("")[:32])
	for old, t := range s.triggers {
		if s.now().Sub(t.made) > time.Minute {
			delete(s.triggers, old)
		}
	}
	s.triggers[id] = &trigger{w: w, user: u, made: s.now()}
	return id
}

// peekTrigger finds a trigger that is still good, without using it up.
func (w *workspace) peekTrigger(id string) (*trigger, *failure) {
	t := w.slack.triggers[id]
	switch {
	case t == nil && strings.Count(id, ".") == 2:
		return nil, fail("expired_trigger_id")
	case t == nil || t.w != w:
		return nil, fail("invalid_trigger_id")
	case t.used:
		return nil, fail("exchanged_trigger_id")
	case w.slack.now().Sub(t.made) > triggerLife:
		return nil, fail("expired_trigger_id")
	}
	return t, nil
}
