package slacksim

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// page cuts one page out of all items. The cursor names the item it goes on
// with and where that was, so that pages hold while the list changes.
func page[T any](c *call, all []T, id func(T) string) ([]T, string, *failure) {
	start := 0
	if cursor := c.text("cursor"); cursor != "" {
		raw, err := base64.StdEncoding.DecodeString(cursor)
		name, at, ok := strings.Cut(string(raw), ":")
		n, err2 := strconv.Atoi(at)
		if err != nil || err2 != nil || !ok || n < 0 || name == "" {
			return nil, "", fail("invalid_cursor")
		}
		start = min(n, len(all))
		for i := range all { // it may have moved towards the front
			if id(all[i]) == name {
				start = i
				break
			}
		}
	}
	limit := c.number("limit")
	if limit <= 0 || limit > 1000 {
		limit = 1000
	}
	end := min(start+limit, len(all))
	next := ""
	if end < len(all) {
		next = base64.StdEncoding.EncodeToString([]byte(id(all[end]) + ":" + strconv.Itoa(end)))
	}
	return all[start:end], next, nil
}

func cursorOf(next string) answer { return answer{"next_cursor": next} }
