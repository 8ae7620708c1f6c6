package policyfile

import (
	"reflect"
	"strings"
)

// The types of this file are the format: the keys of each mapping in the order
// in which they are written, what may stand there, and what it means. The
// readers, the writer's order, the hints in problems and the JSON Schema are all
// taken from them. Values are never decoded into them.

type policyDoc struct {
	Version    int            `json:"version" jsonschema:"enum=1" jsonschema_description:"The version of this format: 1."`
	Workspace  string         `json:"workspace,omitempty" jsonschema:"pattern=^T[A-Z0-9_-]+$" jsonschema_description:"The id of the one workspace this file is about; without it, every workspace."`
	Admins     []personDoc    `json:"admins,omitempty" jsonschema_description:"Who may administer Usher in Slack. Workspace owners always may."`
	Contact    string         `json:"contact,omitempty" jsonschema:"maxLength=150" jsonschema_description:"Whom people are told to ask."`
	Brakes     *brakesDoc     `json:"brakes,omitempty" jsonschema_description:"Past one of these, a person has to release a plan. Per channel or user group, and plan."`
	Protect    *protectDoc    `json:"protect,omitempty" jsonschema_description:"Who is never removed. The default is all five kinds."`
	Clusters   []clusterDoc   `json:"clusters,omitempty" jsonschema_description:"Who may be in which channels."`
	Usergroups []usergroupDoc `json:"usergroups,omitempty" jsonschema_description:"User groups kept by rule. Groups not named here are never touched."`
	Reactions  []reactionDoc  `json:"reactions,omitempty" jsonschema_description:"What happens when channels come, change and go."`
	Invites    *invitesDoc    `json:"invites,omitempty" jsonschema_description:"Who may bring people into the workspace."`
}

type brakesDoc struct {
	Removals     countDoc `json:"removals,omitempty" jsonschema_description:"So many removals wait for a person. Default 25."`
	Share        shareDoc `json:"share,omitempty" jsonschema_description:"Removing this share of the members waits for a person. Default 20%."`
	SourceShrink shareDoc `json:"source_shrink,omitempty" jsonschema_description:"A source that lost this share of its people waits for a person. Default 50%."`
	Reactions    countDoc `json:"reactions,omitempty" jsonschema_description:"A reaction that would touch more channels than this within an hour waits for a person. Default 100."`
	Flapping     countDoc `json:"flapping,omitempty" jsonschema_description:"Somebody who was removed from one channel this often within a day, and is added again, waits for a person. 0: never. Default 3."`
	FourEyes     bool     `json:"four_eyes,omitempty" jsonschema_description:"Releasing takes two administrators."`
}

type protectMapDoc struct {
	Kinds  []string `json:"kinds,omitempty" jsonschema:"enum=bots,enum=owners,enum=admins,enum=guests,enum=external" jsonschema_description:"Kinds of accounts; the default is all five."`
	People []string `json:"people,omitempty" jsonschema_description:"User ids or e-mail addresses, beside the kinds."`
}

type peopleDoc struct {
	People []string `json:"people" jsonschema_description:"User ids or e-mail addresses, beside the kinds."`
}

type personDoc struct {
	Usergroup string   `json:"usergroup,omitempty" jsonschema_description:"Everybody in this user group, by handle or id."`
	IDPGroup  string   `json:"idp_group,omitempty" jsonschema_description:"Everybody in this group of the identity provider, by id (Enterprise Grid)."`
	User      string   `json:"user,omitempty" jsonschema_description:"One person, by id or e-mail address."`
	Users     []string `json:"users,omitempty" jsonschema_description:"People, by id or e-mail address."`
}

type sourceDoc struct {
	Channel   string   `json:"channel,omitempty" jsonschema_description:"Everybody in this (master) channel, by name or id."`
	Usergroup string   `json:"usergroup,omitempty" jsonschema_description:"Everybody in this user group, by handle or id."`
	IDPGroup  string   `json:"idp_group,omitempty" jsonschema_description:"Everybody in this group of the identity provider, by id (Enterprise Grid)."`
	User      string   `json:"user,omitempty" jsonschema_description:"One person, by id or e-mail address."`
	Users     []string `json:"users,omitempty" jsonschema_description:"People, by id or e-mail address."`
	Where     string   `json:"where,omitempty" jsonschema_description:"Everybody for whom this CEL condition on user holds."`
}

