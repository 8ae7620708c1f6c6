package config

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

const slackAPI = "https://slack.com/api/"

func (r *reader) number(key string, otherwise, least, most int) int {
	v := r.values[key]
	if v.text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(v.text)
	if err != nil || n < least || n > most {
		r.complain(v, fmt.Sprintf("%q is not allowed", v.text), fmt.Sprintf("set a number from %d to %d", least, most))
		return otherwise
	}
	return n
}

func (r *reader) word(key string, allowed ...string) string {
	v := r.values[key]
	if v.text != "" && !slices.Contains(allowed, v.text) {
		r.complain(v, fmt.Sprintf("%q is not allowed", v.text), "set one of "+strings.Join(allowed, ", "))
	}
	return v.text
}

func (r *reader) truth(key string) bool {
	v := r.values[key]
	if v.text == "" {
		return false
	}
	yes, err := strconv.ParseBool(v.text)
	if err != nil {
		r.complain(v, fmt.Sprintf("%q is not allowed", v.text), "set true or false")
	}
	return yes
}

func (r *reader) duration(key string, otherwise, least time.Duration) time.Duration {
	v := r.values[key]
	if v.text == "" {
		return otherwise
	}
	d, err := time.ParseDuration(v.text)
	if err != nil || d < least {
		r.complain(v, fmt.Sprintf("%q is not allowed", v.text), fmt.Sprintf("set a duration such as 30m or 6h, at least %s", least))
		return otherwise
	}
	return d
}

// days is a number of days, written with a d behind it or not.
func (r *reader) days(key string, otherwise int) time.Duration {
	const day = 24 * time.Hour
	v := r.values[key]
	if v.text == "" {
		return time.Duration(otherwise) * day
	}
	n, err := strconv.Atoi(strings.TrimSuffix(v.text, "d"))
	if err != nil || n < 0 || n > 36500 {
		r.complain(v, fmt.Sprintf("%q is not allowed", v.text), "set a number of days such as 400d, or 0 to keep everything")
		return 0
	}
	return time.Duration(n) * day
}

func (r *reader) path(key string) string { return r.values[key].path() }

func (v value) path() string {
	if v.text == "" || v.dir == "" || filepath.IsAbs(v.text) {
		return v.text
	}
	return filepath.Join(v.dir, v.text)
}

func (r *reader) policyExists(path string) {
	v := r.values["policy"]
	if path == "" {
		r.missing(v, "name a policy file or a directory of them")
		return
	}
	if _, err := os.Stat(path); err != nil {
		r.complain(v, err.Error(), "name a policy file or a directory of them")
	}
}

// apiURL is Slack's, or another's over TLS, or anything on this machine: a
// token is never sent in clear over a network.
func (r *reader) apiURL() string {
	v := r.values["api_url"]
	if v.text == "" {
		return slackAPI
	}
	const allowed = "set an https:// URL, or an http:// one on this machine, such as " + slackAPI
	u, err := url.Parse(v.text)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		r.complain(v, "not a URL", allowed)
		return slackAPI
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		r.complain(v, "has more than a host and a path", allowed)
	case u.Scheme == "http" && !loopback(u.Hostname()):
		r.complain(v, "would send tokens in clear to "+u.Hostname(), allowed)
	}
	return strings.TrimSuffix(v.text, "/") + "/"
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

var commandName = regexp.MustCompile(`^/[a-z0-9_-]{1,31}$`)

func (r *reader) command() string {
	v := r.values["command"]
	switch {
	case v.text == "":
		return "/usher"
	case !commandName.MatchString(v.text):
		r.complain(v, fmt.Sprintf("%q is not a slash command's name", v.text), "set a slash and up to 31 lower-case letters, digits, - or _, such as /usher")
	}
	return v.text
}

// usualListen is where health and metrics are found when nobody says.
const usualListen = "127.0.0.1:8080"

func (r *reader) listen() string {
	v := r.values["listen"]
	switch v.text {
	case "":
		return usualListen
	case "none":
		return ""
	}
	_, port, err := net.SplitHostPort(v.text)
	if n, e := strconv.Atoi(port); err != nil || e != nil || n < 0 || n > 65535 {
		r.complain(v, fmt.Sprintf("%q is not an address", v.text), "set host:port such as "+usualListen+", or none")
	}
	return v.text
}

func (r *reader) profileIsPrivate(s Settings) {
	host, _, err := net.SplitHostPort(s.Listen)
	if s.Profile && (s.Listen == "" || err == nil && !loopback(host)) {
		r.complain(r.values["profile"], "profiles show what is in memory, and listen is not on this machine alone", "set listen to "+usualListen+", or profile to false")
	}
}

func (r *reader) database(otherwise string) Secret {
	v := r.values["db"]
	switch {
	case v.text == "":
		return NewSecret(otherwise)
	case strings.Contains(v.text, "://"):
		u, err := url.Parse(v.text)
		if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || u.Path == "" {
			r.complain(v, "not a database", "set a file name for SQLite, or postgres://user@host/database")
		}
		return NewSecret(v.text)
	}
	return NewSecret(v.path())
}

func describeDB(db string) string {
	if !strings.Contains(db, "://") {
		return db
	}
	u, err := url.Parse(db)
	if err != nil {
		return "postgres"
	}
	return "postgres://" + u.Host + u.Path
}

// MaxSocketPath is how many bytes the kernels that matter leave for a unix
// socket's name. Elsewhere than on Linux its path can be no longer.
const MaxSocketPath = 103

func (r *reader) control(db string) string {
	v := r.values["control"]
	path := v.path()
	switch {
	case v.text == "none", v.text == "" && strings.Contains(db, "://"):
		return ""
	case v.text == "":
		path = filepath.Join(filepath.Dir(db), "usher.sock")
	}
	name := path
	if runtime.GOOS == "linux" {
		name = filepath.Base(path)
	}
	if len(name) > MaxSocketPath-len("/proc/self/fd/1234567/") {
		r.complain(v, fmt.Sprintf("the path is longer than the %d bytes a unix socket may have", MaxSocketPath), "set --control to a shorter path, or to none")
	}
	return path
}
