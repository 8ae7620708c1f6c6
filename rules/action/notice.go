package action

import (
	"fmt"
	"time"

	"usher/rules/workspace"
)

// Kinds of this file.
const (
	KindTell  Kind = "tell"
	KindReply Kind = "reply"
	KindHome  Kind = "home"
)

// Topic is what a notice is about. The words are found by handlers/view when
// the notice goes out; what is stored are facts.
type Topic string

// The topics.
const (
	Removed       Topic = "removed"        // you were taken out of Channel
	AddedOutsider Topic = "added_outsider" // Subject, whom you added to Channel, was taken out again
	Warned        Topic = "warned"         // you are in Channel against its rule; nothing else happens
	GraceStarted  Topic = "grace_started"  // you will be taken out of Channel at Until
	NewChannel    Topic = "new_channel"    // to owners: Channel is now under Cluster
	RemovedOwner  Topic = "removed_owner"  // to owners: Subject was taken out of Channel
	CannotManage  Topic = "cannot_manage"  // to owners/admins: Channel matches but Usher cannot act there, Detail says why
	Admitted      Topic = "admitted"       // you were let into Channel
	Operator      Topic = "operator"       // to admins: Detail says what somebody has to look at
	HeldBack      Topic = "held"           // to admins: what Refers names waits for one of them; Detail says why
	JoinedGroup   Topic = "joined_group"   // you are in Usergroup now
	LeftGroup     Topic = "left_group"     // you are in Usergroup no more
	FromReaction  Topic = "reaction"       // to a channel's creator: Detail is what a reaction says, in mrkdwn and escaped
	ProposeRename Topic = "propose_rename" // to a channel's creator: Detail as for FromReaction; the reaction Cluster does not want its name
)

// About is what a notice says, in words that follow "tell somebody": where is
// the channel or user group it is about. What is not known may be empty.
func (t Topic) About(subject, where string) string {
	if subject == "" {
		subject = "somebody"
	}
	if where == "" {
		where = "a channel"
		if t == JoinedGroup || t == LeftGroup {
			where = "a user group"
		}
	}
	switch t {
	case Removed:
		return "why they are taken out of " + where
	case AddedOutsider:
		return "why " + subject + " cannot stay in " + where
	case Warned:
		return "that they should not be in " + where
	case GraceStarted:
		return "that their time in " + where + " ends"
	case NewChannel:
		return "that " + where + " is under their rule now"
	case RemovedOwner:
		return "that " + subject + " was taken out of " + where
	case CannotManage:
		return "what cannot be kept in " + where
	case Admitted, JoinedGroup:
		return "that they are in " + where
	case LeftGroup:
		return "that they are in " + where + " no more"
	case Operator:
		return "what somebody has to look at"
	case HeldBack:
		return "what waits for an administrator"
	case FromReaction:
		return "what a reaction says about " + where
	case ProposeRename:
		return "of a better name for " + where
	}
	return "about " + where
}

// Tell sends one person a direct message. Facts only: it is put into words when
// it goes out. The same Tell (equal Once) is sent at most once.
type Tell struct {
	To      workspace.UserID    `json:"to"`
	Topic   Topic               `json:"topic"`
	Channel workspace.ChannelID `json:"channel,omitempty"`
	Subject workspace.UserID    `json:"subject,omitempty"`
	Cluster string              `json:"cluster,omitempty"`
	Reasons []string            `json:"reasons,omitempty"` // the rules' facts in words, plain text
	Detail  string              `json:"detail,omitempty"`  // plain text
	Refers  string              `json:"refers,omitempty"`  // HeldBack: the key of what is held
	Until   time.Time           `json:"until,omitzero"`
	// Usergroup is which one the topics about user groups are about.
	Usergroup workspace.UsergroupID `json:"usergroup,omitempty"`
	Once      string                `json:"once,omitempty"` // told at most once for this string; empty: no such promise
}

// Kind is KindTell.
func (Tell) Kind() Kind { return KindTell }

// Key is the person's.
func (a Tell) Key() Key { return DMKey(a.To) }

func (a Tell) String() string {
	if a.Channel != "" {
		return fmt.Sprintf("tell %s: %s %s", a.To, a.Topic, a.Channel)
	}
	return fmt.Sprintf("tell %s: %s", a.To, a.Topic)
}
func (Tell) action() {}

// Reply answers a slash command or a click after its ack, privately, through
// its response URL; where that has expired, by direct message.
type Reply struct {
	Asked
	Text   string `json:"text"`             // mrkdwn, already escaped
	Blocks string `json:"blocks,omitempty"` // JSON array
	// Replace puts it in the place of the message that the click was on (or of
	// the command's first answer).
	Replace bool `json:"replace,omitempty"`
}

// Kind is KindReply.
func (Reply) Kind() Kind { return KindReply }

// Key is the person's.
func (a Reply) Key() Key { return DMKey(a.By) }

func (a Reply) String() string { return fmt.Sprintf("answer %s", a.By) }
func (Reply) action()          {}

// Home publishes somebody's App Home as it is when its turn comes. Nothing is
// sent when it would look the same as the one they have.
//
// Words and Page are where the person is in it: what they searched for, and
// which page they turned to, counted from 0.
type Home struct {
	User  workspace.UserID `json:"user"`
	Words string           `json:"words,omitempty"`
	Page  int              `json:"page,omitempty"`
}

// Kind is KindHome.
func (Home) Kind() Kind { return KindHome }

// Key is the person's Home.
func (a Home) Key() Key { return HomeKey(a.User) }

func (a Home) String() string { return fmt.Sprintf("publish the Home of %s", a.User) }
func (Home) action()          {}
func (Home) supersedes()      {}
