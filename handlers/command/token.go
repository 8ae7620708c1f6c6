package command

import (
	"html"
	"strings"
	"unicode"
)

// closing pairs quotation marks, straight and typographic, with what ends them.
var closing = map[rune]string{
	'"': "\"", '\'': "'", '`': "`", '“': "”“", '”': "”", '„': "“”", '‘': "’‘", '’': "’", '«': "»", '‹': "›",
}

// split cuts a text into words: at white space of any sort, but not inside
// quotation marks or Slack's <…>. A quotation mark that is never closed is an
// ordinary character. Slack's entities are decoded once, after the cutting.
func split(text string) []string {
	runes := []rune(strings.ToValidUTF8(text, ""))
	var words []string
	for i := 0; i < len(runes); {
		if blank(runes[i]) {
			i++
			continue
		}
		word, next := take(runes, i)
		if word = strings.TrimSpace(html.UnescapeString(word)); word != "" {
			words = append(words, word)
		}
		i = next
	}
	return words
}

// take reads the word that begins at i, and says where the next may begin.
func take(runes []rune, i int) (string, int) {
	if ends, quoted := closing[runes[i]]; quoted {
		if j := find(runes, i+1, ends); j > i+1 {
			return clean(runes[i+1 : j]), j + 1
		}
	}
	if runes[i] == '<' {
		if j := find(runes, i+1, ">"); j > 0 {
			return clean(runes[i : j+1]), j + 1
		}
	}
	j := i + 1
	for j < len(runes) && !blank(runes[j]) && runes[j] != '<' {
		j++
	}
	return clean(runes[i:j]), j
}

func find(runes []rune, from int, ends string) int {
	for j := from; j < len(runes); j++ {
		if strings.ContainsRune(ends, runes[j]) {
			return j
		}
	}
	return -1
}

func blank(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

// clean drops what cannot be seen: joiners, marks of direction, soft hyphens.
func clean(runes []rune) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.IsControl(r) {
			return -1
		}
		return r
	}, string(runes))
}
