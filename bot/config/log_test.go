package config

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestWhatComesAgainIsSaidOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		log := NewLogger(&out, "info", "json")
		rarely := Rarely(log)
		for range 150 {
			rarely.Warn().Msg("could not reach it")
			log.Info().Msg("went on")
			<-time.After(time.Second)
		}
		if n := strings.Count(out.String(), "could not reach it"); n < 2 || n > 3 {
			t.Errorf("%d lines in two and a half minutes", n)
		}
		if n := strings.Count(out.String(), "went on"); n != 150 {
			t.Errorf("%d other lines, want all 150", n)
		}
	})
}
