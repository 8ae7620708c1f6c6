package handlers

import (
	"context"
	"errors"

	"github.com/slack-go/slack"

	"usher/handlers/command"
	"usher/handlers/view"
	"usher/rules/workspace"
)

// slash answers a slash command inside its ack.
func slash(_ context.Context, r Request, s slack.SlashCommand) (Outcome, error) {
	if s.Command != "" {
		r.Settings.Command = s.Command // people read the name they typed
	}
	me := r.from(workspace.UserID(s.UserID))
	me.trigger = s.TriggerID
	call, err := command.Parse(s.Text)
	if err != nil {
		if m, ok := errors.AsType[*command.Mistake](err); ok {
			return Outcome{}, complain(view.Mistake(r.Settings.command(), m))
		}
		return Outcome{}, err
	}
	if spec, ok := command.Of(string(call.Verb)); ok && spec.Who == command.Admins && !me.admin() {
		return Outcome{}, complain(view.AdminsOnly(me.whom("")))
	}
	return me.carry(call, s.ResponseURL)
}

func (a asker) carry(call command.Call, responseURL string) (Outcome, error) {
	var (
		out Outcome
		m   view.Message
	)
	switch call.Verb {
	case command.List:
		m = a.list(view.At(0, joinWords(call.Words))).Message()
	case command.Join, command.Leave, command.Why:
		c, err := a.find(call.Channel, call.Verb)
		if err != nil {
			return out, err
		}
		return a.carryTo(call, c, responseURL)
	case command.Status:
		m = a.status()
	case command.Group:
		return a.group(call.Words, waiting{responseURL, a.trigger})
	case command.Pause, command.Resume:
		return a.steer(call)
	case command.Help:
		m = a.help(call.About)
	default:
		m = a.help("")
	}
	return Outcome{Reply: Reply{Text: m.Text, Blocks: m.Blocks}}, nil
}

// steer stops changes or lets them go on.
func (a asker) steer(call command.Call) (out Outcome, err error) {
	var m view.Message
	if call.Verb == command.Pause {
		out, m, err = a.pause(joinWords(call.Words))
	} else {
		out, m, err = a.resume()
	}
	if err != nil {
		return Outcome{}, err
	}
	out.Reply = Reply{Text: m.Text, Blocks: m.Blocks}
	return out, nil
}

// carryTo is for the verbs that are about a channel.
func (a asker) carryTo(call command.Call, c workspace.Channel, responseURL string) (out Outcome, err error) {
	var m view.Message
	switch call.Verb {
	case command.Join:
		out, m, err = a.join(c, responseURL)
	case command.Leave:
		out, m, err = a.leave(c, responseURL)
	default:
		var of workspace.UserID
		if of, err = a.person(call.Person, c); err == nil {
			m = a.explain(c, of)
		}
	}
	if err != nil {
		return Outcome{}, err
	}
	out.Reply = Reply{Text: m.Text, Blocks: m.Blocks}
	return out, nil
}

func (a asker) help(about command.Verb) view.Message {
	specs := command.For(a.admin())
	for _, s := range specs {
		if s.Verb == about {
			return view.HelpAbout(a.Settings.command(), s)
		}
	}
	return view.Help(a.Settings.command(), specs)
}
