package policyfile

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A list of patterns in brackets may hold one with a character class,
// [inc-[0-9]+-.*], which is no YAML: the inner bracket ends the text. It is how
// everybody writes it first, so a file that is not YAML is read again with such
// patterns quoted. A file that is YAML is never touched.

// shifts remembers, for each line (from 1), the columns at which a quote was put
// in, from left to right.
type shifts map[int][]int

// column is where something stood before quotes were put in.
func (s shifts) column(line, column int) int {
	n, _ := slices.BinarySearch(s[line], column)
	return max(1, column-n)
}

func (s shifts) back(say func(line, column int, what, hint string)) func(line, column int, what, hint string) {
	return func(line, column int, what, hint string) { say(line, s.column(line, column), what, hint) }
}

// apply puts the places of a whole tree back.
func (s shifts) apply(root *node) {
	if len(s) == 0 {
		return
	}
	root.walk(func(n *node) {
		n.column = s.column(n.line, n.column)
		for i := range n.slips {
			n.slips[i].column = s.column(n.slips[i].line, n.slips[i].column)
		}
		for i := range n.entries {
			if e := &n.entries[i]; !e.merged {
				e.column = s.column(e.line, e.column)
			}
		}
	})
}

// quoteBare quotes the patterns in src's bracketed lists that contain brackets
// or braces themselves.
func quoteBare(src string) (string, shifts) {
	moved := shifts{}
	lines := strings.SplitAfter(src, "\n")
	for i, line := range lines {
		for _, key := range []string{"channels:", "but_not:"} {
			at := strings.Index(line, key)
			if at < 0 || strings.Contains(line[:at], "#") {
				continue
			}
			open := at + len(key)
			open += len(line[open:]) - len(strings.TrimLeft(line[open:], " "))
			if open >= len(line) || line[open] != '[' {
				continue
			}
			quoted, columns := quoteItems(line[open+1:], len([]rune(line[:open+1])))
			line = line[:open+1] + quoted
			moved[i+1] = append(moved[i+1], columns...)
		}
		lines[i] = line
	}
	return strings.Join(lines, ""), moved
}

// quoteItems quotes the items of a list whose opening bracket was just read;
// before counts the runes in front of rest.
func quoteItems(rest string, before int) (string, []int) {
	var out strings.Builder
	var columns []int
	column := before + 1 // of what is written next
	write := func(s string) {
		out.WriteString(s)
		column += utf8.RuneCountInString(s)
	}
	quote := func() {
		columns = append(columns, column)
		write("'")
	}
	for rest != "" {
		item := rest[:itemEnd(rest)]
		rest = rest[len(item):]
		bare := strings.TrimSpace(item)
		if strings.ContainsAny(bare, "[]{}") && !strings.ContainsAny(bare[:1], `'"[{#&*!`) && !strings.ContainsAny(bare, "'\n") {
			lead := item[:len(item)-len(strings.TrimLeftFunc(item, unicode.IsSpace))]
			write(lead)
			quote()
			write(bare)
			quote()
			write(item[len(lead)+len(bare):])
		} else {
			write(item)
		}
		if rest == "" || rest[0] != ',' {
			break
		}
		write(",")
		rest = rest[1:]
	}
	write(rest)
	return out.String(), columns
}

// itemEnd is where a bare item ends: at a comma or a closing bracket that does
// not belong to a bracket opened within the item.
func itemEnd(s string) int {
	if quote := strings.TrimLeft(s, " "); quote != "" && (quote[0] == '\'' || quote[0] == '"') {
		start := len(s) - len(quote)
		if end := strings.IndexByte(quote[1:], quote[0]); end >= 0 {
			rest := start + end + 2
			return rest + itemEnd(s[rest:])
		}
	}
	depth := 0
	for i, c := range s {
		switch c {
		case '[', '{', '(':
			depth++
		case ']', '}', ')':
			if depth == 0 {
				return i
			}
			depth--
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return len(s)
}
