// Package handlers translates: one payload from Slack (or one action that came
// due or to an end) goes in, one Outcome comes out, as data.
//
// It must never cause anything: no Slack client, store, clock, log or goroutine.
// What it looks at is in the Request; what is to happen is in the Outcome; who
// may be where is asked of the rules.
//
// Decision: handlers are functions of a Request over an immutable snapshot, so
// that dispatch can commit everything an event causes in one transaction before
// it acknowledges, replay an event after a crash with the same answer, and tests
// can compare whole Outcomes.
package handlers
