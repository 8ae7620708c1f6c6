package view

import (
	"fmt"
	"strings"
	"time"

	"usher/rules"
	"usher/rules/workspace"
)

// Why is the answer to: may this person be in this channel, and why.
type Why struct {
	Of      workspace.UserID // empty: the one who asks
	Room    Room             // as the reader sees it
	Inside  bool             // the person asked about is a member
	Verdict rules.Verdict
	DryRun  bool
	Cluster string
	Reasons []string // plain text, in the order looked at
	Until   time.Time
	Whom    Whom
}

// Message is the explanation.
func (y Why) Message() Message {
	lines := []string{y.verdict()}
	if y.DryRun && y.Cluster != "" && y.Verdict != rules.Allow {
		lines = append(lines, fmt.Sprintf("The rule *%s* only reports so far: nothing is changed.", Escape(clip(y.Cluster, 80))))
	}
	for _, r := range y.Reasons {
		lines = append(lines, "• "+Escape(clip(r, 300)))
	}
	switch y.Verdict {
	case rules.Review, rules.Warn, rules.Remove:
		lines = append(lines, "Questions? "+y.Whom.Ask())
	case rules.Undetermined:
		lines = append(lines, "I am reading it again; please ask once more in a minute.")
	case rules.Unmanaged, rules.Allow:
	}
	return Say(strings.Join(lines, "\n"))
}

func (y Why) verdict() string {
	who, may, are, do := "You", "may", "are", "You may not"
	if y.Of != "" {
		who, are = UserMention(y.Of), "is"
		do = who + " may not"
	}
	channel := y.Room.Called()
	inside := "be in " + channel
	switch y.Verdict {
	case rules.Allow:
		s := fmt.Sprintf("%s %s %s", who, may, inside)
		if !y.Until.IsZero() {
			s += ", until " + Date(y.Until)
		}
		if y.Inside {
			return s + ", and " + are + "."
		}
		return s + "."
	case rules.Warn:
		if !y.Until.IsZero() {
			return fmt.Sprintf("%s %s in %s only until %s.", who, are, channel, Date(y.Until))
		}
		return fmt.Sprintf("%s %s.", do, inside)
	case rules.Review, rules.Remove:
		return fmt.Sprintf("%s %s.", do, inside)
	case rules.Undetermined:
		return fmt.Sprintf("I cannot say yet whether %s may %s.", strings.ToLower(who[:1])+who[1:], inside)
	case rules.Unmanaged:
	}
	return fmt.Sprintf("No rule of mine is about %s: whoever can see it decides for themselves.", channel)
}
