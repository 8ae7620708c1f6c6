// Package slacksim is a local Slack: workspaces with people, channels, user
// groups, messages and views, the Web API over HTTP, SCIM, Socket Mode, and a
// control interface to act as the people in it, to look at everything and to
// break things on purpose.
//
// It owns the state of the simulated workspaces and Slack's rules over it: who
// may see, invite, kick, rename or edit what, which scope and which rate tier
// a call needs, which event follows from which change and who receives it. It
// must never know anything of the bot: not its types, not what it happens to
// send, not what it expects. It listens on loopback only and never logs tokens,
// message texts or e-mail addresses.
//
// Decision: it is one stateful program behind real HTTP and real WebSockets,
// written from Slack's documentation (package spec) instead of canned answers
// or an interface faked in Go. Slack's own clients in any language can be put
// in front of it unmodified, and a wrong belief about Slack fails here the way
// it would fail at Slack. Ids are plain strings for the same reason: Slack
// speaks JSON, and sharing the bot's types would let both be wrong alike.
package slacksim
