package rules

import (
	"strings"
	"time"

	"usher/rules/workspace"
)

// Operator is whoever sits at the machine that Usher runs on: every name may be
// said to them. It is nobody's id in Slack.
const Operator workspace.UserID = "cli"

// Words are the reasons of a decision in words for somebody, in their order:
// where it is about themselves, they are spoken to. Where several rules were
// asked, each source is named with its rule.
func (d Decision) Words(w *workspace.Snapshot, to workspace.UserID) []string {
	several := d.severalRules()
	var all []string
	for _, r := range d.Reasons {
		s := r.words(w, to, to != "" && to == d.User)
		if several && s != "" && r.Source != "" && !strings.Contains(s, "“"+r.Cluster+"”") {
			s = strings.TrimSuffix(s, ".") + " (rule “" + r.Cluster + "”)."
		}
		if s != "" && (len(all) == 0 || all[len(all)-1] != s) {
			all = append(all, s)
		}
	}
	return all
}

func (d Decision) severalRules() bool {
	first := ""
	for _, r := range d.Reasons {
		switch {
		case r.Source == "" || r.Cluster == "":
		case first == "":
			first = r.Cluster
		case r.Cluster != first:
			return true
		}
	}
	return false
}

// hiddenName is what a private channel is called to those who are not in it.
const hiddenName = "a private channel"

// ChannelName is what a channel may be called when talking to somebody: #name,
// or "a private channel" where they are not in it.
func ChannelName(w *workspace.Snapshot, id workspace.ChannelID, to workspace.UserID) string {
	c, ok := w.Channel(id)
	switch {
	case !ok:
		return "a channel that Usher cannot see"
	case c.Private && to != Operator:
		u, known := w.User(to)
		if !known || !w.Members(id).Set.Has(u) {
			return hiddenName
		}
	}
	return "#" + c.Name
}

// sourceName is a source in words for somebody.
func (r Reason) sourceName(w *workspace.Snapshot, to workspace.UserID) (name string, kind SourceKind) {
	kind = sourceKind(r.Source)
	switch kind {
	case FromChannel:
		if _, ok := w.Channel(workspace.ChannelID(r.Subject)); !ok {
			return "a channel that the rule names", kind
		}
		name = ChannelName(w, workspace.ChannelID(r.Subject), to)
		if name == hiddenName {
			name += " that the rule names"
		}
		return name, kind
	case FromUsergroup:
		if g, ok := w.Usergroup(workspace.UsergroupID(r.Subject)); ok {
			return "@" + g.Handle, kind
		}
		return "a user group that the rule names", kind
	case FromIDPGroup:
		if g, ok := w.IDPGroup(workspace.IDPGroupID(r.Subject)); ok && g.Name != "" {
			return "the company group " + g.Name, kind
		}
		return "a group of the company's directory", kind
	case FromUsers:
		return "the people named in the rule", kind
	case FromWhere:
		return "those whose profile the rule asks for", kind
	}
	return "", kind
}

func sourceKind(text string) SourceKind {
	for _, k := range []SourceKind{FromChannel, FromUsergroup, FromIDPGroup, FromUsers, FromWhere} {
		if len(text) > len(k) && text[:len(k)] == string(k) && text[len(k)] == ' ' {
			return k
		}
	}
	return ""
}

var gapWords = map[gap]string{
	gapUnresolved: "it cannot be found",
	gapLost:       "it is gone, or out of Usher's sight",
	gapArchived:   "it is archived or disabled",
	gapOut:        "Usher is not in it",
	gapStale:      "not everything has been read yet",
	gapEmpty:      "nobody is, which an administrator has to confirm",
	gapShrunk:     "many people left at once, which an administrator has to confirm",
	gapBroken:     "the answer cannot be worked out for this profile",
}

var protectedWords = map[string]string{
	itself: "Usher never removes itself.", "bots": "Bots and apps are never removed.",
	"owners": "Workspace owners are never removed.", "admins": "Workspace admins are never removed.",
	"guests": "Guests are never removed.", "external": "People from other organisations are never removed.",
	"people":              "The policy names this person as never to be removed.",
	string(gapUnresolved): "The policy names somebody as never to be removed whom Usher cannot find, so nobody is.",
}

func day(text string) string {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	return t.Format("2 January 2006, 15:04 UTC")
}

// Words says a reason to somebody in one plain sentence, without Slack's
// markup. The names of private channels that they are not in are left out, and
// so are the people that a rule names and the conditions it sets.
func (r Reason) Words(w *workspace.Snapshot, to workspace.UserID) string {
	return r.words(w, to, false)
}

