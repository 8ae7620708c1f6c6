package handlers

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"usher/handlers/view"
	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

// gather is how long changes of one user group are gathered into one writing:
// Slack takes twenty of those a minute. What is asked for within one span of it
// is due at its end.
const gather = 2 * time.Second

// accountsAgain is when the accounts are read after Slack refused one of them.
const accountsAgain = time.Minute

// bring queues the bringing into line of user groups at the end of the span, and
// everything else at once.
func (r Request) bring(out *Outcome, actions []action.Action) {
	end := r.At.Truncate(gather).Add(gather)
	for _, a := range actions {
		if a.Kind() != action.KindKeepUsergroup {
			out.do(a)
			continue
		}
		due := Due{Action: a, At: end}
		if !slices.ContainsFunc(out.Actions, func(d Due) bool {
			return d.Action.Kind() == a.Kind() && d.Action.Key() == a.Key()
		}) {
			out.Actions = append(out.Actions, due)
		}
	}
}

// groupsOf asks about some people in user groups kept by rule: those of some
// handles, or all (nil). An empty list of handles is none.
func (r Request) groupsOf(out *Outcome, cause rules.Cause, handles []string, users ...workspace.UserID) {
	if handles != nil && len(handles) == 0 {
		return
	}
	g := r.Policy.DecideGroups(r.Workspace, r.At, cause, handles, users...)
	out.Decisions = append(out.Decisions, g.Decisions...)
	out.Rebased = append(out.Rebased, g.Rebased...)
	r.hold(out, g.Held)
	r.bring(out, g.Actions)
	out.read(g.Refresh)
}

// decoupled asks again about groups that were waiting for somebody to be out of a
// channel, who is out of it now.
func (r Request) decoupled(out *Outcome, ch workspace.ChannelID, user workspace.UserID) {
	if handles := r.Policy.Awaits(r.Workspace, ch, user); len(handles) > 0 {
		r.groupsOf(out, rules.CauseSource, handles, user)
	}
}

// groupsFed asks about people in the user groups that a source feeds.
func (r Request) groupsFed(out *Outcome, kind rules.SourceKind, id string, users ...workspace.UserID) {
	if fed := r.Policy.GroupsFedBy(kind, id); len(fed) > 0 {
		r.groupsOf(out, rules.CauseSource, fed, users...)
	}
}

// groupMoved is what follows from people having come into a user group or gone
// out of it, whoever did that.
func (r Request) groupMoved(out *Outcome, id workspace.UsergroupID, added, removed []workspace.UserID) {
	if g, ok := r.Policy.ManagedGroup(r.Workspace, id); ok {
		changed := slices.Concat(added, removed)
		if len(changed) == 0 || len(changed) > mostAtOnce {
			changed = nil
		}
		r.groupsOf(out, rules.CauseSource, []string{g.Handle}, changed...)
	}
	r.groupsFed(out, rules.FromUsergroup, string(id))
}

// afterKeep remembers what the rule put into a group and tells people once and
// privately that they came into it or out of it, and why.
func afterKeep(_ context.Context, r Request, s Settled) (Outcome, error) {
	var out Outcome
	a, ok := s.Action.(action.KeepUsergroup)
	if !ok {
		return out, nil
	}
	id := workspace.UsergroupID(s.Result.Value["group"])
	switch {
	case s.Result.OK() && id != "":
		out.Rebased = append(out.Rebased, rules.Rebase{Group: id, Add: idList(s.Result.Value["base_add"]), Drop: idList(s.Result.Value["base_drop"])})
		r.tellMoved(&out, a, id, idList(s.Result.Value["added"]), action.JoinedGroup)
		r.tellMoved(&out, a, id, idList(s.Result.Value["removed"]), action.LeftGroup)
		if s.Result.Class == Done { // somebody may have come or gone before it was known whom the rule had put there
			r.bring(&out, []action.Action{action.KeepUsergroup{Handle: a.Handle, Group: id}})
		}
	case s.Result.Code == "invalid_users" || s.Result.Code == "failed_for_some_users":
		// An account is not what it was thought to be.
		out.Actions = append(out.Actions, Due{Action: action.Refresh{Users: true}, At: r.At.Add(accountsAgain)})
	}
	r.groupBlocked(&out, a.Group, a.Handle, s.Result)
	return out, nil
}

func idList(joined string) []workspace.UserID {
	var ids []workspace.UserID
	for id := range strings.SplitSeq(joined, ",") {
		if id != "" {
			ids = append(ids, workspace.UserID(id))
		}
	}
	return ids
}

// tellMoved tells each of some people what the rule did, once for this time.
func (r Request) tellMoved(out *Outcome, a action.KeepUsergroup, id workspace.UsergroupID, people []workspace.UserID, topic action.Topic) {
	for _, to := range people {
		u, known := r.Workspace.User(to)
		if !known || u.Bot || u.Deleted || u.Stub {
			continue
		}
		t := action.Tell{To: to, Topic: topic, Usergroup: id, Cluster: "@" + a.Handle, Once: strings.Join([]string{string(topic), string(id), string(to), r.EventID}, ":")}
		if d, ok := r.Policy.GroupWhy(r.Workspace, r.At, a.Handle, to); ok {
			t.Reasons = d.Words(r.Workspace, to)
		}
		out.do(t)
	}
}

// groupBlocked tells the administrators, once a day for each group and cause,
// what somebody has to change; for what holds in the whole workspace, once a day
// for all of them.
func (r Request) groupBlocked(out *Outcome, id workspace.UsergroupID, handle string, result Result) {
	if result.Class != Blocked && result.Class != Never {
		return
	}
	if result.everywhere() {
		r.operators(out, "blocked:usergroups:"+result.Code+":"+r.day(),
			action.Tell{Cluster: "@" + handle, Detail: "The user group @" + handle + ", and every other that a rule wants otherwise than it is, has to stay as it is. " + result.Sentence})
		return
	}
	detail := result.Sentence
	if result.Code == "handle_already_exists" {
		detail = r.heldBy(handle)
	}
	r.operators(out, "blocked:"+string(id)+handle+":"+result.Code+":"+r.day(),
		action.Tell{Cluster: "@" + handle, Detail: "The user group @" + handle + " is not as its rule wants it. " + detail})
}

// heldBy says who holds a handle, and offers to bring back a disabled group that
// does, in plain text.
func (r Request) heldBy(handle string) string {
	h := rules.WhoHolds(r.Workspace, handle, "")
	words := h.Words(handle)
	if h.Revivable() {
		words += fmt.Sprintf(" An administrator types %s group enable @%s.", r.Settings.command(), h.Usergroup.Handle)
	}
	return words
}

// groupWhom is who can be asked about a user group by its rule's handle, which may
// not be what the group is called by now; "": no rule is about it.
func (r Request) groupWhom(handle string, reader workspace.UserID) view.Whom {
	whom := r.whomFor("", reader)
	for _, o := range r.Policy.GroupOwners(r.Workspace, handle) {
		if o == reader {
			whom.You = true
			continue
		}
		whom.Owners = append(whom.Owners, o)
	}
	return whom
}
