package directory

import (
	"context"
	"slices"
	"time"

	"usher/bot/gateway"
	"usher/rules/workspace"
)

type idpGroupPart struct {
	workspace.IDPGroup
	Users []workspace.UserID `json:"people"`
	Read  time.Time          `json:"read"`
}

// readIDPGroups reads those of the identity provider's groups that matter, each
// time: Slack sends no event about them. The others are forgotten.
func (d *Directory) readIDPGroups(ctx context.Context, m *mirror, p *progress, failures *failures) {
	named := d.config.IDPGroups()
	p.expect(idpPages, len(named))
	for _, id := range named {
		failures.add("the identity provider's group "+string(id), d.readIDPGroup(ctx, m, id))
		p.page(idpPages, 1)
	}
	m.change(func(e *edit) {
		for g := range e.was.IDPGroups() {
			if !slices.Contains(named, g.ID) {
				e.DropIDPGroup(g.ID)
				e.touch(kindIDPGroup, string(g.ID))
			}
		}
	})
}

// readIDPGroup reads one. Where Slack does not show it that is what is known of
// it, until it is read again; where it could not be asked, whoever was in it last
// is not believed to be.
func (d *Directory) readIDPGroup(ctx context.Context, m *mirror, id workspace.IDPGroupID) error {
	began := d.config.Clock()
	g, err := gateway.Retry(ctx, func() (gateway.IDPGroupMembers, error) { return d.config.Lister.IDPGroup(ctx, m.team, id) })
	m.change(func(e *edit) {
		now, _ := e.was.IDPGroup(id)
		r := e.was.IDPGroupMembers(id)
		if r.At.After(began) {
			return // somebody else read it meanwhile
		}
		now.ID, now.Lost = id, gateway.Hidden(err)
		people, k := e.ids(r.Set), workspace.Knowledge{At: r.At}
		if err == nil {
			now.Name, people, k = g.Name, g.Users, workspace.Knowledge{Complete: true, At: began}
		}
		e.PutIDPGroup(now)
		e.SetIDPGroupMembers(id, people, k)
		e.touch(kindIDPGroup, string(id))
	})
	if gateway.Hidden(err) {
		return nil
	}
	return err
}
