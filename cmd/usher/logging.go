package main

import (
	"io"

	"github.com/rs/zerolog"

	"usher/bot/config"
)

// loggingFlags are the log's settings, on every subcommand.
type loggingFlags struct {
	Level  string `name:"log-level" env:"USHER_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" help:"Least level that is logged: debug, info, warn, error."`
	Format string `name:"log-format" env:"USHER_LOG_FORMAT" default:"auto" enum:"auto,json,console" help:"json, console, or auto: console on a terminal."`
}

func (l loggingFlags) logger(w io.Writer) zerolog.Logger {
	return config.NewLogger(w, l.Level, l.Format)
}
