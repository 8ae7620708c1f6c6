package rules_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"usher/rules"
	"usher/rules/action"
	"usher/rules/workspace"
)

type grant = workspace.Grant

func (m *model) lastGrant(r *room, u int) grant {
	var last grant
	for _, g := range m.grants {
		if g.Channel == r.ID && g.User == m.users[u].ID {
			last = g
		}
	}
	return last
}

func (m *model) policy(w *workspace.Snapshot) *rules.Policy {
	p, _ := rules.Compile(m.config)
	bound, _, _ := p.Bind(w, nil)
	return bound
}

// TestPlanIsWhatThePolicySays compares plans of random workspaces with a simple
// reading of the policy: exactly those go who must go and are not held back, so
// nobody protected, nobody of whom something is not known, and nobody because
// of a rule that only reports.
func TestPlanIsWhatThePolicySays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t)
		w := m.snapshot()
		p := m.policy(w)
		plan := p.Plan(w, noon)
		if again := m.policy(w).Plan(w, noon); !reflect.DeepEqual(plan, again) {
			t.Fatalf("equal inputs, other plans:\n%v\n%v", plan, again)
		}
		for i := range m.channels {
			r := &m.channels[i]
			removed := removals(plan.Actions, r.ID)
			var held []workspace.UserID
			for _, b := range plan.Held {
				for _, d := range b.Decisions {
					if d.Channel == r.ID && d.Verdict == rules.Remove {
						held = append(held, d.User)
					}
				}
			}
			var want []int
			for _, u := range r.in {
				if m.mustGo(r, u) {
					want = append(want, u)
				}
			}
			got := slices.Concat(removed, held)
			if r.Private && len(want) > 0 && !m.left(r, want) {
				if len(got) != len(want)-1 {
					t.Fatalf("#%s: of %v one must stay, removed are %v", r.Name, m.ids(want), got)
				}
				continue
			}
			ids := m.ids(want)
			slices.Sort(ids)
			slices.Sort(got)
			if !slices.Equal(ids, got) {
				t.Fatalf("#%s: must go %v, removed are %v, held %v", r.Name, ids, removed, held)
			}
		}
	})
}

func removals(all []action.Action, c workspace.ChannelID) []workspace.UserID {
	var ids []workspace.UserID
	for _, a := range all {
		if r, ok := a.(action.Remove); ok && r.Channel == c {
			ids = append(ids, r.User)
		}
	}
	return ids
}

// TestPlanAgain carries plans out until nothing is left to do. That takes one
// more only where Usher had to come into a channel first, or where somebody
// stayed for being the last one and others were invited.
func TestPlanAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t)
		sizes := rules.Sizes{}
		more := true
		for round := 0; more; round++ {
			if round > 4 {
				t.Fatal("there is always something left to do")
			}
			w := m.snapshot()
			p := m.policy(w).Remember(sizes)
			plan := p.Plan(w, noon)
			sizes = plan.Sizes
			more = slices.ContainsFunc(plan.Actions, func(a action.Action) bool { return a.Kind() == action.KindJoin }) ||
				len(plan.Actions) > 0 && slices.ContainsFunc(plan.Decisions, func(d rules.Decision) bool { return last(d).Code == rules.CodeLastMember })
			for _, a := range plan.Actions {
				if ok, d := p.Still(w, noon, a); !ok {
					t.Fatalf("%s is planned, and not right: %v", a, d)
				}
			}
			m.carryOut(plan)
		}
		// A removal changes no source, unless the channel is one itself.
		if plan := settledPlan(m, sizes); len(plan.Actions) > 0 && !m.mastersGoverned() {
			t.Fatalf("carried out, and still to do: %v", plan.Actions)
		}
	})
}

func settledPlan(m *model, sizes rules.Sizes) rules.Plan {
	w := m.snapshot()
	return m.policy(w).Remember(sizes).Plan(w, noon)
}

// mastersGoverned reports whether some cluster takes people out of another's master.
func (m *model) mastersGoverned() bool {
	return len(m.claiming(&m.channels[0])) > 0 || len(m.claiming(&m.channels[1])) > 0
}

// TestPlanAndEventsAgree asks about every membership on its own and expects what
// the plan says of it, and the same of invitations.
func TestPlanAndEventsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t)
		m.config.Brakes.Removals.Text = "1000"
		m.config.Brakes.Share.Text = "100%"
		w := m.snapshot()
		p := m.policy(w)
		plan := p.Plan(w, noon)
		planned := map[string]rules.Decision{}
		for _, d := range plan.Decisions {
			planned[fmt.Sprint(d.Channel, d.User)] = d
		}
		var planInvites, eventInvites []string
		for _, a := range plan.Actions {
			if inv, ok := a.(action.Invite); ok {
				for _, u := range inv.Users {
					planInvites = append(planInvites, fmt.Sprint(inv.Channel, u))
				}
			}
		}
		for _, u := range m.users {
			for _, d := range p.DecideUser(w, noon, u.ID, rules.CausePlan) {
				key := fmt.Sprint(d.Channel, d.User)
				if len(d.Actions) == 1 && d.Actions[0].Kind() == action.KindInvite {
					eventInvites = append(eventInvites, key)
					continue
				}
				was, inPlan := planned[key]
				switch {
				case inPlan && last(was).Code == rules.CodeLastMember:
				case inPlan && !reflect.DeepEqual(was, d):
					t.Fatalf("the plan says %v, the event %v", was, d)
				case !inPlan && (d.Verdict == rules.Remove || d.Verdict == rules.Warn || d.Verdict == rules.Review):
					t.Fatalf("the plan says nothing, the event %v", d)
				}
				delete(planned, key)
			}
		}
		slices.Sort(planInvites)
		slices.Sort(eventInvites)
		if !slices.Equal(planInvites, eventInvites) {
			t.Fatalf("the plan invites %v, events %v", planInvites, eventInvites)
		}
		for _, d := range planned {
			t.Fatalf("only the plan says %v", d)
		}
	})
}

// last is what settled a decision, a dry run left aside.
func last(d rules.Decision) rules.Reason {
	for i := len(d.Reasons) - 1; i >= 0; i-- {
		if d.Reasons[i].Code != rules.CodeDryRun {
			return d.Reasons[i]
		}
	}
	return rules.Reason{}
}
