package main

import (
	"cmp"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/rs/zerolog"

	"usher/bot/config"
)

// loggingFlags are the log's settings, on every subcommand. Parsing takes any
// word, so that usher run can say everything that is wrong at once.
type loggingFlags struct {
	Level  string `name:"log-level" placeholder:"LEVEL" help:"Least level that is logged: debug, info, warn, error ($$USHER_LOG_LEVEL)."`
	Format string `name:"log-format" placeholder:"FORMAT" help:"json, console, or auto: console on a terminal ($$USHER_LOG_FORMAT)."`
}

// check complains about a word that is none of those allowed.
func (l loggingFlags) check() error {
	for _, f := range []struct {
		name, value string
		allowed     []string
	}{
		{"--log-level", l.Level, []string{"debug", "info", "warn", "error"}},
		{"--log-format", l.Format, []string{"auto", "json", "console"}},
	} {
		if f.value != "" && !slices.Contains(f.allowed, f.value) {
			return usagef("%s: %q is not allowed; set one of %s", f.name, f.value, strings.Join(f.allowed, ", "))
		}
	}
	return nil
}

func (l loggingFlags) logger(w io.Writer) zerolog.Logger {
	return config.NewLogger(w, cmp.Or(l.Level, os.Getenv("USHER_LOG_LEVEL")), cmp.Or(l.Format, os.Getenv("USHER_LOG_FORMAT")))
}
