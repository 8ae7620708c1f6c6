// Package policyfile reads a policy from YAML into a rules.Config and writes it
// back, and describes the format to editors as a JSON Schema.
//
// It reports every problem at once, each with its place, what is wrong and what
// is allowed. It must never touch a disk (the caller hands it an fs.FS), never
// guess what a misspelt key meant, and never decide anything about a channel.
//
// Decision: the YAML becomes a small tree of texts with their places, which
// readers walk, instead of being decoded into structs: a decoder stops at the
// first wrong type, and forgets where patterns and durations stood by the time
// rules.Compile finds them wrong.
package policyfile
