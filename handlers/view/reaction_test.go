package view_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"usher/bot/slacksim/blockkit"
	"usher/handlers/view"
	"usher/rules/action"
)

// Slack takes what reactions show, at its longest too.
func TestWhatReactionsShowIsTaken(t *testing.T) {
	long := strings.Repeat("x", 2000)
	for _, reaction := range []string{"naming", long} {
		for name, m := range map[string]view.Message{
			"warning":  view.ArchiveWarning(action.Archive{Channel: "C1", Reaction: reaction, Event: "Ev1", Number: 3, Warn: true, Active: true, End: noon}),
			"proposal": view.Notice{Topic: action.ProposeRename, Channel: "C1", ChannelName: strings.Repeat("n", 80), Cluster: reaction, Detail: strings.Repeat("long ", 700)}.Message(),
			"told":     view.Notice{Topic: action.FromReaction, Channel: "C1", Cluster: reaction, Detail: "Thanks for <#C1>"}.Message(),
			"kept":     view.Kept("U1", noon),
		} {
			if m.Text == "" {
				t.Errorf("%s has no text", name)
			}
			raw, err := json.Marshal(slack.Blocks{BlockSet: m.Blocks})
			if err != nil {
				t.Fatal(err)
			}
			if len(m.Blocks) > 0 {
				for _, p := range blockkit.Message(raw) {
					t.Errorf("%s: %v", name, p)
				}
			}
		}
		v := view.RenameModal(view.Renaming{Channel: "C1", Reaction: reaction}, "a<b>&c <!channel>", "team-x", []string{"team-", "help-"})
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range blockkit.View(raw) {
			t.Errorf("the window: %v", p)
		}
		if strings.Contains(string(raw), "<!channel>") {
			t.Error("a channel's name can ping")
		}
	}
}

func TestButtonsSayWhatTheyAreAbout(t *testing.T) {
	keep := view.Keeping{Channel: "C1", Number: 3, Event: "due:7:1", Reaction: "two words"}
	if back := view.ReadKeeping(keep.String()); back != keep {
		t.Errorf("%+v came back as %+v", keep, back)
	}
	rename := view.Renaming{Channel: "C1", Reaction: "two words"}
	if back := view.ReadRenaming(rename.String()); back != rename {
		t.Errorf("%+v came back as %+v", rename, back)
	}
	if back := view.ReadKeeping("nonsense"); back.Number != 0 || back.Reaction != "" {
		t.Errorf("nonsense came back as %+v", back)
	}
}
