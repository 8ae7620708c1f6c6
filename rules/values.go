package rules

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// parseDuration reads 90m, 24h, 30d or 1d12h; never negative.
func parseDuration(text string) (time.Duration, error) {
	const allowed = "write a length of time such as 90m, 24h, 30d or 1d12h"
	rest := strings.TrimSpace(text)
	var total time.Duration
	if head, tail, ok := strings.Cut(rest, "d"); ok {
		n, err := strconv.ParseUint(head, 10, 16)
		if err != nil {
			return 0, fmt.Errorf("%s", allowed)
		}
		total, rest = time.Duration(n)*Days, tail
	}
	if rest != "" {
		d, err := time.ParseDuration(rest)
		if err != nil || d < 0 || strings.ContainsAny(rest, "+-") {
			return 0, fmt.Errorf("%s", allowed)
		}
		total += d
	}
	if strings.TrimSpace(text) == "" || total < 0 {
		return 0, fmt.Errorf("%s", allowed)
	}
	return total, nil
}

var shares = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?%$`)

// parseShare reads 20% as 20.
func parseShare(text string) (float64, error) {
	f, err := strconv.ParseFloat(strings.TrimSuffix(text, "%"), 64)
	if !shares.MatchString(text) || err != nil || f > 100 {
		return 0, fmt.Errorf("write a share from 0%% to 100%%, such as 20%%")
	}
	return f, nil
}

// compilePattern anchors an expression to the whole name.
func compilePattern(text string) (pattern, error) {
	loose, err := regexp.Compile(text)
	if err != nil {
		return pattern{text: text, prefix: literal(text)}, err
	}
	anchored, err := regexp.Compile(`^(?:` + text + `)$`)
	if err != nil {
		return pattern{text: text, prefix: literal(text)}, err
	}
	prefix, _ := loose.LiteralPrefix()
	return pattern{text: text, prefix: prefix, re: anchored}, nil
}

// literal is how a text begins before anything in it means something to RE2.
func literal(text string) string {
	end := strings.IndexAny(text, `\.+*?()|[]{}^$`)
	if end < 0 {
		return text
	}
	if end > 0 && strings.ContainsRune("*?{+", rune(text[end])) {
		end-- // what is repeated may be missing
	}
	if strings.Contains(text, "|") {
		return ""
	}
	return text[:end]
}
