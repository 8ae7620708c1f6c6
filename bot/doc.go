// Package bot assembles the running bot: the fx graph of everything that waits,
// remembers or talks to Slack, the order in which it starts and stops, and the
// socket on which the command line reaches it.
//
// It must never decide anything about a channel or a person, nor let Slack's
// events in before everything that handles them is up.
//
// Decision: intake starts last and stops first, and a loop that ends early ends
// the program with its error: a bot that seems to run and does nothing is worse
// than one that is started again.
package bot
