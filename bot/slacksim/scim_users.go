package slacksim

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// scimUser is what SCIM writes of a person; what is nil stays as it is.
type scimUser struct {
	UserName    *string   `json:"userName"`
	DisplayName *string   `json:"displayName"`
	Title       *string   `json:"title"`
	Active      *scimBool `json:"active"`
	Name        struct {
		GivenName  *string `json:"givenName"`
		FamilyName *string `json:"familyName"`
	} `json:"name"`
	Emails []struct {
		Value   string `json:"value"`
		Primary bool   `json:"primary"`
	} `json:"emails"`
}

// scimBool is a boolean that some identity providers write as a text.
type scimBool bool

// UnmarshalJSON accepts true, "true" and "True".
func (b *scimBool) UnmarshalJSON(raw []byte) error {
	on, err := strconv.ParseBool(strings.ToLower(strings.Trim(string(raw), `"`)))
	*b = scimBool(on)
	return err
}

func (w *workspace) scimUser(u *user) answer {
	first, last, _ := strings.Cut(u.realName, " ")
	groups := []answer{}
	for _, g := range w.idpList {
		if g.members.has(u.id) {
			groups = append(groups, answer{"value": g.id, "display": g.name})
		}
	}
	emails := []answer{}
	if u.email != "" {
		emails = append(emails, answer{"value": u.email, "primary": true})
	}
	return answer{
		"schemas": []string{scimSchema + "schemas:core:2.0:User"}, "id": u.id, "userName": u.name, "nickName": u.name,
		"displayName": u.realName, "title": u.title, "active": !u.deleted, "name": answer{"givenName": first, "familyName": last},
		"emails": emails, "groups": groups,
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
		if u.primary {
			return scimError(http.StatusForbidden, "cannot_modify_primary_owner")
		}
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
		if r := c.writeUser(u, in); r.status != 0 {
			return r
		}
	case http.MethodPatch:
		in, r := c.patchedUser()
		if r.status == 0 {
			r = c.writeUser(u, in)
		}
		if r.status != 0 {
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
	if json.Unmarshal(c.body, &in) != nil || in.UserName == nil || *in.UserName == "" || in.email() == "" {
		return scimError(http.StatusBadRequest, "a user needs userName and emails")
	}
	if r := c.clash(nil, in); r.status != 0 {
		return r
	}
	u := c.w.addUser(in.fill(&user{name: *in.UserName, email: in.email()}))
	c.w.emitUser("team_join", u)
	c.w.enterGeneral(u)
	if in.Active != nil && !bool(*in.Active) {
		c.w.deactivate(u)
	}
	c.w.slack.touch()
	return scimReply{http.StatusCreated, c.w.scimUser(u)}
}

// email is the primary address, or the first.
func (in scimUser) email() string {
	for _, e := range in.Emails {
		if e.Primary {
			return e.Value
		}
	}
	if len(in.Emails) > 0 {
		return in.Emails[0].Value
	}
	return ""
}

// fill takes over what needs no check.
func (in scimUser) fill(u *user) *user {
	first, last, _ := strings.Cut(u.realName, " ")
	for from, into := range map[*string]*string{in.Name.GivenName: &first, in.Name.FamilyName: &last, in.Title: &u.title} {
		if from != nil {
			*into = *from
		}
	}
	u.realName = strings.TrimSpace(first + " " + last)
	if in.DisplayName != nil && *in.DisplayName != "" {
		u.realName = *in.DisplayName
	}
	return u
}

// clash says whether somebody else has the name or the address already.
func (c *scimCall) clash(u *user, in scimUser) scimReply {
	if name := in.UserName; name != nil && (u == nil || *name != u.name) && c.w.nameTaken(*name) {
		return scimError(http.StatusConflict, "username_taken")
	}
	if other := c.w.emails[strings.ToLower(in.email())]; other != nil && other != u {
		return scimError(http.StatusConflict, "email_taken")
	}
	return scimReply{}
}

// writeUser takes over what is given: all of it, or nothing when the reply has
// a status.
func (c *scimCall) writeUser(u *user, in scimUser) scimReply {
	off := in.Active != nil && !bool(*in.Active) && !u.deleted
	if off && u.primary {
		return scimError(http.StatusForbidden, "cannot_modify_primary_owner")
	}
	if r := c.clash(u, in); r.status != 0 {
		return r
	}
	in.fill(u)
	if in.UserName != nil && *in.UserName != "" {
		delete(c.w.userNames, u.name)
		u.name = *in.UserName
		c.w.userNames[u.name] = u
	}
	if email := in.email(); email != "" {
		delete(c.w.emails, strings.ToLower(u.email))
		u.email = email
		c.w.emails[strings.ToLower(email)] = u
	}
	c.w.altered(u)
	switch {
	case off:
		c.w.deactivate(u) // which tells of it
	case in.Active != nil && bool(*in.Active) && u.deleted:
		u.deleted = false
		c.w.emitUser("user_change", u)
		c.w.enterGeneral(u)
	default:
		c.w.emitUser("user_change", u)
	}
	c.w.slack.touch()
	return scimReply{}
}

// patchedUser is what all operations of a PATCH set together.
func (c *scimCall) patchedUser() (in scimUser, r scimReply) {
	var p scimPatch
	if json.Unmarshal(c.body, &p) != nil || len(p.Operations) == 0 {
		return in, scimError(http.StatusBadRequest, "the body has no Operations")
	}
	for _, op := range p.Operations {
		value := any(op.Value)
		switch strings.ToLower(op.Op) {
		case "add", "replace":
		case "remove":
			if op.Path != "title" {
				return in, scimError(http.StatusBadRequest, "only a title can be removed")
			}
			value = ""
		default:
			return in, scimError(http.StatusBadRequest, "op is add, remove or replace")
		}
		path, of, dotted := strings.Cut(op.Path, ".")
		switch {
		case strings.HasPrefix(path, "emails[") && of == "value": // emails[type eq "work"].value
			value = answer{"emails": []answer{{"value": value, "primary": true}}}
		case dotted:
			value = answer{path: answer{of: value}}
		case path != "":
			value = answer{path: value}
		}
		raw, err := json.Marshal(value)
		if err != nil || json.Unmarshal(raw, &in) != nil {
			return in, scimError(http.StatusBadRequest, "the value of "+op.Path+" is of another type")
		}
	}
	return in, scimReply{}
}
