package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"runtime/debug"
	"time"

	"github.com/rs/zerolog"

	"usher/bot/config"
	"usher/bot/gateway"
	"usher/bot/store"
	"usher/handlers"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// carryOut carries out one claimed action and stores what came of it. It
// reports whether the lane is to hear of its end.
func (q *Queue) carryOut(ctx context.Context, c store.Claim) (echo bool) {
	began := q.config.Clock()
	if hearsay(c.Action) { // waits while nothing is heard: who belongs where may have changed meanwhile
		if err := q.config.Hear(ctx); err != nil {
			return q.later(ctx, c, began, gateway.Result{Class: gateway.Later, Code: codeDeaf, Snoozed: true})
		}
	}
	now, still, why, err := q.guard(ctx, c)
	if err != nil {
		return q.later(ctx, c, began, q.notYet(ctx, c, err, codeUnasked))
	}
	if !still {
		sentence := cmp.Or(rules.Undue(why), "The rules were asked again and it was not due any more.")
		return q.settle(ctx, c, began, gateway.Result{Class: dropped, Code: codeOf(why), Sentence: sentence}, &why)
	}
	if q.stopped(ctx, c) {
		return q.later(ctx, c, began, gateway.Result{Class: gateway.Later, Code: codePaused, Snoozed: true})
	}
	if action.Sends(now) && c.Rescued {
		var found bool
		if now, found = action.Seek(now, c.At); !found {
			return q.settle(ctx, c, began, gateway.Result{Class: gateway.Done, Code: codeRescued, Unconfirmed: true}, nil)
		}
	}
	r := q.apply(ctx, c, now)
	if r.Class == gateway.Later {
		return q.later(ctx, c, began, r)
	}
	return q.settle(ctx, c, began, r, nil)
}

// Codes of results that the queue gives itself.
const (
	codeRescued  = "rescued"  // it may have been sent before a crash
	codePanic    = "panic"    // carrying it out ended in a panic
	codeNoResult = "none"     // it came back without a result
	codeUnasked  = "unasked"  // the rules could not be asked again
	codeNotRead  = "not_read" // reading something again did not succeed
	codeDeaf     = "deaf"     // nothing was heard from Slack
	codePaused   = "paused"   // changes were stopped since it was claimed
	codeTurn     = "turn"     // its turn is some time away
	codeLane     = "lane"     // the lane could not commit what follows from it
)

var errPanic = errors.New("the rules panicked")

const dropped = gateway.Class(handlers.Dropped)

// stopped reports whether changes were stopped since an action was claimed, here
// or in the life before: then it is given back. What may have been sent before a
// crash is no change any more.
func (q *Queue) stopped(ctx context.Context, c store.Claim) bool {
	if !action.Changes(c.Action) || c.Rescued && action.Sends(c.Action) {
		return false
	}
	_, paused, err := q.config.Store.Paused(ctx, c.Team)
	return paused || err != nil
}

// hearsay reports whether an action goes by what was heard from Slack, and not by
// what somebody asks for at this moment.
func hearsay(a action.Action) bool {
	switch a := a.(type) {
	case action.Recheck, action.Replan, action.KeepUsergroup:
		return true
	case action.Remove:
		return a.Asked == nil
	case action.Invite:
		return a.Asked == nil
	}
	return false
}

func (q *Queue) guard(ctx context.Context, c store.Claim) (now action.Action, still bool, why rules.Decision, err error) {
	defer func() {
		if p := recover(); p != nil { // the rules must not be able to stop the queue; unknown never removes
			q.panicked(c, p)
			err = errPanic
		}
	}()
	return q.config.Guard(ctx, c.Team, c.Action)
}

func codeOf(d rules.Decision) string {
	if d.Verdict == rules.Undetermined {
		return store.CodeUndetermined
	}
	if len(d.Reasons) == 0 {
		return ""
	}
	return string(d.Reasons[len(d.Reasons)-1].Code)
}