// words is Words; with you, the reason is about the one who reads it.
func (r Reason) words(w *workspace.Snapshot, to workspace.UserID, you bool) string {
	if s, ok := r.sourceWords(w, to, you); ok {
		return s
	}
	who, stays := "this person", "stays"
	if you {
		who, stays = "you", "stay"
	}
	rule := "The rule “" + r.Cluster + "”"
	switch r.Code {
	case CodeNotGoverned:
		return "No rule is about this channel."
	case CodeChannelUnknown:
		return "Usher does not know this channel."
	case CodeArchived:
		return "The channel is archived."
	case CodeGeneral:
		return "Everybody in the workspace is in this channel."
	case CodeUserUnknown:
		return "Usher does not know this account yet."
	case CodeUsersUnknown:
		return "Usher has not read all accounts of the workspace yet."
	case CodeDeactivated:
		return "The account is deactivated."
	case CodeRosterUnknown:
		return "Usher has not read completely yet who is in the channel."
	case CodeOutside:
		return "Not in the channel."
	case CodeInside:
		return "Already in the channel."
	case CodeGrant:
		return "An exception allows it until " + day(r.Detail) + "."
	case CodeGrantEnded:
		return "An exception allowed it until " + day(r.Detail) + "."
	case CodeRuleAside:
		return rule + " has a mistake in it; until it is mended nobody is let in or removed because of it."
	case CodeJoinSelf:
		return rule + " lets its people join at any time."
	case CodeJoinRequest:
		return rule + " asks its owners before somebody joins."
	case CodeJoinEveryone:
		return rule + " invites its people automatically."
	case CodeJoinClosed:
		return rule + " lets nobody join by themselves; somebody inside has to add them."
	case CodeOthersAllow:
		return rule + " lets other people stay."
	case CodeOthersReport:
		return rule + " does not remove other people, it only notes them."
	case CodeOthersWarn:
		return rule + " asks other people to leave."
	case CodeOthersRemove:
		return rule + " does not let other people stay."
	case CodeNewcomer:
		return "Only those who belonged there before are given time to leave."
	case CodeGraceStarts:
		d, _ := time.ParseDuration(r.Detail)
		return "Time left before the removal: " + hours(d) + "."
	case CodeGraceRuns:
		return "The time to stay began on " + day(r.Detail) + "."
	case CodeGraceOver:
		return "The time to stay, begun on " + day(r.Detail) + ", is over."
	case CodeProtected:
		return strings.ReplaceAll(protectedWords[r.Detail], "this person", who)
	case CodeLastMember:
		return "The last person in a private channel is never removed."
	case CodeCannotManage:
		if r.Detail == "public" {
			return "Usher is not in the channel yet."
		}
		return "Usher is not in the channel; somebody inside has to invite it."
	case CodeSpared:
		return "An administrator decided that " + who + " " + stays + " for now."
	case CodeFlapping:
		return "Somebody keeps adding " + who + " again; an administrator has to decide."
	case CodePaused:
		return "Changes are stopped; the time to leave begins when they go on."
	case CodeHeld:
		return "Too many people would be removed at once; an administrator has to decide."
	case CodeAsked:
		return strings.ToUpper(who[:1]) + who[1:] + " asked for it."
	case CodeJoined:
		return "Came in through Usher."
	case CodeLeft:
		return "Went out through Usher, and has not come back."
	case CodeUncoupled:
		if g, ok := w.Usergroup(workspace.UsergroupID(r.Subject)); ok {
			return "The channel goes with the user group @" + g.Handle + ": whoever leaves that leaves the channel, too."
		}
		return "The channel goes with a user group: whoever leaves that leaves the channel, too."
	case CodeDryRun:
		return rule + " is only being tried out: nothing is changed."
	}
	return ""
}

func (r Reason) sourceWords(w *workspace.Snapshot, to workspace.UserID, you bool) (string, bool) {
	name, kind := r.sourceName(w, to)
	in, not, who := "In "+name+".", "Not in "+name+".", "this person"
	if kind == FromUsers {
		in, not = "Among "+name+".", "Not among "+name+"."
	}
	if you {
		in, not, who = "You are "+lowerFirst(in), "You are "+lowerFirst(not), "you"
	}
	if kind == FromWhere {
		in, not = "The profile is one that the rule asks for.", "The profile is not one that the rule asks for."
		if you {
			in, not = "Your"+in[len("The"):], "Your"+not[len("The"):]
		}
	}
	switch r.Code {
	case CodeInSource:
		return in, true
	case CodeNotInSource:
		return not, true
	case CodeSourceUnknown:
		return "It cannot be said who is " + among(kind) + name + ": " + gapWords[gap(r.Detail)] + ".", true
	case CodeExcepted:
		return "Left out by the rule “" + r.Cluster + "”: " + lowerFirst(in), true
	case CodeExceptUnknown:
		return "The rule “" + r.Cluster + "” may leave " + who + " out, but it cannot be said who is " + among(kind) + name + ": " + gapWords[gap(r.Detail)] + ".", true
	}
	return "", false
}

func among(kind SourceKind) string {
	if kind == FromUsers || kind == FromWhere {
		return "among "
	}
	return "in "
}

func lowerFirst(s string) string {
	return string(s[0]|0x20) + s[1:]
}
