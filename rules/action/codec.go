package action

import (
	"encoding/json"
	"fmt"
)

// decoders closes the set for storage.
var decoders = map[Kind]func([]byte) (Action, error){
	KindRemove:  decode[Remove],
	KindInvite:  decode[Invite],
	KindJoin:    decode[Join],
	KindRefresh: decode[Refresh],
	KindTell:    decode[Tell],
	KindReply:   decode[Reply],
	KindHome:    decode[Home],
	KindRecheck: decode[Recheck],
	KindReplan:  decode[Replan],

	KindStep:     decode[Step],
	KindArchive:  decode[Archive],
	KindRename:   decode[Rename],
	KindHappened: decode[Happened],

	KindKeepUsergroup:   decode[KeepUsergroup],
	KindEditMembers:     decode[EditMembers],
	KindChangeUsergroup: decode[ChangeUsergroup],
}

func decode[A Action](body []byte) (Action, error) {
	var a A
	err := json.Unmarshal(body, &a)
	return a, err
}

// Encode is a's JSON body; its Kind is kept beside it.
func Encode(a Action) ([]byte, error) { return json.Marshal(a) }

// Decode is the action of a kind whose body was encoded before. An unknown kind
// or a body that is not its JSON is an error.
func Decode(k Kind, body []byte) (Action, error) {
	d, ok := decoders[k]
	if !ok {
		return nil, fmt.Errorf("decode an action: unknown kind %q", k)
	}
	a, err := d(body)
	if err != nil {
		return nil, fmt.Errorf("decode an action of kind %s: %w", k, err)
	}
	return a, nil
}

// PriorityOf is how urgent an action is by its nature.
func PriorityOf(a Action) Priority {
	switch a := a.(type) {
	case Reply:
		return Interactive
	case Invite:
		if a.Asked != nil {
			return Interactive
		}
		return Invitation
	case Remove:
		if a.Asked != nil {
			return Interactive
		}
		return Removal
	case Join:
		return Invitation
	case Tell:
		return Notice
	case Home:
		return HomePublish
	case Step:
		return stepPriority(a)
	case Archive:
		return Group
	case Rename, EditMembers, ChangeUsergroup:
		return Interactive
	case KeepUsergroup:
		return Group
	}
	return Background
}
