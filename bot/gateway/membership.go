package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"

	"usher/rules/action"
	"usher/rules/workspace"
)

// remove takes one person out.
func (g *Gateway) remove(ctx context.Context, team workspace.TeamID, a action.Remove) Result {
	api, _, err := g.slackAs(team)
	if err == nil {
		err = refine(api.KickUserFromConversationContext(ctx, string(a.Channel), string(a.User)), "conversations.kick")
	}
	e, ok := errors.AsType[*Error](err)
	if !ok || !aboutPlace[e.Code] {
		return result(err, a.Key())
	}
	r := g.out(ctx, team, a.Channel, e)
	if r.Code == codeContradicted && e.Code == "not_in_channel" { // then it is the person who has left
		return Result{Class: Already, Code: e.Code}
	}
	return r
}

// aboutPlace are the errors that say, or may say, that Usher is not in the channel.
var aboutPlace = map[string]bool{"not_in_channel": true, "channel_not_found": true}

// out is the result of a call that was refused because Usher is not in a
// channel, after asking whether it is. Where Slack shows it there, the mirror is
// not wrong, and deciding anew would only end in the same call: this one is
// tried again, ever later.
func (g *Gateway) out(ctx context.Context, team workspace.TeamID, c workspace.ChannelID, why *Error) Result {
	info, err := g.ChannelInfo(ctx, team, c)
	if err == nil && info.BotIn {
		return Result{Class: Later, Code: codeContradicted, Sentence: "Slack does not take Usher for a member of the channel, and yet shows it there."}
	}
	if e, ok := errors.AsType[*Error](err); err != nil && (!ok || e.Code != "channel_not_found") {
		return result(err, action.ChannelKey(c))
	}
	r := judge(&Error{Method: why.Method, Code: codeBotOut})
	r.Stuck, r.Lost = action.ChannelKey(c), c
	return r
}

// inviteAtMost is how many people one call brings in.
const inviteAtMost = 100

// personError is what an invitation says of one person.
type personError struct {
	User  workspace.UserID `json:"user"`
	Error string           `json:"error"`
	OK    bool             `json:"ok"`
}

// invite puts people in, passing over whoever cannot be.
func (g *Gateway) invite(ctx context.Context, team workspace.TeamID, a action.Invite) Result {
	if len(a.Users) == 0 {
		return found(a, Result{Class: Already})
	}
	var refused []personError
	for some := range slices.Chunk(a.Users, inviteAtMost) {
		passedOver, err := g.inviteSome(ctx, team, a.Channel, some)
		if err != nil { // of nobody in particular; whoever is in already stays in when this is tried again
			e, ok := errors.AsType[*Error](err)
			if !ok || !aboutPlace[e.Code] {
				return result(err, a.Key())
			}
			return g.out(ctx, team, a.Channel, e)
		}
		refused = append(refused, passedOver...)
	}
	return found(a, invited(a, refused))
}

// found is the result of an invitation, which is no success where somebody whom
// it should bring in could not be found.
func found(a action.Invite, r Result) Result {
	if a.Missing == "" || r.Class != Done && r.Class != Already {
		return r
	}
	return Result{Class: Never, Code: codeUnlisted, Sentence: a.Missing, Value: r.Value}
}

// invited is the result of an invitation of which some people were passed over.
func invited(a action.Invite, refused []personError) Result {
	r := Result{Class: Done}
	var worst Result
	already := 0
	for _, p := range refused {
		one := judge(&Error{Method: "conversations.invite", Code: p.Error})
		if one.Class == Already {
			already++
			continue
		}
		if r.Value == nil {
			r.Value = map[string]string{}
		}
		r.Value["refused:"+string(p.User)] = p.Error
		if worst.Class == "" || one.Class == Later {
			worst = one
		}
	}
	switch {
	case worst.Class == Later, len(r.Value) > 0 && len(r.Value)+already == len(a.Users):
		worst.Value = r.Value
		if worst.Class == Blocked && worst.Stuck == "" {
			worst.Stuck = a.Key()
		}
		return worst
	case already == len(a.Users):
		r.Class, r.Code = Already, "already_in_channel"
	case len(r.Value) > 0:
		r.Sentence = worst.Sentence
	}
	return r
}

// inviteSome makes one forced call. It is a raw one because the typed client
// drops what was wrong with whom when part of it succeeded.
func (g *Gateway) inviteSome(ctx context.Context, team workspace.TeamID, c workspace.ChannelID, users []workspace.UserID) ([]personError, error) {
	ids := make([]string, len(users))
	for i, u := range users {
		ids[i] = string(u)
	}
	args := url.Values{"channel": {string(c)}, "users": {strings.Join(ids, ",")}, "force": {"true"}}
	var answer struct {
		Errors json.RawMessage `json:"errors"`
	}
	err := g.call(ctx, team, "conversations.invite", args, &answer)
	if err == nil {
		return people(answer.Errors), nil
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return nil, err
	}
	if named := people(e.people); len(named) > 0 {
		return named, nil
	}
	if len(users) == 1 && ofPerson[e.Code] {
		return []personError{{User: users[0], Error: e.Code}}, nil
	}
	return nil, err
}

// ofPerson are the errors of an invitation that are about one person, not
// about the channel or Usher.
var ofPerson = map[string]bool{
	"already_in_channel": true, "cant_invite": true, "cant_invite_self": true, "org_user_not_in_team": true,
	"user_is_restricted": true, "user_is_ultra_restricted": true, "ura_max_channels": true, "user_not_found": true,
	"invitee_cant_see_channel": true, "app_cannot_join_channel": true, "user_disabled": true,
}

// people reads what was wrong with whom; a shape that is not known names nobody.
func people(raw json.RawMessage) []personError {
	var all []personError
	if json.Unmarshal(raw, &all) != nil {
		return nil
	}
	return slices.DeleteFunc(all, func(p personError) bool { return p.User == "" || p.OK })
}

// join makes Usher a member of a public channel.
func (g *Gateway) join(ctx context.Context, team workspace.TeamID, a action.Join) Result {
	api, _, err := g.slackAs(team)
	if err != nil {
		return result(err, a.Key())
	}
	_, warning, _, err := api.JoinConversationContext(ctx, string(a.Channel))
	r := result(refine(err, "conversations.join"), a.Key())
	if r.Class == Done && strings.Contains(warning, "already_in_channel") {
		r.Class = Already
	}
	return r
}
