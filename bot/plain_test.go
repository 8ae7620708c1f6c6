package bot_test

import (
	"testing"

	"usher/bot"
	"usher/rules/workspace"
)

func TestPlainIsForTerminals(t *testing.T) {
	e := workspace.New(workspace.Team{ID: "T01"}).Edit()
	e.PutUser(workspace.User{ID: "U1", Name: "carol", RealName: "Carol Poe"})
	e.PutChannel(workspace.Channel{ID: "C1", Name: "finance-reports"})
	e.PutUsergroup(workspace.Usergroup{ID: "S1", Handle: "leads"})
	w := e.Snapshot()
	for mrkdwn, want := range map[string]string{
		"":           "",
		"Ask <@U1>.": "Ask Carol Poe.",
		"into <#C1>: the rule *finance* (R&amp;D)":                "into #finance-reports: the rule finance (R&D)",
		"*#finance-forecast* &lt;b&gt;":                           "#finance-forecast <b>",
		"<@U9|dave>, <@U9>, <!subteam^S1>":                        "dave, U9, @leads",
		"until <!date^1795348150^{date}|22 Nov 2026 11:49 UTC>":   "until 22 Nov 2026 11:49 UTC",
		"<https://wiki.acme.test|Runbook> or <https://acme.test>": "Runbook or https://acme.test",
		"`/usher list` shows the channels":                        "`/usher list` shows the channels",
	} {
		if got := bot.Plain(w, mrkdwn); got != want {
			t.Errorf("Plain(%q) = %q, want %q", mrkdwn, got, want)
		}
	}
}
