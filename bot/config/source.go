package config

import (
	"os"
	"strings"
)

// known lists what can be set: the key in the file, the environment variable,
// and whether there is a flag of the key's name. Tokens have none, because
// everybody on a machine can read another program's command line.
var known = []struct {
	key, env string
	flag     bool
}{
	{"app_token", "SLACK_APP_TOKEN", false},
	{"bot_token", "SLACK_BOT_TOKEN", false},
	{"admin_token", "SLACK_ADMIN_TOKEN", false},
	{"workspaces", "", false},
	{"api_url", "SLACK_API_URL", true},
	{"policy", "USHER_POLICY", true},
	{"db", "USHER_DB", true},
	{"control", "USHER_CONTROL", true},
	{"command", "USHER_COMMAND", true},
	{"sockets", "USHER_SOCKETS", true},
	{"listen", "USHER_LISTEN", true},
	{"profile", "USHER_PROFILE", true},
	{"replan", "USHER_REPLAN", true},
	{"keep", "USHER_KEEP", true},
	{"log_level", "USHER_LOG_LEVEL", true},
	{"log_format", "USHER_LOG_FORMAT", true},
}

// Variables are the environment variables that settings are read from. Behind
// each, _FILE names one that holds the path of a file with the value.
func Variables() []string {
	names := []string{"USHER_SETTINGS"}
	for _, k := range known {
		if k.env != "" {
			names = append(names, k.env)
		}
	}
	return names
}

// value is one setting as somebody wrote it.
type value struct {
	text  string
	where string
	line  int
	dir   string // relative paths start here; empty: the working directory
	said  bool
	lost  bool // it was said where it could not be read
}

type reader struct {
	values     map[string]value
	workspaces []map[string]value
	unread     bool // the settings file could not be read: what is missing may be in it
	problems   Problems
}

func (r *reader) complain(v value, what, allowed string) {
	r.problems = append(r.problems, Problem{Where: hide(v.where), What: hide(what), Allowed: allowed, line: v.line})
}

// missing complains about what nobody said, unless a file that could not be read
// may say it.
func (r *reader) missing(v value, allowed string) {
	if !r.unread && !v.lost {
		r.complain(v, "missing", allowed)
	}
}

// read collects what was said, the strongest source last.
func read(from Sources) *reader {
	r := &reader{values: map[string]value{}}
	env := from.Env
	if env == nil {
		env = func(string) (string, bool) { return "", false }
	}
	file := from.File
	if file == "" {
		file, _ = env("USHER_SETTINGS")
	}
	if file != "" {
		r.file(file)
	}
	for _, k := range known {
		absent := value{where: k.key}
		if k.env != "" {
			absent.where = k.env
			r.environment(k.key, k.env, env)
		}
		if k.flag {
			name := "--" + strings.ReplaceAll(k.key, "_", "-")
			if k.env == "" || !strings.HasPrefix(k.env, "SLACK_") {
				absent.where = name
			}
			if text := from.Flags[k.key]; text != "" {
				r.values[k.key] = value{text: text, where: name, said: true}
			}
		}
		if _, ok := r.values[k.key]; !ok {
			r.values[k.key] = absent
		}
	}
	return r
}

// environment takes a variable, or the file that the variable with _FILE behind
// its name points to, which is how container platforms hand out secrets.
func (r *reader) environment(key, name string, env func(string) (string, bool)) {
	text, plain := env(name)
	path, filed := env(name + "_FILE")
	plain, filed = plain && strings.TrimSpace(text) != "", filed && path != ""
	switch {
	case plain && filed:
		r.complain(value{where: name}, "set twice", "set either "+name+" or "+name+"_FILE")
	case plain:
		r.set(key, value{text: strings.TrimSpace(text), where: name, said: true})
	case filed:
		body, err := os.ReadFile(path)
		if err != nil {
			r.complain(value{where: name + "_FILE"}, err.Error(), "name a file that can be read")
			r.set(key, value{where: name + "_FILE", lost: true})
			return
		}
		r.set(key, value{text: strings.TrimSpace(string(body)), where: name + "_FILE", said: true})
	}
}

func (r *reader) set(key string, v value) {
	r.values[key] = v
	if key == "bot_token" {
		r.workspaces = nil
	}
}
