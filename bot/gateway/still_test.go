package gateway_test

import (
	"context"
	"testing"

	"usher/bot/gateway"
	"usher/bot/slacksim"
	"usher/rules/action"
	"usher/rules/workspace"
)

// Somebody may become eligible while their removal waits for its turn, and
// somebody may stop every change.
func TestAChangeIsAskedAboutAgainWhenItsTurnComes(t *testing.T) {
	w := start(t, acme)
	a := action.Remove{Channel: w.channel("finance-department"), User: w.user("mallory")}
	w.fault(slacksim.Fault{Method: "conversations.kick", RetryAfter: 1, Times: 1})
	if r := w.apply(a); r.Class != gateway.Later {
		t.Fatalf("held back: %+v", r)
	}
	asked := 0
	apply := func(still bool) gateway.Result {
		return w.Apply(gateway.WithStill(w.ctx(), func(context.Context) bool { asked++; return still }), team, a)
	}
	if r := apply(false); r.Class != gateway.Later || !r.Snoozed || asked != 1 || w.made("conversations.kick") != 1 || !w.in("finance-department", "mallory") {
		t.Errorf("%+v after asking %d times; %d calls", r, asked, w.made("conversations.kick"))
	}
	// One that need not wait was asked about a moment ago.
	if r := apply(false); r.Class != gateway.Done || asked != 1 || w.in("finance-department", "mallory") {
		t.Errorf("%+v after asking %d times", r, asked)
	}
}

func TestAnInvitationIsAskedAboutAgainWhenItsTurnComes(t *testing.T) {
	w := start(t, acme)
	a := action.Invite{Channel: w.channel("finance-department"), Users: []workspace.UserID{w.user("mallory")}}
	w.apply(action.Remove{Channel: a.Channel, User: a.Users[0]})
	w.fault(slacksim.Fault{Method: "conversations.invite", RetryAfter: 1, Times: 1})
	if r := w.apply(a); r.Class != gateway.Later {
		t.Fatalf("held back: %+v", r)
	}
	r := w.Apply(gateway.WithStill(w.ctx(), func(ctx context.Context) bool {
		_, err := w.UserInfo(ctx, team, a.Users[0]) // to answer, something may have to be read
		return err != nil
	}), team, a)
	if r.Class != gateway.Later || !r.Snoozed || w.made("conversations.invite") != 1 || w.in("finance-department", "mallory") {
		t.Errorf("%+v; %d calls", r, w.made("conversations.invite"))
	}
}
