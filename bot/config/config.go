// Package config holds settings: what usher run is told by flags, environment
// and a YAML file, and how the log is built from them.
//
// It must never reach out: it opens no socket and no database, and reads only
// the files it is given. A secret never leaves it except through Reveal.
//
// Decision: all problems are collected before any is reported, because an
// operator who mends five settings one restart at a time has waited five times.
package config

import (
	"path/filepath"
	"time"

	"usher/rules/workspace"
)

// Settings is everything usher run has to be told, checked.
type Settings struct {
	AppToken   Secret      // xapp-, one for the app whatever the number of workspaces
	Workspaces []Workspace // at least one
	APIURL     string      // ends in a slash

	Policy  string // the policy's file or directory
	DB      Secret // SQLite file or postgres:// URL, which may hold a password
	Control string // unix socket of the running bot for the command line; empty: none
	Command string // the slash command's name, with its slash

	Sockets int           // Socket Mode connections, 1 to 9: Slack allows ten, and replacing one needs another
	Listen  string        // host:port of health and metrics; empty: none
	Unasked bool          // Listen is the default: one that is in use is done without
	Profile bool          // serve pprof there too
	Replan  time.Duration // between two comparisons of the whole workspace with the policy
	Keep    time.Duration // how long the audit and what was done are kept; 0: for ever

	LogLevel  string // empty: info
	LogFormat string // empty: auto
}

// Workspace is one workspace the app is installed in.
type Workspace struct {
	BotToken   Secret           // xoxb-
	AdminToken Secret           // xoxp- of an org admin, for Enterprise Grid; empty: those calls are not made
	Team       workspace.TeamID // when said, a token of another workspace is refused; empty: whatever the token says
}

// Database is the database in words, without a user or a password.
func (s Settings) Database() string { return describeDB(s.DB.Reveal()) }

// Sources is where settings come from, the first that says something wins: a
// flag, the environment, the file, the default. A relative path in the file is
// relative to the file; everywhere else to the working directory.
type Sources struct {
	Flags map[string]string                // by key (sockets, log_level, …); an empty text was not given
	Env   func(name string) (string, bool) // os.LookupEnv
	File  string                           // a settings file; empty: USHER_SETTINGS, else none
}

// Load reads and checks the settings. The error is of type Problems and names
// everything that is wrong, never a secret. It reads the file, the files that
// *_FILE variables name, and looks whether the policy is there.
func Load(from Sources) (Settings, error) {
	r := read(from)
	s := Settings{
		Policy:    r.path("policy"),
		APIURL:    r.apiURL(),
		Command:   r.command(),
		Sockets:   r.number("sockets", 2, 1, 9),
		Listen:    r.listen(),
		Unasked:   r.values["listen"].text == "",
		Profile:   r.truth("profile"),
		Replan:    r.duration("replan", time.Hour, time.Minute),
		Keep:      r.days("keep", 400),
		LogLevel:  r.word("log_level", "debug", "info", "warn", "error"),
		LogFormat: r.word("log_format", "auto", "json", "console"),
	}
	s.AppToken, s.Workspaces = r.tokens()
	r.policyExists(s.Policy)
	s.DB = r.database(filepath.Join(filepath.Dir(s.Policy), "usher.db"))
	s.Control = r.control(s.DB.Reveal())
	r.profileIsPrivate(s)
	if len(r.problems) > 0 {
		r.problems.sort()
		return Settings{}, r.problems
	}
	return s, nil
}

// Database is where a bot with these settings keeps its memory: an SQLite file,
// or a postgres:// URL. Tokens are not needed to know it.
func Database(from Sources) (Secret, error) {
	r := read(from)
	db := r.database(filepath.Join(filepath.Dir(r.path("policy")), "usher.db"))
	if len(r.problems) > 0 {
		r.problems.sort()
		return Secret{}, r.problems
	}
	return db, nil
}

// ControlPath is where a running bot with these settings listens for the
// command line; tokens are not needed to know it. Empty: it does not.
func ControlPath(from Sources) (string, error) {
	r := read(from)
	policy := r.path("policy")
	path := r.control(r.database(filepath.Join(filepath.Dir(policy), "usher.db")).Reveal())
	if len(r.problems) > 0 {
		r.problems.sort()
		return "", r.problems
	}
	return path, nil
}
