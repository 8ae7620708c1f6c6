package command

import (
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"
)

// Closest are the names that were probably meant by a word, best first, at most
// n: those a few slips of the finger away, then those it is a part of.
func Closest(word string, names []string, n int) []string {
	near := Near(word)
	type found struct {
		name string
		far  int
	}
	var all []found
	for _, name := range names {
		if far, ok := near(name); ok {
			all = append(all, found{name, far})
		}
	}
	slices.SortFunc(all, func(a, b found) int {
		if a.far != b.far {
			return a.far - b.far
		}
		return strings.Compare(a.name, b.name)
	})
	var out []string
	for _, f := range all[:min(n, len(all))] {
		out = append(out, f.name)
	}
	return out
}

// part is how far a name is that merely contains the word.
const part = 100

// Near measures how far a name is from a word; false when it is not meant. A
// word of up to 3 letters allows one slip, up to 7 two, longer ones three. What
// it returns is for one goroutine.
func Near(word string) func(name string) (far int, ok bool) {
	word = strings.ToLower(word)
	runes := []rune(word)
	if len(runes) > 100 {
		return func(string) (int, bool) { return 0, false }
	}
	slips := 1
	switch {
	case len(runes) > 7:
		slips = 3
	case len(runes) > 3:
		slips = 2
	}
	letters, rows := mask(word), newRows(len(runes)+slips)
	return func(name string) (int, bool) {
		if d := utf8.RuneCountInString(name) - len(runes); d >= -slips && d <= slips && bits.OnesCount64(letters&^mask(name)) <= slips {
			if far := rows.distance(runes, name); far <= slips && far < len(runes) {
				return far, true
			}
		}
		if len(runes) >= 3 && strings.Contains(name, word) {
			return part + len(name) - len(word), true
		}
		return 0, false
	}
}

// mask is the set of a name's characters, some sharing a bit: a character of one
// name whose bit is not in the other's has to have been a slip.
func mask(s string) uint64 {
	var m uint64
	for _, r := range s {
		m |= 1 << (uint32(r) % 64)
	}
	return m
}

// rows is room for distance, so that many names can be measured without more.
type rows struct {
	name              []rune
	before, last, row []int
}

func newRows(most int) *rows {
	n := most + 1
	return &rows{make([]rune, 0, n), make([]int, n), make([]int, n), make([]int, n)}
}

// distance counts letters changed, missing, added, or swapped with their
// neighbour. name is no longer than the room.
func (r *rows) distance(a []rune, name string) int {
	r.name = append(r.name[:0], []rune(name)...)
	b, before, last, row := r.name, r.before, r.last, r.row
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
