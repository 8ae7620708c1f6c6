package gateway

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"usher/rules/workspace"
)

// SCIMGroups is what reading an identity provider's group counts as. On
// Enterprise Grid these are SCIM's groups, which no Web API method lists.
const SCIMGroups = "scim.Groups"

// Codes of our own for what SCIM answers by its status alone.
const (
	codeNoAdminToken = "no_admin_token"
	codeNoIDPGroup   = "idp_group_not_found"
	codeNotAnAdmin   = "not_an_admin"
)

// scimJudgements are for reading groups of the identity provider.
var scimJudgements = map[string]judgement{
	codeNoAdminToken: blockedEverywhere(orgAdmin),
	codeNotAnAdmin:   blockedEverywhere(orgAdmin),
	"invalid_auth":   blockedEverywhere("Slack does not take the administrator's token for reading the identity provider's groups. " + orgAdmin),
	codeNoIDPGroup:   never("The identity provider has no such group: correct the policy."),
}

// IDPGroupMembers is a group of the identity provider and who is in it.
type IDPGroupMembers struct {
	workspace.IDPGroup
	Users []workspace.UserID
}

// IDPGroup reads one group of the identity provider with all its people, as an
// org administrator: SCIM is not for bots (docs.slack.dev/admins/scim-api). A
// group that Slack does not show is an error for which Hidden is true.
func (g *Gateway) IDPGroup(ctx context.Context, team workspace.TeamID, id workspace.IDPGroupID) (IDPGroupMembers, error) {
	c, _ := g.config.Credentials(team)
	if c.Admin == "" {
		return IDPGroupMembers{}, &Error{Team: team, Method: SCIMGroups, Code: codeNoAdminToken}
	}
	ctx = with(about(ctx, team), func(c *calling) { c.method = SCIMGroups })
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, scimURL(g.config.APIURL)+"Groups/"+url.PathEscape(string(id)), nil)
	if err != nil {
		return IDPGroupMembers{}, &Error{Method: SCIMGroups, Code: codeUnreachable, cause: err}
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Authorization", "Bearer "+c.Admin)
	resp, err := g.client.Do(req)
	if err != nil {
		return IDPGroupMembers{}, refine(err, SCIMGroups)
	}
	defer resp.Body.Close()
	var answer struct {
		ID          workspace.IDPGroupID `json:"id"`
		DisplayName string               `json:"displayName"`
		Members     []struct {
			Value workspace.UserID `json:"value"`
		} `json:"members"`
	}
	if err := refine(decode(resp.Body, &answer), SCIMGroups); err != nil {
		return IDPGroupMembers{}, err
	}
	if answer.ID != id { // half an answer, or another's
		return IDPGroupMembers{}, &Error{Team: team, Method: SCIMGroups, Code: codeUnreadable}
	}
	all := IDPGroupMembers{IDPGroup: workspace.IDPGroup{ID: id, Name: answer.DisplayName}}
	for _, m := range answer.Members {
		all.Users = append(all.Users, m.Value)
	}
	return all, nil
}

// scimURL is where SCIM is beside a Web API: Slack's own has a host for it.
func scimURL(api string) string {
	u, err := url.Parse(api)
	if err != nil {
		return api
	}
	if u.Host == "slack.com" || u.Host == "slack-gov.com" {
		u.Host = "api." + u.Host
	}
	u.Path = strings.TrimSuffix(u.Path, "api/") + "scim/v2/"
	return u.String()
}

// judgeSCIM reads a status: SCIM's errors have texts, not codes.
func judgeSCIM(status int) error {
	e := &Error{Status: status, Code: codeHTTP + strconv.Itoa(status)}
	switch status {
	case http.StatusOK:
		return nil
	case http.StatusUnauthorized:
		e.Code = "invalid_auth"
	case http.StatusForbidden:
		e.Code = codeNotAnAdmin
	case http.StatusNotFound:
		e.Code = codeNoIDPGroup
	}
	return e
}

// Hidden reports whether a read failed because Slack has no such group of the
// identity provider, or does not show it with the tokens that Usher was given.
func Hidden(err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Method != SCIMGroups {
		return false
	}
	_, told := scimJudgements[e.Code]
	return told
}
