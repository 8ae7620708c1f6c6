// Package config holds settings: what usher run is told by flags, environment
// and a YAML file, and how the log is built from them.
//
// It must never reach out: it opens no socket and no database, and it reads
// the one file it is given. A secret never leaves it except through Reveal.
//
// Decision: all problems are collected before any is reported, because an
// operator who mends five settings one restart at a time has waited five times.
package config
