// Package view draws what people see, as pure functions over facts: the App
// Home, modals, messages and notices in Block Kit.
//
// It must never decide who may do what (its facts already say so), read a
// clock, or let through what people typed without escaping it.
//
// Decision: facts structs instead of the policy and the snapshot themselves, so
// that a view can be drawn in a test from a few lines, compared with a golden
// file, and held to Slack's limits by random facts.
package view
