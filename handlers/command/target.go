package command

import (
	"net/mail"
	"regexp"
	"strings"

	"usher/rules/workspace"
)

// Target is a channel or a person as somebody wrote them: by id, or by name.
type Target struct {
	Written string // as typed, for answers; not escaped
	ID      string // from a mention, a link or an id; else empty
	Name    string // without # or @, in lower case; may come with an ID, then only for reading
	Email   string // people only, in lower case
}

// IsZero reports whether nothing was written.
func (t Target) IsZero() bool { return t.Written == "" }

var (
	channelID = regexp.MustCompile(`^[CG][A-Z0-9]{5,20}$`)
	userID    = regexp.MustCompile(`^[UW][A-Z0-9]{5,20}$`)
	archive   = regexp.MustCompile(`^https://[a-z0-9.-]+/archives/([CG][A-Z0-9]{2,20})`)
	looseID   = regexp.MustCompile(`^[A-Z][A-Z0-9-]{1,20}$`) // inside a mention Slack itself vouches for it
)

// shape is what a word looks like.
type shape int

const (
	bare shape = iota // could be either
	likeChannel
	likePerson
)

// read finds out what a word points at.
func read(word string) (Target, shape) {
	t := Target{Written: word}
	if inner, ok := strings.CutPrefix(word, "<"); ok && strings.HasSuffix(inner, ">") {
		inner = inner[:len(inner)-1]
		id, label, _ := strings.Cut(inner, "|")
		switch {
		case strings.HasPrefix(id, "#") && looseID.MatchString(id[1:]):
			t.ID, t.Name = id[1:], name(label)
			return t, likeChannel
		case strings.HasPrefix(id, "@") && looseID.MatchString(id[1:]):
			t.ID, t.Name = id[1:], name(label)
			return t, likePerson
		case strings.HasPrefix(id, "mailto:"):
			return address(t, id[len("mailto:"):])
		case archive.MatchString(id):
			t.ID = archive.FindStringSubmatch(id)[1]
			return t, likeChannel
		}
		word = strings.Trim(label+id, "<>")
	}
	if m := archive.FindStringSubmatch(word); m != nil {
		t.ID = m[1]
		return t, likeChannel
	}
	switch {
	case strings.HasPrefix(word, "#") || strings.HasPrefix(word, "＃"):
		word = strings.TrimLeft(word, "#＃")
		if channelID.MatchString(word) {
			t.ID = word
		}
		t.Name = name(word)
		return t, likeChannel
	case strings.HasPrefix(word, "@") || strings.HasPrefix(word, "＠"):
		word = strings.TrimLeft(word, "@＠")
		if userID.MatchString(word) {
			t.ID = word
		}
		t.Name = name(word)
		return t, likePerson
	case channelID.MatchString(word):
		t.ID = word
		return t, likeChannel
	case userID.MatchString(word):
		t.ID = word
		return t, likePerson
	case strings.Contains(word, "@"):
		return address(t, word)
	}
	t.Name = name(word)
	return t, bare
}

func address(t Target, s string) (Target, shape) {
	if a, err := mail.ParseAddress(s); err == nil {
		t.Email = strings.ToLower(a.Address)
		return t, likePerson
	}
	t.Name = name(s)
	return t, bare
}

// name is a word without what people write around names and Slack never allows in them.
func name(s string) string { return strings.ToLower(strings.Trim(s, ".,;:!?()[]{}\"'` #@")) }

// Channel finds the channel that was meant among those for which visible
// answers true; any other is as if it did not exist.
func (t Target) Channel(w *workspace.Snapshot, visible func(workspace.Channel) bool) (workspace.Channel, bool) {
	if t.ID != "" {
		if c, ok := w.Channel(workspace.ChannelID(t.ID)); ok {
			return c, visible(c)
		}
	}
	if t.Name == "" {
		return workspace.Channel{}, false
	}
	if c, ok := w.ChannelByName(t.Name); ok {
		return c, visible(c)
	}
	return workspace.Channel{}, false
}

// Person finds who was meant: by id, by e-mail address, by handle, else by the
// name people see, where only one account is called that; deactivated ones only
// where no active one is.
func (t Target) Person(w *workspace.Snapshot) (workspace.User, bool) {
	if t.ID != "" {
		return w.User(workspace.UserID(t.ID))
	}
	if t.Email != "" {
		return w.UserByEmail(t.Email)
	}
	if t.Name == "" {
		return workspace.User{}, false
	}
	found := Called(w, func(handle string) bool { return strings.ToLower(handle) == t.Name }, func(shown string) bool { return name(shown) == t.Name })
	if len(found) != 1 {
		return workspace.User{}, false
	}
	return found[0], true
}

// Called are those who go by a name: the one whose handle it is or, if it is
// nobody's, those of whom it is the real or displayed name. Only where none of
// them is left, those who are deactivated.
func Called(w *workspace.Snapshot, handle, shown func(string) bool) []workspace.User {
	var called [4][]workspace.User
	for u := range w.Users() {
		rank := 0
		switch {
		case u.Stub:
			continue
		case handle(u.Name):
		case shown(u.Display) || shown(u.RealName):
			rank = 1
		default:
			continue
		}
		if u.Deleted {
			rank += 2
		}
		called[rank] = append(called[rank], u)
	}
	for _, found := range called {
		if len(found) > 0 {
			return found
		}
	}
	return nil
}