// apply hands the action to whoever carries out its kind.
func (q *Queue) apply(ctx context.Context, c store.Claim, a action.Action) (r gateway.Result) {
	defer func() {
		if p := recover(); p != nil {
			q.panicked(c, p)
			r = gateway.Result{Class: gateway.Later, Code: codePanic}
		}
	}()
	switch a := a.(type) {
	case action.Refresh:
		return q.read(ctx, c, a)
	case action.Recheck, action.Replan, action.Happened:
		return q.enter(ctx, c, a)
	}
	if wait := q.turn(c, a); wait > turnSoon {
		return gateway.Result{Class: gateway.Later, Code: codeTurn, Snoozed: true, After: wait}
	}
	if action.Changes(a) {
		ctx = gateway.WithStill(ctx, func(ctx context.Context) bool { return q.stillDue(ctx, c, a) })
	}
	r = q.config.Applier.Apply(ctx, c.Team, a)
	if r.Class == "" {
		r.Class, r.Code = gateway.Later, codeNoResult
	}
	return r
}

// stillDue reports whether a change that has waited for its turn is still to be
// made as it is: changes were not stopped meanwhile, and whoever is to be taken
// out or brought in still is.
func (q *Queue) stillDue(ctx context.Context, c store.Claim, a action.Action) bool {
	if q.stopped(ctx, c) {
		return false
	}
	if a.Kind() != action.KindRemove && a.Kind() != action.KindInvite {
		return true
	}
	now, still, _, err := q.guard(ctx, c)
	return err == nil && still && reflect.DeepEqual(now, a)
}

// turnSoon is for how long a notice may wait for its turn while it is claimed.
const turnSoon = 500 * time.Millisecond

// turn is how long a notice would wait for its turn. A notice is not claimed
// while it only waits: after a crash it would count as sent.
func (q *Queue) turn(c store.Claim, a action.Action) time.Duration {
	waiter, ok := q.config.Applier.(interface {
		Wait(workspace.TeamID, action.Action) time.Duration
	})
	if !action.Sends(a) || !ok {
		return 0
	}
	return waiter.Wait(c.Team, a)
}

func (q *Queue) panicked(c store.Claim, p any) {
	q.log.Error().Str(config.FieldTeam, string(c.Team)).Int64(config.FieldActionID, int64(c.ID)).Str(config.FieldAction, string(c.Action.Kind())).
		Str("panic", fmt.Sprintf("%T", p)).Bytes("stack", debug.Stack()).Msg("an action panicked")
}

// read reads something again; where a handler waits for that, it is told.
func (q *Queue) read(ctx context.Context, c store.Claim, a action.Refresh) gateway.Result {
	if err := q.config.Read(ctx, c.Team, a); err != nil {
		return q.notYet(ctx, c, err, codeNotRead)
	}
	if q.config.Lane.Handles(dueKind(a)) {
		return q.enter(ctx, c, a)
	}
	return gateway.Result{Class: gateway.Done}
}

// notYet is the result of something of our own that did not succeed.
func (q *Queue) notYet(ctx context.Context, c store.Claim, err error, code string) gateway.Result {
	if ctx.Err() != nil {
		return gateway.Result{Class: gateway.Later, Snoozed: true}
	}
	r := gateway.Result{Class: gateway.Later, Code: code, Snoozed: store.Passing(err)}
	if slack, ok := errors.AsType[*gateway.Error](err); ok {
		r.Code, r.After = slack.Code, slack.After
	}
	q.log.Warn().Err(err).Str(config.FieldTeam, string(c.Team)).Int64(config.FieldActionID, int64(c.ID)).Msg("an action did not succeed yet")
	return r
}

func dueKind(a action.Action) string { return "due:" + string(a.Kind()) }

// enter takes an action that came due into the lane. Its event id is the same
// after a crash, so that the lane commits it once.
func (q *Queue) enter(ctx context.Context, c store.Claim, a action.Action) gateway.Result {
	if !q.config.Lane.Handles(dueKind(a)) {
		return gateway.Result{Class: gateway.Never, Code: "no_handler", Sentence: "Nothing handles this."}
	}
	body, err := action.Encode(a)
	if err == nil {
		err = q.config.Lane.Enter(ctx, Entry{Team: c.Team, EventID: fmt.Sprintf("due:%d:%d", c.ID, c.At.UnixMicro()), Kind: dueKind(a), Payload: body})
	}
	if err != nil {
		return q.notYet(ctx, c, err, codeLane)
	}
	return gateway.Result{Class: gateway.Done}
}

