package slacksim

import (
	"encoding/json"
	"net/http"
	"strings"
)

// scimUser is what SCIM writes of a person.
type scimUser struct {
	UserName    string `json:"userName"`
	DisplayName string `json:"displayName"`
	Title       string `json:"title"`
	Active      *bool  `json:"active"`
	Name        struct {
		GivenName  string `json:"givenName"`
		FamilyName string `json:"familyName"`
	} `json:"name"`
	Emails []struct {
		Value   string `json:"value"`
		Primary bool   `json:"primary"`
	} `json:"emails"`
}

func (w *workspace) scimUser(u *user) answer {
	first, last, _ := strings.Cut(u.realName, " ")
	groups := []answer{}
	for _, g := range w.idpList {
		if g.members.has(u.id) {
			groups = append(groups, answer{"value": g.id, "display": g.name})
		}
	}
	return answer{
		"schemas": []string{scimSchema + "schemas:core:2.0:User"}, "id": u.id, "userName": u.name, "nickName": u.name,
		"displayName": u.realName, "title": u.title, "active": !u.deleted, "name": answer{"givenName": first, "familyName": last},
		"emails": []answer{{"value": u.email, "primary": true}}, "groups": groups,
		"meta": answer{"resourceType": "User", "location": w.slack.baseURL + "/scim/v2/Users/" + u.id},
	}
}

func (c *scimCall) users() scimReply {
	if c.id == "" {
		switch c.r.Method {
		case http.MethodGet:
			return c.listUsers()
		case http.MethodPost:
			return c.createUser()
		}
		return scimError(http.StatusMethodNotAllowed, "the collection takes GET and POST")
	}
	u := c.w.users[c.id]
	if u == nil || u.bot || u.external(c.w) {
		return scimError(http.StatusNotFound, "user_not_found")
	}
	switch c.r.Method {
	case http.MethodGet:
	case http.MethodDelete:
		if !u.deleted {
			c.w.deactivate(u)
		}
		c.w.slack.touch()
		return scimReply{http.StatusNoContent, nil}
	case http.MethodPut:
		var in scimUser
		if json.Unmarshal(c.body, &in) != nil {
			return scimError(http.StatusBadRequest, "the body is not a user")
		}
		c.writeUser(u, in)
	case http.MethodPatch:
		if r := c.patchUser(u); r.status != 0 {
			return r
		}
	default:
		return scimError(http.StatusMethodNotAllowed, "a user takes GET, PUT, PATCH and DELETE")
	}
	return scimReply{http.StatusOK, c.w.scimUser(u)}
}

func (c *scimCall) listUsers() scimReply {
	attribute, value, ok := c.filter()
	if !ok {
		return scimError(http.StatusBadRequest, `the filter has the form: attribute eq "value"`)
	}
	all := []answer{}
	for _, u := range c.w.userList {
		if u.bot || u.external(c.w) {
			continue
		}
		of := map[string]string{"": "", "userName": u.name, "id": u.id, "email": u.email, "emails.value": u.email, "displayName": u.realName}
		if have, known := of[attribute]; known && strings.EqualFold(have, value) {
			all = append(all, c.w.scimUser(u))
		}
	}
	return c.list(all)
}

func (c *scimCall) createUser() scimReply {
	var in scimUser
	switch {
	case json.Unmarshal(c.body, &in) != nil || in.UserName == "" || len(in.Emails) == 0:
		return scimError(http.StatusBadRequest, "a user needs userName and emails")
	case c.w.nameTaken(in.UserName), c.w.emails[strings.ToLower(in.Emails[0].Value)] != nil:
		return scimError(http.StatusConflict, "username_taken")
	}
	u := c.w.addUser(&user{name: in.UserName, email: in.Emails[0].Value, title: in.Title, realName: in.realName()})
	c.w.emitUser("team_join", u)
	c.w.enterGeneral(u)
	c.w.slack.touch()
	return scimReply{http.StatusCreated, c.w.scimUser(u)}
}

func (in scimUser) realName() string {
	if in.DisplayName != "" {
		return in.DisplayName
	}
	return strings.TrimSpace(in.Name.GivenName + " " + in.Name.FamilyName)
}

// writeUser takes over what is given.
func (c *scimCall) writeUser(u *user, in scimUser) {
	if name := in.realName(); name != "" {
		u.realName = name
	}
	if in.Title != "" {
		u.title = in.Title
	}
	c.activate(u, in.Active)
	if !u.deleted {
		c.w.altered(u)
		c.w.emitUser("user_change", u)
	}
	c.w.slack.touch()
}

func (c *scimCall) activate(u *user, active *bool) {
	switch {
	case active == nil || *active == !u.deleted:
	case *active:
		u.deleted = false
		c.w.enterGeneral(u)
	default:
		c.w.deactivate(u)
	}
}

func (c *scimCall) patchUser(u *user) scimReply {
	var p scimPatch
	if json.Unmarshal(c.body, &p) != nil || len(p.Operations) == 0 {
		return scimError(http.StatusBadRequest, "the body has no Operations")
	}
	for _, op := range p.Operations {
		var in scimUser
		raw := op.Value
		if op.Path != "" {
			raw, _ = json.Marshal(map[string]json.RawMessage{op.Path: op.Value})
		}
		if strings.EqualFold(op.Op, "remove") || json.Unmarshal(raw, &in) != nil {
			return scimError(http.StatusBadRequest, "only replace and add of userName, displayName, name, title and active are taken")
		}
		c.writeUser(u, in)
	}
	return scimReply{}
}