type grantsDoc struct {
	Default durationDoc `json:"default,omitempty" jsonschema_description:"How long an exception lasts unless said otherwise. Default 30d."`
	Max     durationDoc `json:"max,omitempty" jsonschema_description:"How long one may last at most. Default 90d."`
}

type clusterDoc struct {
	Name        string      `json:"name" jsonschema:"minLength=1,maxLength=80" jsonschema_description:"The cluster's name, used once."`
	Description string      `json:"description,omitempty" jsonschema_description:"For people to read."`
	Members     []sourceDoc `json:"members" jsonschema:"minItems=1" jsonschema_description:"Eligible is whoever is in any of these."`
	Except      []sourceDoc `json:"except,omitempty" jsonschema_description:"Wins over members."`
	Channels    []string    `json:"channels" jsonschema:"minItems=1" jsonschema_description:"RE2 expressions that match the whole name, or channel ids."`
	ButNot      []string    `json:"but_not,omitempty" jsonschema_description:"Wins over channels."`
	Join        string      `json:"join,omitempty" jsonschema:"enum=self,enum=request,enum=everyone,enum=closed" jsonschema_description:"self (the default): join at will. request: an owner approves. everyone: members are invited automatically. closed: nobody lets themselves in."`
	Others      string      `json:"others,omitempty" jsonschema:"enum=allow,enum=report,enum=warn,enum=remove" jsonschema_description:"What happens to someone inside who is not eligible. Default report."`
	Grace       durationDoc `json:"grace,omitempty" jsonschema_description:"Between losing eligibility and removal. An outsider's own join has none."`
	Owners      []personDoc `json:"owners,omitempty" jsonschema_description:"Approve requests and are told of removals. Without owners, admins."`
	Grants      *grantsDoc  `json:"grants,omitempty" jsonschema_description:"Time-limited exceptions."`
	Native      bool        `json:"native,omitempty" jsonschema_description:"Enterprise Grid: also keep the channel's restrictAccess list equal to the idp_group sources."`
	Mode        string      `json:"mode,omitempty" jsonschema:"enum=off,enum=report,enum=enforce" jsonschema_description:"report (the default) decides and records, and changes nothing."`
}

type usergroupDoc struct {
	Handle             string      `json:"handle" jsonschema:"pattern=^@?[a-z0-9][a-z0-9._-]*$,maxLength=22" jsonschema_description:"The group's handle, without @."`
	Name               string      `json:"name,omitempty" jsonschema:"maxLength=80" jsonschema_description:"The group's name."`
	Description        string      `json:"description,omitempty" jsonschema:"maxLength=140" jsonschema_description:"One line of at most 140 characters."`
	Channels           []string    `json:"channels,omitempty" jsonschema_description:"Default channels, by name or id."`
	AdditionalChannels []string    `json:"additional_channels,omitempty" jsonschema_description:"Channels the group may be added to by hand, by name or id."`
	Section            bool        `json:"section,omitempty" jsonschema_description:"Show the channels as a section in members' sidebars."`
	Members            []sourceDoc `json:"members,omitempty" jsonschema_description:"In the group is whoever is in any of these."`
	Except             []sourceDoc `json:"except,omitempty" jsonschema_description:"Wins over members."`
	ByHand             string      `json:"by_hand,omitempty" jsonschema:"enum=keep,enum=revert" jsonschema_description:"What becomes of what people change by hand. Default keep."`
	WhenEmpty          string      `json:"when_empty,omitempty" jsonschema:"enum=disable,enum=keep,enum=placeholder" jsonschema_description:"Slack refuses an empty group. Default keep."`
	Placeholder        string      `json:"placeholder,omitempty" jsonschema_description:"The account that stands in when when_empty is placeholder, by id or e-mail address."`
	Coupled            bool        `json:"coupled,omitempty" jsonschema_description:"Leaving the group also takes the person out of its default channels."`
	Join               string      `json:"join,omitempty" jsonschema:"enum=self,enum=request,enum=closed" jsonschema_description:"Who may let themselves in. Default closed."`
	Owners             []personDoc `json:"owners,omitempty" jsonschema_description:"Approve requests. Without owners, admins."`
	Mode               string      `json:"mode,omitempty" jsonschema:"enum=off,enum=report,enum=enforce" jsonschema_description:"report (the default) decides and records, and changes nothing."`
}

