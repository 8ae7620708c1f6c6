package slacksim

import (
	"encoding/base64"
	"encoding/json"
	"maps"
)

// appMethods are about the app and its workspace.
var appMethods = map[string]handler{
	"api.test":                       apiTest,
	"auth.test":                      authTest,
	"auth.teams.list":                authTeamsList,
	"apps.connections.open":          connectionsOpen,
	"apps.event.authorizations.list": authorizationsList,
	"team.info":                      teamInfo,
}

func apiTest(c *call) (answer, *failure) {
	args := answer{}
	maps.Copy(args, c.args)
	if code := c.text("error"); code != "" {
		return nil, &failure{code, answer{"args": args}}
	}
	return answer{"args": args}, nil
}

func (w *workspace) url() string { return "https://" + w.domain + ".slack.com/" }

func authTest(c *call) (answer, *failure) {
	if c.token.kind == appToken {
		return nil, fail("not_allowed_token_type")
	}
	a := answer{"url": c.w.url(), "team": c.w.name, "user": c.me.name, "team_id": c.w.id, "user_id": c.me.id, "is_enterprise_install": false}
	if c.token.kind == botToken {
		a["bot_id"] = c.w.botID
	}
	if c.w.grid() {
		a["enterprise_id"] = c.w.enterprise
	}
	return a, nil
}

func authTeamsList(c *call) (answer, *failure) {
	return answer{"teams": []answer{{"id": c.w.id, "name": c.w.name}}, "response_metadata": cursorOf("")}, nil
}

// connectionsOpen hands out the address of one socket.
func connectionsOpen(c *call) (answer, *failure) {
	return answer{"url": c.hub.Ticket(c.baseURL, c.appToken, c.appID)}, nil
}

func authorizationsList(c *call) (answer, *failure) {
	context := c.text("event_context")
	var ref struct{ Event, Team string }
	if len(context) < 3 {
		return nil, fail("invalid_event_context")
	}
	raw, err := base64.RawURLEncoding.DecodeString(context[2:])
	if err != nil || json.Unmarshal(raw, &ref) != nil || c.byTeam[ref.Team] == nil {
		return nil, fail("invalid_event_context")
	}
	return answer{"authorizations": []answer{c.byTeam[ref.Team].authorization()}, "response_metadata": cursorOf("")}, nil
}

func teamInfo(c *call) (answer, *failure) {
	w := c.w
	if id := c.text("team"); id != "" && id != w.id {
		return nil, fail("team_not_found")
	}
	icon := answer{"image_default": true}
	for _, size := range []string{"34", "44", "68", "88", "102", "132", "230"} {
		icon["image_"+size] = "https://avatars.slack.test/" + w.id + "_" + size + ".png"
	}
	team := answer{
		"id": w.id, "name": w.name, "url": w.url(), "domain": w.domain, "email_domain": w.domain + ".test", "icon": icon,
		"avatar_base_url": "https://avatars.slack.test/", "is_verified": false, "enterprise_id": "", "enterprise_name": "",
	}
	if w.grid() {
		team["enterprise_id"], team["enterprise_name"] = w.enterprise, w.name
	}
	return answer{"team": team}, nil
}
