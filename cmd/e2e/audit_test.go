package e2e

import (
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"usher/bot/slacksim"
)

// Whatever was decided and done can be read beside the running bot and without
// one, and nobody changes it unseen.
func TestAudit(t *testing.T) {
	t.Parallel()
	w := newTown(t, func(o *slacksim.Options) {
		o.Workspace.Workspaces[0].Users = append(o.Workspace.Workspaces[0].Users, slacksim.FileUser{Name: "eve", RealName: `=HYPERLINK("http://evil.test","x")`})
	})
	w.policy(strings.Replace(townPolicy, "contact:", adminPolicy, 1))
	_, stop := w.start()
	w.act(slacksim.Act{As: "alice", Do: "invite", Channel: "finance-forecast", Users: slacksim.Names{"mallory", "eve"}})
	w.until("both are out", func(s slacksim.State) bool {
		return !in(s, "mallory", "finance-forecast") && !in(s, "eve", "finance-forecast") && len(private(s, "mallory")) > 0 && len(private(s, "eve")) > 0
	})
	w.act(slacksim.Act{As: "alice", Do: "slash", Command: "/usher", Text: "pause a test"})

	out, errs, code := w.cli("audit", "--person", "mallory", "--since", "1h", "--csv")
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if code != 0 || err != nil || len(rows) < 4 {
		t.Fatalf("usher audit beside the bot: exit code %d, %v\n%s%s", code, err, out, errs)
	}
	seen := map[string]bool{}
	for _, r := range rows[1:] {
		seen[r[2]+" "+r[3]] = true
		if r[5] != "Mallory Moe" || r[7] != "#finance-forecast" {
			t.Errorf("a row about somebody else: %q", r)
		}
		if r[2] == "decision" && !strings.Contains(r[11], "does not let other people stay") {
			t.Errorf("a decision without its reasons: %q", r)
		}
	}
	if !seen["decision remove"] || !seen["action done"] {
		t.Errorf("rows: %v", seen)
	}
	w.noSecrets("the audit", out)

	out, _, _ = w.cli("audit", "--channel", "#finance-forecast", "--csv")
	if rows, err = csv.NewReader(strings.NewReader(out)).ReadAll(); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		for _, cell := range r {
			if strings.HasPrefix(cell, "=") {
				t.Errorf("a spreadsheet takes this for a formula: %q", cell)
			}
		}
	}
	if !strings.Contains(out, `'=HYPERLINK`) {
		t.Errorf("eve is not in it:\n%s", out)
	}

	out, _, code = w.cli("audit", "--kind", "pause", "--json")
	var row struct {
		Kind, Actor, What, Hash string
		Reasons                 []string
	}
	if err := json.Unmarshal([]byte(out), &row); err != nil || code != 0 || row.Kind != "pause" || row.Actor == "" || row.Hash == "" || len(row.Reasons) != 1 || row.Reasons[0] != "a test" {
		t.Errorf("the pause: exit code %d, %v\n%s", code, err, out)
	}

	stop()
	if out, errs, code = w.cli("audit", "verify"); code != 0 || !strings.Contains(out, "each follows from the one before") {
		t.Errorf("verifying: exit code %d\n%s%s", code, out, errs)
	}
	if out, _, code = w.cli("audit", "--person", "Mallory Moe"); code != 0 || !strings.Contains(out, "remove Mallory Moe in #finance-forecast") {
		t.Errorf("without a bot: exit code %d\n%s", code, out)
	}
	if out, errs, code = w.cli("resume"); code != 0 || !strings.Contains(out, "no bot runs at the moment") {
		t.Errorf("resuming without a bot: exit code %d\n%s%s", code, out, errs)
	}
	tamper(t, filepath.Join(w.dir, "usher.db"))
	if out, errs, code = w.cli("audit", "verify"); code != 1 || !strings.Contains(errs, "it was changed after it was written") {
		t.Errorf("verifying what was changed: exit code %d\n%s%s", code, out, errs)
	}
}

// tamper has the audit say that somebody else was removed.
func tamper(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "UPDATE audit SET member = 'U0ALICE' WHERE seq = (SELECT MIN(seq) FROM audit WHERE verdict = 'remove')"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