type reactionDoc struct {
	Name     string    `json:"name" jsonschema:"minLength=1,maxLength=80" jsonschema_description:"The reaction's name, used once."`
	On       []string  `json:"on" jsonschema:"minItems=1,enum=created,enum=renamed,enum=archived,enum=unarchived,enum=converted" jsonschema_description:"What it reacts to."`
	Channels []string  `json:"channels" jsonschema:"minItems=1" jsonschema_description:"RE2 expressions that match the whole name, or channel ids."`
	ButNot   []string  `json:"but_not,omitempty" jsonschema_description:"Wins over channels."`
	Do       *stepsDoc `json:"do" jsonschema_description:"In this order. Templates see .Channel .Creator .Actor .Cluster .Match."`
	Mode     string    `json:"mode,omitempty" jsonschema:"enum=off,enum=report,enum=enforce" jsonschema_description:"report (the default) decides and records, and changes nothing."`
}

type bookmarkDoc struct {
	Title string `json:"title"`
	Link  string `json:"link"`
}

type announceDoc struct {
	To   string `json:"to" jsonschema_description:"A channel, by name or id."`
	Text string `json:"text"`
}

type archiveDoc struct {
	After        durationDoc `json:"after" jsonschema_description:"After so long a silence."`
	Warn         durationDoc `json:"warn,omitempty" jsonschema_description:"So long before it, say so in the channel."`
	UnlessActive bool        `json:"unless_active,omitempty"`
}

type stepDoc struct {
	Join        bool         `json:"join,omitempty" jsonschema_description:"Come into the channel."`
	Topic       string       `json:"topic,omitempty" jsonschema:"maxLength=250"`
	Purpose     string       `json:"purpose,omitempty" jsonschema:"maxLength=250"`
	Invite      []sourceDoc  `json:"invite,omitempty"`
	Post        string       `json:"post,omitempty" jsonschema_description:"Post a message in the channel."`
	Pin         string       `json:"pin,omitempty" jsonschema_description:"Post a message and pin it."`
	Bookmark    *bookmarkDoc `json:"bookmark,omitempty"`
	Announce    *announceDoc `json:"announce,omitempty"`
	TellCreator string       `json:"tell_creator,omitempty" jsonschema_description:"Tell the channel's creator privately."`
	Rename      string       `json:"propose_rename,omitempty" jsonschema_description:"Tell the channel's creator privately, with a button to give it another name."`
	Archive     *archiveDoc  `json:"archive,omitempty"`
}

type invitesDoc struct {
	Join        string      `json:"join,omitempty" jsonschema:"enum=request,enum=admins" jsonschema_description:"Who may ask for an invitation."`
	Approvers   []personDoc `json:"approvers,omitempty" jsonschema_description:"Without approvers, admins."`
	Domains     []string    `json:"domains,omitempty" jsonschema_description:"E-mail domains that may be invited as full members; others as guests only."`
	GuestExpiry durationDoc `json:"guest_expiry,omitempty" jsonschema_description:"How long a guest may stay."`
	Via         string      `json:"via,omitempty" jsonschema:"enum=admin,enum=scim,enum=legacy" jsonschema_description:"Slack's way in: admin (Enterprise Grid), scim, legacy."`
}

// Texts of a form of their own, so that the schema can say which.
type (
	countDoc    string
	shareDoc    string
	durationDoc string
	protectDoc  struct{}
	stepsDoc    struct{}
)

// keys are the keys of a mapping, in the order of its type.
func keys(shape any) []string {
	t := reflect.TypeOf(shape)
	out := make([]string, t.NumField())
	for i := range out {
		out[i], _, _ = strings.Cut(t.Field(i).Tag.Get("json"), ",")
	}
	return out
}

// allowed are the words that may stand under a key; none: any.
func allowed(shape any, key string) []string {
	t := reflect.TypeOf(shape)
	var out []string
	for i, k := range keys(shape) {
		if k != key {
			continue
		}
		for tag := range strings.SplitSeq(t.Field(i).Tag.Get("jsonschema"), ",") {
			if word, ok := strings.CutPrefix(tag, "enum="); ok {
				out = append(out, word)
			}
		}
	}
	return out
}
