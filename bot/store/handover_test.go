package store_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"usher/bot/store"
	"usher/bot/store/pgtest"
	"usher/rules/action"
)

func handed(id string, asks bool) store.Handover {
	return store.Handover{
		Team: team, Envelope: id, Event: "Ev" + id, Kind: "events_api", Payload: []byte(`{"a":1}`), Attempt: 2,
		Received: time.Unix(1700000000, 5).UTC(), Asks: asks,
	}
}

// receiver hands over to an owner.
func receiver(t *testing.T) (receiver, owner *store.Store) {
	t.Helper()
	url := pgtest.New(t)
	receiver, _ = another(t, url, "r", long)
	owner, leases := another(t, url, "o", long)
	must(leases.Acquire(ctx, team))(t)
	return receiver, owner
}

func TestWhatIsHandedOverStaysUntilItIsCommitted(t *testing.T) {
	r, o := receiver(t)
	ids := must(r.HandOver(ctx, "r", handed("1", false), handed("2", false)))(t)
	waiting := must(o.Handovers(ctx, team, nil, 10))(t)
	if len(waiting) != 2 || waiting[0].ID != ids["1"] || waiting[1].ID != ids["2"] {
		t.Fatalf("waiting: %+v, stored as %v", waiting, ids)
	}
	want := handed("1", false)
	got := waiting[0]
	if got.Envelope != want.Envelope || got.Event != want.Event || got.Kind != want.Kind || !bytes.Equal(got.Payload, want.Payload) ||
		got.Attempt != want.Attempt || !got.Received.Equal(want.Received) || got.Asks || got.GivenUp || got.Sender != "r" {
		t.Errorf("handed over %+v, arrived %+v", want, got)
	}
	if rest := must(o.Handovers(ctx, team, []int64{ids["1"]}, 10))(t); len(rest) != 1 || rest[0].ID != ids["2"] {
		t.Errorf("beside the first: %+v", rest)
	}
	if other := must(o.Handovers(ctx, "T02", nil, 10))(t); len(other) != 0 {
		t.Errorf("another workspace's: %+v", other)
	}
	_, err := r.Commit(ctx, team, store.Commit{Event: "Ev1", Closing: &store.Closing{ID: ids["1"]}})
	if !errors.Is(err, store.ErrNotOwner) || len(must(o.Handovers(ctx, team, nil, 10))(t)) != 2 {
		t.Errorf("closed by somebody who does not own the workspace: %v", err)
	}
	if _, err := o.Commit(ctx, team, store.Commit{Event: "Ev1", Closing: &store.Closing{ID: ids["1"]}}); err != nil {
		t.Fatal(err)
	}
	if err := o.Dismiss(ctx, ids["2"]); err != nil {
		t.Fatal(err)
	}
	if left := must(o.Handovers(ctx, team, nil, 10))(t); len(left) != 0 {
		t.Errorf("left over: %+v", left)
	}
}

func TestAReplyTravelsWithItsCommit(t *testing.T) {
	r, o := receiver(t)
	ids := must(r.HandOver(ctx, "r", handed("1", true)))(t)
	later := store.Due{Action: action.Reply{Asked: action.Asked{By: "U1", ResponseURL: "https://example.test"}, Text: "later"}}
	closing := &store.Closing{ID: ids["1"], Asks: true, Reply: []byte(`{"text":"yes"}`), Late: []store.Due{later}}
	receipts := must(o.Commit(ctx, team, store.Commit{Event: "Ev1", Closing: closing}))(t)
	if receipts[0].Late || receipts[0].Stored != 0 {
		t.Errorf("answered otherwise too: %+v", receipts)
	}
	if given, p, err := r.GiveUp(ctx, ids["1"]); given || string(p) != `{"text":"yes"}` || err != nil {
		t.Errorf("given up %t, %s, %v", given, p, err)
	}
	// Nobody waits any more: it is said otherwise, once.
	ids = must(r.HandOver(ctx, "r", handed("2", true)))(t)
	if given, _, err := r.GiveUp(ctx, ids["2"]); !given || err != nil {
		t.Fatalf("given up %t, %v", given, err)
	}
	if w := must(o.Handovers(ctx, team, nil, 10))(t); len(w) != 1 || !w[0].GivenUp {
		t.Errorf("waiting: %+v", w)
	}
	closing.ID = ids["2"]
	receipts = must(o.Commit(ctx, team, store.Commit{Event: "Ev2", Closing: closing}))(t)
	if !receipts[0].Late || receipts[0].Stored != 1 || len(must(o.Handovers(ctx, team, nil, 10))(t)) != 0 {
		t.Errorf("not answered later: %+v", receipts)
	}
	// An event that was handled before has an ack, and no answer of its own.
	ids = must(r.HandOver(ctx, "r", handed("3", true)))(t)
	closing.ID = ids["3"]
	receipts = must(o.Commit(ctx, team, store.Commit{Event: "Ev2", Closing: closing}))(t)
	replies := must(r.TakeReplies(ctx, "r"))(t)
	if p, ok := replies[ids["3"]]; !receipts[0].Before || !ok || len(p) != 0 || len(replies) != 1 {
		t.Errorf("a duplicate: %+v, %v", receipts, replies)
	}
	if again := must(r.TakeReplies(ctx, "r"))(t); len(again) != 0 {
		t.Errorf("taken twice: %v", again)
	}
}

func TestAReplyAheadOfItsCommit(t *testing.T) {
	r, o := receiver(t)
	ids := must(r.HandOver(ctx, "r", handed("1", true), handed("2", true), handed("3", true)))(t)
	if !must(o.Reply(ctx, ids["1"], []byte(`{}`)))(t) || must(o.Reply(ctx, ids["1"], []byte(`{}`)))(t) {
		t.Error("a reply was not taken once")
	}
	// The commit must not take the reply away that is on its way.
	if _, err := o.Commit(ctx, team, store.Commit{Event: "Ev1", Closing: &store.Closing{ID: ids["1"]}}); err != nil {
		t.Fatal(err)
	}
	if other := must(o.TakeReplies(ctx, "o"))(t); len(other) != 0 {
		t.Errorf("another replica took %v", other)
	}
	if replies := must(r.TakeReplies(ctx, "r"))(t); string(replies[ids["1"]]) != `{}` || len(replies) != 1 {
		t.Errorf("replies: %v", replies)
	}
	if given, p, err := r.GiveUp(ctx, ids["1"]); given || p != nil || err != nil {
		t.Errorf("given up what was taken: %t, %s, %v", given, p, err)
	}
	if given, _, err := r.GiveUp(ctx, ids["2"]); !given || err != nil || must(o.Reply(ctx, ids["2"], nil))(t) {
		t.Error("a reply was taken that nobody waits for")
	}
	// Replies to a replica that is gone do not stay.
	must(o.Reply(ctx, ids["3"], nil))(t)
	if err := o.Sweep(ctx, time.Hour); err != nil || len(must(r.TakeReplies(ctx, "nobody"))(t)) != 0 {
		t.Fatal(err)
	}
	if err := o.Sweep(ctx, 0); err != nil {
		t.Fatal(err)
	}
	if replies := must(r.TakeReplies(ctx, "r"))(t); len(replies) != 0 {
		t.Errorf("not swept: %v", replies)
	}
}
