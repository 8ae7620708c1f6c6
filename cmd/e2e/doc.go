// Package e2e holds tests only: the layout's import order, and the whole bot
// against the local Slack, in one process and as the processes an operator
// starts.
//
// It must never reach into the bot: it acts as people do, through the local
// Slack's control interface, and looks at what they would see.
//
// Decision: these tests stand apart from the packages they cross, because each
// of those is tested with its neighbours, and what remains to be shown is that
// an operator's two commands together do what the README says.
package e2e
