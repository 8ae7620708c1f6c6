package slacksim

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

type scimMember struct {
	Value string `json:"value"`
}

// scimGroup is what SCIM writes of a group.
type scimGroup struct {
	DisplayName string       `json:"displayName"`
	Members     []scimMember `json:"members"`
}

func memberIDs(members []scimMember) []string {
	ids := []string{}
	for _, m := range members {
		ids = append(ids, m.Value)
	}
	return ids
}

func (w *workspace) scimGroup(g *idpGroup) answer {
	members := []answer{}
	for _, id := range g.members.all() {
		members = append(members, answer{"value": id, "display": w.users[id].name})
	}
	return answer{
		"schemas": []string{scimSchema + "schemas:core:2.0:Group"}, "id": g.id, "displayName": g.name, "members": members,
		"meta": answer{"resourceType": "Group", "location": w.slack.baseURL + "/scim/v2/Groups/" + g.id},
	}
}

func (c *scimCall) groups() scimReply {
	if c.id == "" {
		switch c.r.Method {
		case http.MethodGet:
			return c.listGroups()
		case http.MethodPost:
			return c.createGroup()
		}
		return scimError(http.StatusMethodNotAllowed, "the collection takes GET and POST")
	}
	g := c.w.idpGroups[c.id]
	if g == nil {
		return scimError(http.StatusNotFound, "group_not_found")
	}
	next := scimGroup{DisplayName: g.name}
	switch c.r.Method {
	case http.MethodGet:
		return scimReply{http.StatusOK, c.w.scimGroup(g)}
	case http.MethodDelete:
		return c.deleteGroup(g)
	case http.MethodPut:
		if json.Unmarshal(c.body, &next) != nil {
			return scimError(http.StatusBadRequest, "the body is not a group")
		}
	case http.MethodPatch:
		var r scimReply
		if next, r = c.patched(g); r.status != 0 {
			return r
		}
	default:
		return scimError(http.StatusMethodNotAllowed, "a group takes GET, PUT, PATCH and DELETE")
	}
	if other := c.w.idpNamed(next.DisplayName); other != nil && other != g {
		return scimError(http.StatusConflict, "group_name_taken")
	}
	return c.become(g, next)
}

// become gives a group the name and the members written.
func (c *scimCall) become(g *idpGroup, next scimGroup) scimReply {
	ids := memberIDs(next.Members)
	for _, id := range ids {
		if u := c.w.users[id]; u == nil || u.bot || u.external(c.w) {
			return scimError(http.StatusNotFound, "user_not_found")
		}
	}
	if f := c.w.setIDPMembers(g, ids); f != nil {
		return scimError(http.StatusBadRequest, f.code)
	}
	g.name = cmp.Or(next.DisplayName, g.name)
	c.w.slack.touch()
	if c.r.Method == http.MethodPatch {
		return scimReply{http.StatusNoContent, nil}
	}
	return scimReply{http.StatusOK, c.w.scimGroup(g)}
}

func (c *scimCall) listGroups() scimReply {
	attribute, value, ok := c.filter()
	if !ok {
		return scimError(http.StatusBadRequest, `the filter has the form: attribute eq "value"`)
	}
	all := []answer{}
	for _, g := range c.w.idpList {
		of := map[string]string{"": "", "displayName": g.name, "id": g.id}
		if have, known := of[attribute]; known && strings.EqualFold(have, value) {
			all = append(all, c.w.scimGroup(g))
		}
	}
	return c.list(all)
}

func (c *scimCall) createGroup() scimReply {
	var in scimGroup
	switch {
	case json.Unmarshal(c.body, &in) != nil || in.DisplayName == "":
		return scimError(http.StatusBadRequest, "a group needs displayName")
	case c.w.idpNamed(in.DisplayName) != nil:
		return scimError(http.StatusConflict, "group_name_taken")
	}
	g := c.w.addIDPGroup(&idpGroup{name: in.DisplayName})
	if r := c.become(g, in); r.status >= 400 {
		c.drop(g)
		return r
	}
	return scimReply{http.StatusCreated, c.w.scimGroup(g)}
}

// deleteGroup is refused while the group is a channel's only link.
func (c *scimCall) deleteGroup(g *idpGroup) scimReply {
	for _, ch := range c.w.chanList {
		if ch.links.has(g.id) && ch.links.len() == 1 {
			return scimError(http.StatusBadRequest, "the group is the only one linked to a channel: unlink it first")
		}
	}
	for _, ch := range c.w.chanList {
		if ch.links.remove(g.id) {
			c.w.enforceLinks(ch)
		}
	}
	c.drop(g)
	c.w.slack.touch()
	return scimReply{http.StatusNoContent, nil}
}

func (c *scimCall) drop(g *idpGroup) {
	delete(c.w.idpGroups, g.id)
	c.w.idpList = slices.DeleteFunc(slices.Clone(c.w.idpList), func(o *idpGroup) bool { return o == g })
}

// patched is the group after a PATCH.
func (c *scimCall) patched(g *idpGroup) (scimGroup, scimReply) {
	var p scimPatch
	after := scimGroup{DisplayName: g.name}
	if json.Unmarshal(c.body, &p) != nil || len(p.Operations) == 0 {
		return after, scimError(http.StatusBadRequest, "the body has no Operations")
	}
	next := slices.Clone(g.members.all())
	for _, op := range p.Operations {
		var members []scimMember
		one, single := strings.CutPrefix(op.Path, `members[value eq "`)
		switch {
		case single:
			members = []scimMember{{strings.TrimSuffix(one, `"]`)}}
		case op.Path == "displayName" && json.Unmarshal(op.Value, &after.DisplayName) == nil:
			continue
		case op.Path == "" || op.Path == "members":
			in := scimGroup{DisplayName: after.DisplayName}
			if json.Unmarshal(op.Value, &members) != nil {
				if json.Unmarshal(op.Value, &in) != nil && len(op.Value) > 0 {
					return after, scimError(http.StatusBadRequest, "the value is not a list of members")
				}
				after.DisplayName, members = in.DisplayName, in.Members
				if in.Members == nil && len(op.Value) > 0 {
					continue // only a name was given
				}
			}
		default:
			return after, scimError(http.StatusBadRequest, "only members and displayName are taken")
		}
		ids := memberIDs(members)
		switch strings.ToLower(op.Op) {
		case "add":
			next = append(next, ids...)
		case "replace":
			next = ids
		case "remove":
			if len(ids) == 0 && op.Path == "members" {
				next = nil
			}
			next = slices.DeleteFunc(next, func(id string) bool { return slices.Contains(ids, id) })
		default:
			return after, scimError(http.StatusBadRequest, "op is add, remove or replace")
		}
	}
	for _, id := range next {
		after.Members = append(after.Members, scimMember{id})
	}
	return after, scimReply{}
}
