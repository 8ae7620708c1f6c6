package handlers

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"

	"usher/handlers/command"
	"usher/handlers/view"
	"usher/rules/action"
	"usher/rules/workspace"
)

// press is a block action, as far as anything here looks at it.
type press struct {
	origin
	Actions []struct {
		ActionID string `json:"action_id"`
		Value    string `json:"value"`
	} `json:"actions"`
}

func (p press) value() string {
	if len(p.Actions) == 0 {
		return ""
	}
	return p.Actions[0].Value
}

// pressed makes a handler of presses that need to know who pressed.
func pressed(do func(asker, press) (Outcome, error)) func(context.Context, Request, press) (Outcome, error) {
	return func(_ context.Context, r Request, p press) (Outcome, error) {
		if p.User.ID == "" {
			return Outcome{}, fmt.Errorf("a press by nobody")
		}
		return do(r.from(p.User.ID), p)
	}
}

// channel is the channel a button is about, if there still is one and the person
// may know of it.
func (a asker) channel(p press) (workspace.Channel, error) {
	t := command.Target{Written: p.value(), ID: p.value()}
	c, ok := t.Channel(a.Workspace, a.sees)
	if !ok {
		return c, complain(view.Outdated(a.Settings.command()))
	}
	return c, nil
}

func pressJoin(a asker, p press) (Outcome, error) {
	c, err := a.channel(p)
	if err != nil {
		return Outcome{}, err
	}
	out, m, err := a.join(c, p.ResponseURL)
	return a.pressAnswer(p, out, m, err)
}

func pressLeave(a asker, p press) (Outcome, error) {
	c, err := a.channel(p)
	if err != nil {
		return Outcome{}, err
	}
	out, m, err := a.leave(c, p.ResponseURL)
	return a.pressAnswer(p, out, m, err)
}

// pressAnswer says nothing at once when something is on its way: what came of it
// is told, or shows on the Home, a moment later. Otherwise it says why not.
func (a asker) pressAnswer(p press, out Outcome, m view.Message, err error) (Outcome, error) {
	if err != nil {
		return Outcome{}, err
	}
	for _, d := range out.Actions {
		switch d.Action.Kind() {
		case action.KindInvite, action.KindRemove:
			return out, nil
		}
	}
	said := p.answer("action", m)
	out.Reply = said.Reply
	out.Actions = append(out.Actions, said.Actions...)
	return out, nil
}

// pressWhy explains a channel to whoever was told about it: the button stood in
// a message to them, which named it, so they are told even if they would not be
// shown its name any more.
func pressWhy(a asker, p press) (Outcome, error) {
	c, ok := a.Workspace.Channel(workspace.ChannelID(p.value()))
	if !ok {
		return Outcome{}, complain(view.Outdated(a.Settings.command()))
	}
	return p.answer("action", a.explain(c, a.me)), nil
}

func pressList(a asker, p press) (Outcome, error) {
	return p.answer("action", a.list(view.Place{}).Message()), nil
}

// pressListPage turns the page of a list in its place.
func pressListPage(a asker, p press) (Outcome, error) {
	m := a.list(view.ReadPlace(p.value())).Message()
	if p.ResponseURL == "" {
		return p.answer("action", m), nil
	}
	var out Outcome
	out.do(action.Reply{
		Asked: action.Asked{By: a.me, ResponseURL: p.ResponseURL},
		Text:  m.Text, Blocks: encode(m.Blocks), Replace: true,
	})
	return out, nil
}

func pressHomePage(a asker, p press) (Outcome, error) {
	return a.home(view.ReadPlace(p.value())), nil
}

// pressHomeSearch is what was typed into the Home's search field.
func pressHomeSearch(a asker, p press) (Outcome, error) { return a.home(view.At(0, p.value())), nil }

func (a asker) home(at view.Place) Outcome {
	var out Outcome
	out.do(action.Home{User: a.me, Words: at.Words, Page: at.Page})
	return out
}

// show opens a modal over the Home, or goes on in the one that is open.
func (p press) show(v slack.ModalViewRequest) Outcome {
	m := &Modal{TriggerID: p.TriggerID, View: v}
	if p.View.Type == string(slack.VTModal) {
		m.Push = true
	}
	return Outcome{Reply: Reply{Open: m}}
}

// turn puts a page of a modal in its place.
func (p press) turn(v slack.ModalViewRequest) Outcome {
	if p.View.Type != string(slack.VTModal) {
		return p.show(v)
	}
	return Outcome{Reply: Reply{Open: &Modal{ViewID: p.View.ID, Hash: p.View.Hash, View: v}}}
}

// pressCluster shows a rule to its owners and administrators.
func pressCluster(a asker, p press) (Outcome, error) { return a.showCluster(p.value(), 0, p.show) }

func pressClusterPage(a asker, p press) (Outcome, error) {
	at := view.ReadPlace(p.value())
	return a.showCluster(at.Words, at.Page, p.turn)
}

func (a asker) showCluster(name string, page int, show func(slack.ModalViewRequest) Outcome) (Outcome, error) {
	if !a.admin() && !a.Policy.IsOwner(a.Workspace, name, a.me) {
		return Outcome{}, complain(view.AdminsOnly(a.whom("")))
	}
	c, ok := a.Policy.Cluster(name)
	if !ok {
		return Outcome{}, complain(view.Outdated(a.Settings.command()))
	}
	return show(a.detail(c, page, a.me).View()), nil
}

// pressClusters lists all rules to administrators, and to owners their own.
func pressClusters(a asker, p press) (Outcome, error) {
	own := a.ownClusters()
	if len(own) == 0 && !a.admin() {
		return Outcome{}, complain(view.AdminsOnly(a.whom("")))
	}
	at := view.ReadPlace(p.value())
	some, n := a.clusters(own, at.Shown)
	return p.turn(view.AllClusters(some, n, at)), nil
}

func pressTroubles(a asker, p press) (Outcome, error) {
	if !a.admin() {
		return Outcome{}, complain(view.AdminsOnly(a.whom("")))
	}
	return p.turn(view.AllTroubles(a.troubles(""), view.ReadPlace(p.value()))), nil
}
