package gateway

import "errors"

// appToken is what a person has to do about the app-level token.
const appToken = "Give Usher an app-level token (it begins with xapp-) that has the scope connections:write: it is made under Basic Information in the app's settings."

// connectJudgements are for opening a socket, which uses the app's own token.
var connectJudgements = map[string]judgement{
	"invalid_auth":           blockedEverywhere("Slack does not know the app-level token. " + appToken),
	"not_authed":             blockedEverywhere("There is no app-level token. " + appToken),
	"account_inactive":       blockedEverywhere("The app, or its owner's account, was switched off. " + appToken),
	"token_revoked":          blockedEverywhere("The app-level token was revoked. " + appToken),
	"token_expired":          blockedEverywhere("The app-level token has expired. " + appToken),
	"not_allowed_token_type": blockedEverywhere("The token given for sockets is of another kind. " + appToken),
	"missing_scope":          blockedEverywhere("The app-level token lacks the scope connections:write. " + appToken),
	"forbidden_team":         blockedEverywhere("The app may not connect for this workspace: an administrator has to allow it."),
	"socket_mode_disabled":   blockedEverywhere("Socket Mode is switched off: switch it on in the app's settings."),
	"insecure_request":       blockedEverywhere("Slack refuses the connection as insecure: give Usher Slack's own address, with https."),
	"missing_args":           never(someBug),
}

// Hopeless is the sentence for an error that no waiting ends: a person has to
// change a token, a scope or a setting first.
func Hopeless(err error) (string, bool) {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return "", false
	}
	r := judge(e)
	return r.Sentence, r.Class == Blocked && r.Stuck == Everywhere
}

// Sentence is what an error means in words for people; empty for errors that
// are not Slack's, and for those that pass.
func Sentence(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return judge(e).Sentence
	}
	return ""
}