// later gives an action back, or gives it up.
func (q *Queue) later(ctx context.Context, c store.Claim, began time.Time, r gateway.Result) bool {
	attempt := !r.Snoozed
	if ctx.Err() != nil { // a shutdown is no failure
		attempt, r.After = false, 0
	}
	tries := c.Attempts
	if attempt {
		tries++
	}
	if attempt && tries >= q.config.Attempts {
		r.Class = gateway.Class(store.GaveUp)
		r.Sentence = fmt.Sprintf("It was tried %d times without success.", tries)
		return q.settle(ctx, c, began, r, nil)
	}
	wait := r.After
	if wait <= 0 && ctx.Err() == nil {
		wait = q.config.Backoff(max(tries, 1))
	}
	p := store.Postponement{Claim: c, Until: q.config.Clock().Add(wait), Attempt: attempt}
	if attempt {
		p.Why = store.Try{Class: store.Again, Code: r.Code, Sentence: r.Sentence}
	}
	err := q.keepTrying(ctx, c, func(ctx context.Context) error { return q.config.Store.Postpone(ctx, p) })
	if err == nil {
		q.line(c, began, r).Int(config.FieldAttempt, tries).Dur(config.FieldAfter, wait).Msg("postponed an action")
	}
	return false
}

// settle stores the end of an action, and reports whether the lane is to hear.
func (q *Queue) settle(ctx context.Context, c store.Claim, began time.Time, r gateway.Result, why *rules.Decision) bool {
	s := store.Settlement{
		Claim:  c,
		Result: handlers.Result{Class: handlers.Class(r.Class), Code: r.Code, Sentence: r.Sentence, Value: r.Value},
		Stuck:  r.Stuck,
		Echo:   q.config.Lane.Handles("settled:" + string(c.Action.Kind())),
	}
	if r.Stuck == gateway.Everywhere {
		s.Result.Value = map[string]string{handlers.ValueEverywhere: "yes"}
		maps.Copy(s.Result.Value, r.Value)
	}
	if why != nil && why.Channel != "" {
		s.Decisions = []rules.Decision{*why}
		for _, a := range why.Actions { // what has to be known better before the rules can say
			if refresh, ok := a.(action.Refresh); ok {
				s.Follow = append(s.Follow, store.Due{Action: refresh})
			}
		}
		if why.Verdict == rules.Warn && !why.DryRun { // they have time now, which has to begin, and they have to know
			s.Follow = append(s.Follow, store.Due{Action: action.Recheck{Channel: why.Channel, User: why.User}})
		}
	}
	if r.Lost != "" {
		s.Follow = append(s.Follow, store.Due{Action: action.Refresh{Channel: r.Lost}})
	}
	err := q.keepTrying(ctx, c, func(ctx context.Context) error { return q.config.Store.Settle(ctx, s) })
	if err != nil {
		return false
	}
	q.line(c, began, r).Msg("carried out an action")
	q.config.Metrics.Action(c.Team, c.Action.Kind(), string(r.Class), q.config.Clock().Sub(c.At))
	return s.Echo
}

// line is the one info line of an action.
func (q *Queue) line(c store.Claim, began time.Time, r gateway.Result) *zerolog.Event {
	return q.log.Info().Str(config.FieldTeam, string(c.Team)).Str(config.FieldEvent, c.Event).
		Int64(config.FieldActionID, int64(c.ID)).Str(config.FieldAction, string(c.Action.Kind())).Str(config.FieldKey, string(c.Action.Key())).
		Str(config.FieldOutcome, string(r.Class)).Str(config.FieldCode, r.Code).Dur(config.FieldTook, q.config.Clock().Sub(began))
}

// storeWithin bounds one try to store a result; at the end of the program it
// is also all the time there is.
const storeWithin = 3 * time.Second

// keepTrying stores what came of an action: while the store is gone the result
// is kept here, until it can be stored, the claim has run out, or the program
// ends. Only the last two leave the action to be carried out again.
func (q *Queue) keepTrying(ctx context.Context, c store.Claim, keep func(context.Context) error) error {
	for n := 1; ; n++ {
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeWithin)
		err := keep(bounded)
		cancel()
		if err == nil {
			return nil
		}
		passing := store.Passing(err) || errors.Is(err, context.DeadlineExceeded)
		if ctx.Err() != nil || !passing {
			q.log.Error().Err(err).Str(config.FieldTeam, string(c.Team)).Int64(config.FieldActionID, int64(c.ID)).Msg("could not store what came of an action")
			return err
		}
		wait := time.NewTimer(min(q.config.Backoff(n), claimMost))
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
		}
	}
}
