package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"usher/rules"
	"usher/rules/workspace"
)

// Why is the answer to: may this person be in this channel, and why.
type Why struct {
	Of          workspace.UserID // empty: the one who asks
	Room        Room             // as the reader sees it
	Inside      bool             // the person asked about is a member
	Verdict     rules.Verdict
	Join        rules.Join // how one comes in, for those outside
	Settled     rules.Code // the last reason's
	DryRun      bool
	Cluster     string
	Description string   // the cluster's; may be empty
	Reasons     []string // plain text, in the order looked at
	Until       time.Time
	Whom        Whom
	Command     string
}

// Message is the explanation.
func (y Why) Message() Message {
	lines := []string{y.verdict()}
	if y.Verdict == rules.Unmanaged {
		return Say(lines[0])
	}
	if y.Cluster != "" {
		lines = append(lines, y.rule())
	}
	for _, r := range y.Reasons {
		lines = append(lines, "• "+Escape(clip(r, 300)))
	}
	switch y.Verdict {
	case rules.Review, rules.Warn, rules.Remove:
		lines = append(lines, "Questions? "+y.Whom.Ask())
	case rules.Undetermined:
		if y.Settled == rules.CodeCannotManage {
			lines = append(lines, "Questions? "+y.Whom.Ask())
			break
		}
		lines = append(lines, "I am reading it again; please ask once more in a minute.")
	case rules.Unmanaged, rules.Allow:
	}
	if y.Verdict == rules.Allow && !y.Inside && !y.DryRun && y.Of == "" {
		lines = append(lines, "To go in: "+Code(y.Command+" join #"+y.Room.Name)+".")
		m := Say(strings.Join(lines, "\n"))
		m.Blocks = []slack.Block{section(m.Text), actions(y.Room.join())}
		return m
	}
	return Say(strings.Join(lines, "\n"))
}

// rule names the rule that settled it.
func (y Why) rule() string {
	rule := "*" + Escape(clip(y.Cluster, 80)) + "*" + about(y.Description)
	if y.DryRun {
		return "That is what the rule " + rule + " says, but so far it only reports: nothing is changed."
	}
	return "The rule is " + rule + ":"
}

// person is the one it is about, as a sentence begins and goes on with them.
func (y Why) person() (who, are string) {
	if y.Of != "" {
		return UserMention(y.Of), "is"
	}
	return "You", "are"
}

func (y Why) verdict() string {
	who, are := y.person()
	channel := y.Room.Called()
	switch y.Verdict {
	case rules.Allow:
		s := fmt.Sprintf("%s may be in %s", who, channel)
		if !y.Until.IsZero() {
			s += ", until " + Date(y.Until)
		}
		if y.Inside {
			return s + ", and " + are + "."
		}
		return s + "."
	case rules.Warn:
		if !y.Until.IsZero() {
			return fmt.Sprintf("%s can stay in %s until %s.", who, channel, Date(y.Until))
		}
		return fmt.Sprintf("%s should not be in %s, but can stay.", who, channel)
	case rules.Review:
		return y.review(who, channel)
	case rules.Remove:
		return fmt.Sprintf("%s may not be in %s.", who, channel)
	case rules.Undetermined:
		if y.Settled == rules.CodeCannotManage && !y.Inside {
			return fmt.Sprintf("%s may be in %s, but I am not in it myself and cannot add anybody.", who, channel)
		}
		return fmt.Sprintf("I cannot say yet whether %s may be in %s.", strings.ToLower(who[:1])+who[1:], channel)
	case rules.Unmanaged:
	}
	return y.unmanaged(who, channel)
}

// review is about those who stay without belonging there, or belong there
// without letting themselves in.
func (y Why) review(who, channel string) string {
	switch {
	case y.Inside:
		return fmt.Sprintf("%s should not be in %s, but can stay.", who, channel)
	case y.Settled == rules.CodeOthersAllow:
		return fmt.Sprintf("I do not let %s into %s, but whoever is there can stay.", strings.ToLower(who[:1])+who[1:], channel)
	case y.Join == rules.JoinRequest && y.Of == "":
		return fmt.Sprintf("You may be in %s once one of its owners lets you in.", channel)
	case y.Join == rules.JoinRequest:
		return fmt.Sprintf("%s may be in %s once one of its owners lets them in.", who, channel)
	}
	return fmt.Sprintf("%s may be in %s, but nobody lets themselves in there.", who, channel)
}

func (y Why) unmanaged(who, channel string) string {
	switch {
	case y.Settled == rules.CodeArchived:
		return channel + " is archived: nobody comes or goes there until somebody unarchives it."
	case y.Room.Stays:
		return "Everybody in this workspace is in " + channel + "; no rule is needed."
	case y.Settled == rules.CodeDeactivated:
		return who + " is deactivated, and Slack takes deactivated people out of every channel."
	case y.Room.Private:
		return "No rule of mine is about " + channel + ": its members decide who is in it."
	}
	return "No rule of mine is about " + channel + ": people join and leave it as they like."
}
