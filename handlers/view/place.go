package view

import (
	"strconv"
	"strings"
)

// Place is where somebody is in something that has pages: the page, from 0, and
// the words it was narrowed to (or the name of what is shown).
type Place struct {
	Page  int
	Words string
}

// maxWords is how much of what was searched for is kept, in runes.
const maxWords = 200

// At is a place with its words tidied: one line, not too long.
func At(page int, words string) Place {
	words = strings.Join(strings.Fields(strings.ToValidUTF8(words, "")), " ")
	if runes := []rune(words); len(runes) > maxWords {
		words = string(runes[:maxWords])
	}
	return Place{Page: max(page, 0), Words: words}
}

// Value is the place as a button carries it.
func (p Place) Value() string { return strconv.Itoa(p.Page) + " " + p.Words }

// ReadPlace reads a button's value; what makes no sense is the first page. It is
// to be believed no more than what people type.
func ReadPlace(value string) Place {
	page, words, _ := strings.Cut(value, " ")
	n, err := strconv.Atoi(page)
	if err != nil || n > 1_000_000 {
		n = 0
	}
	return At(n, words)
}

// turn limits a page to those there are, and says which of n things are on it.
func (p Place) turn(n, each int) (page, pages, from, to int) {
	pages = max((n+each-1)/each, 1)
	page = min(p.Page, pages-1)
	from = page * each
	return page, pages, from, min(from+each, n)
}
