package main

import (
	"cmp"
	"io"
	"os"

	"github.com/rs/zerolog"

	"usher/bot/config"
)

// loggingFlags are the log's settings, on every subcommand.
type loggingFlags struct {
	Level  string `name:"log-level" enum:"debug,info,warn,error," default:"" help:"Least level that is logged: debug, info, warn, error ($$USHER_LOG_LEVEL)."`
	Format string `name:"log-format" enum:"auto,json,console," default:"" help:"json, console, or auto: console on a terminal ($$USHER_LOG_FORMAT)."`
}

func (l loggingFlags) logger(w io.Writer) zerolog.Logger {
	return config.NewLogger(w, cmp.Or(l.Level, os.Getenv("USHER_LOG_LEVEL")), cmp.Or(l.Format, os.Getenv("USHER_LOG_FORMAT")))
}
