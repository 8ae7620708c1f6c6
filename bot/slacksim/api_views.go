package slacksim

// viewMethods are about modals and the Home tab.
var viewMethods = map[string]handler{
	"views.open":    viewsOpen,
	"views.push":    viewsPush,
	"views.update":  viewsUpdate,
	"views.publish": viewsPublish,
}

// triggered reads the view and uses up the trigger of a call.
func (c *call) triggered() (*view, *trigger, *failure) {
	id := c.text("trigger_id")
	if id == "" {
		id = c.text("interactivity_pointer")
	}
	if id == "" {
		return nil, nil, invalid("missing required field: trigger_id")
	}
	t, f := c.w.peekTrigger(id)
	if f != nil {
		return nil, nil, f
	}
	v, f := c.w.newView("modal", t.user, c.object("view"))
	if f != nil {
		return nil, nil, f
	}
	return v, t, nil
}

func viewsOpen(c *call) (answer, *failure) {
	v, t, f := c.triggered()
	if f != nil {
		return nil, f
	}
	c.w.openModal(v)
	t.used, t.opened = true, v
	return answer{"view": v.body(c.w)}, nil
}

func viewsPush(c *call) (answer, *failure) {
	v, t, f := c.triggered()
	if f == nil {
		f = c.w.pushModal(v)
	}
	if f != nil {
		return nil, f
	}
	t.used, t.opened = true, v
	return answer{"view": v.body(c.w)}, nil
}

func viewsUpdate(c *call) (answer, *failure) {
	var v *view
	switch {
	case c.has("view_id"):
		v = c.w.views[c.text("view_id")]
	case c.has("external_id"):
		v = c.w.external[c.text("external_id")]
	default:
		return nil, invalid("missing required field: view_id")
	}
	switch {
	case v == nil:
		return nil, fail("not_found")
	case c.has("hash") && c.text("hash") != v.hash:
		return nil, fail("hash_conflict")
	}
	if f := c.w.refill(v, c.object("view")); f != nil {
		return nil, f
	}
	return answer{"view": v.body(c.w)}, nil
}

func viewsPublish(c *call) (answer, *failure) {
	u := c.w.users[c.text("user_id")]
	if u == nil || u.deleted {
		return nil, invalid("user not found [json-pointer:/user_id]")
	}
	v := c.w.homes[u.id]
	switch {
	case v != nil && c.has("hash") && c.text("hash") != v.hash:
		return nil, fail("hash_conflict")
	case v != nil:
		if f := c.w.refill(v, c.object("view")); f != nil {
			return nil, f
		}
	default:
		made, f := c.w.newView("home", u, c.object("view"))
		if f != nil {
			return nil, f
		}
		c.w.keepView(made)
		c.w.homes[u.id] = made
		v = made
	}
	return answer{"view": v.body(c.w)}, nil
}
