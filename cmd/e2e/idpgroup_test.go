package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"

	"usher/bot/config"
	"usher/bot/slacksim"
)

const organisationFile = `
seed: 7
workspaces:
  - id: T01
    name: acme
    grid: true
    preferences: {remove_from_public: everyone}
    users:
      - {name: alice, admin: true}
      - {name: bob}
      - {name: carol}
      - {name: mallory}
    channels:
      - {name: general, general: true}
      - {name: finance-forecast, private: true, members: [alice, usher]}
    idp_groups:
      - {id: S0FIN, name: Finance, members: [alice, bob, carol]}
`

const organisationPolicy = `
version: 1
contact: "#general"
clusters:
  - name: finance
    members: [{idp_group: S0FIN}]
    channels: [finance-.*]
    join: self
    others: remove
    mode: enforce
usergroups:
  - {handle: fin, name: Fin, members: [{idp_group: S0FIN}], mode: enforce}
`

// organisation is a town on Enterprise Grid.
func organisation(t *testing.T, inForecast string) *town {
	t.Helper()
	file, err := slacksim.ParseFile([]byte(strings.Replace(organisationFile, "members: [alice, usher]", "members: ["+inForecast+"]", 1)))
	if err != nil {
		t.Fatal(err)
	}
	w := newTown(t, func(o *slacksim.Options) { o.Workspace, o.NoRateLimits = file, true })
	w.policy(organisationPolicy)
	return w
}

func (w *town) asks(who, text string) string {
	w.Helper()
	got := w.act(slacksim.Act{As: who, Do: "slash", Command: "/usher", Text: text, Channel: "general"})
	if got.Reply == nil {
		return ""
	}
	return got.Reply.Text
}

// On Enterprise Grid the identity provider says who belongs. Slack tells nobody
// when that changes: the next reading finds it.
func TestAGroupOfTheIdentityProviderOpensRooms(t *testing.T) {
	t.Parallel()
	w := organisation(t, "alice, usher")
	s := w.settings()
	s.Replan = 2 * time.Second
	s.Workspaces[0].AdminToken = config.NewSecret(w.slack.Ready().Workspaces[0].AdminToken)
	w.startWith(s)
	const letIn = "Letting you into"
	if said := w.asks("bob", "join #finance-forecast"); !strings.Contains(said, letIn) {
		t.Errorf("bob reads %q", said)
	}
	if said := w.asks("mallory", "join #finance-forecast"); strings.Contains(said, letIn) {
		t.Errorf("mallory reads %q", said)
	}
	inGroup := func(s slacksim.State, who string) bool {
		for _, g := range s.Workspaces["T01"].Usergroups {
			if g.Handle == "fin" && slices.Contains(g.Users, user(s, who)) {
				return true
			}
		}
		return false
	}
	w.until("bob is in, and the user group is made of the identity provider's", func(s slacksim.State) bool {
		return in(s, "bob", "finance-forecast") && inGroup(s, "bob") && inGroup(s, "carol") && !inGroup(s, "mallory")
	})
	w.act(slacksim.Act{As: "alice", Do: "set_idp_group", IDPGroup: "S0FIN", Members: &slacksim.Names{"alice", "carol", "mallory"}})
	w.until("bob is out of both, and mallory in the user group", func(s slacksim.State) bool {
		return !in(s, "bob", "finance-forecast") && !inGroup(s, "bob") && inGroup(s, "mallory")
	})
	if said := w.asks("mallory", "join #finance-forecast"); !strings.Contains(said, letIn) {
		t.Errorf("mallory reads %q", said)
	}
}

// Without an administrator's token nobody is known to belong: nobody is let in,
// nobody removed, and whoever operates the bot is told what to do.
func TestAGroupOfTheIdentityProviderThatNobodyMayRead(t *testing.T) {
	t.Parallel()
	w := organisation(t, "alice, bob, mallory, usher")
	b := w.startWith(w.settings())
	w.until("it is said", func(slacksim.State) bool {
		_, findings := b.Look(t.Context())
		for _, f := range findings {
			if strings.Contains(f.Sentence, "S0FIN") {
				return true
			}
		}
		return false
	})
	if said := w.asks("carol", "join #finance-forecast"); strings.Contains(said, "Letting you into") || said == "" {
		t.Errorf("carol reads %q", said)
	}
	if s := w.slack.State(); !in(s, "mallory", "finance-forecast") || !in(s, "bob", "finance-forecast") {
		t.Error("somebody was removed")
	}
}
