package directory

import (
	"encoding/json"
	"fmt"
	"time"

	"usher/rules/action"
	"usher/rules/workspace"
)

// event is what an observer may look at.
type event struct {
	*edit
	team  workspace.TeamID
	raw   json.RawMessage
	stamp int64
	now   time.Time
	wants *[]action.Refresh
}

func (e event) decode(into any) bool { return json.Unmarshal(e.raw, into) == nil }

// want asks for something to be read again.
func (e event) want(r action.Refresh) { *e.wants = append(*e.wants, r) }

// observers are the events that change what is known, by type.
var observers = map[string]func(event){
	"member_joined_channel": joined,
	"member_left_channel":   left,
	"channel_left":          lost,
	"group_left":            lost,
	"channel_created":       created,
	"channel_rename":        renamed,
	"group_rename":          renamed,
	"channel_archive":       archived(true),
	"group_archive":         archived(true),
	"channel_unarchive":     archived(false),
	"group_unarchive":       archived(false),
	"channel_deleted":       deleted,
	"group_deleted":         deleted,
	"channel_id_changed":    idChanged,
	"channel_shared":        shared,
	"channel_unshared":      shared,

	"team_join":            person,
	"user_change":          person,
	"user_profile_changed": person,

	"subteam_created":         usergroup,
	"subteam_updated":         usergroup,
	"subteam_members_changed": usergroupMembers,
}

// Observe applies one event of Slack's to the mirror; the event is the inner
// one. It may come again, late, or before its elders: the mirror is the same
// in the end. What the event leaves unknown is asked for by the answer; its
// actions are to be stored with the event. An event that does not concern the
// mirror changes nothing. One that cannot be read is an error, and changes
// nothing either.
func (d *Directory) Observe(team workspace.TeamID, kind string, body json.RawMessage) ([]action.Refresh, error) {
	observe, ok := observers[kind]
	if !ok {
		return nil, nil
	}
	var head struct {
		TS string `json:"event_ts"`
	}
	if err := json.Unmarshal(body, &head); err != nil {
		return nil, fmt.Errorf("observe %s: the event is not readable", kind)
	}
	var wants []action.Refresh
	d.mirror(team).change(func(e *edit) {
		observe(event{edit: e, team: team, raw: body, stamp: stamp(head.TS), now: d.config.Clock(), wants: &wants})
	})
	return wants, nil
}
