package command_test

import (
	"fmt"
	"strings"
	"testing"

	"usher/handlers/command"
	"usher/rules/workspace"
)

func acme() *workspace.Snapshot {
	e := workspace.New(workspace.Team{ID: "T01"}).Edit()
	for _, u := range []workspace.User{
		{ID: "U0ALICE01", Name: "alice", RealName: "Alice Doe", Email: "alice@acme.test"},
		{ID: "U0BOB0001", Name: "bob", Display: "Bob"},
		{ID: "U0BOB0002", Name: "robert", Display: "bob"},
		{ID: "U0CAROL01", Name: "carol", RealName: "Carol Roe"},
		{ID: "U0CAROL02", Name: "caro", RealName: "Carol Roe"},
		{ID: "U0OLD0001", Name: "old", Deleted: true},
		{ID: "U0GONE001", Name: "twin", Deleted: true},
		{ID: "U0GONE002", Name: "twin", Deleted: true},
		{ID: "U0GONE003", Name: "caro", RealName: "Old Carol", Deleted: true},
	} {
		e.PutUser(u)
	}
	for _, c := range []workspace.Channel{
		{ID: "C0FINANCE", Name: "finance"},
		{ID: "C0SECRET1", Name: "secret", Private: true},
		{ID: "C0UMLAUT1", Name: "größe"},
	} {
		e.PutChannel(c)
	}
	return e.Snapshot()
}

func TestTargetFindsPeople(t *testing.T) {
	w := acme()
	for text, want := range map[string]workspace.UserID{
		"<@U0BOB0002|robert>": "U0BOB0002", "<@U0BOB0002>": "U0BOB0002", "U0ALICE01": "U0ALICE01", "@alice": "U0ALICE01", "@Alice": "U0ALICE01",
		"@bob": "U0BOB0001", "ALICE@acme.test": "U0ALICE01", "“Alice Doe”": "U0ALICE01", `"@alice doe"`: "U0ALICE01",
		"“Carol Roe”": "", "@old": "U0OLD0001", "@twin": "", "“Old Carol”": "U0GONE003", "@caro": "U0CAROL02", "@nobody": "", "nobody@acme.test": "", "<@U0NOBODY1>": "", "@": "",
	} {
		call, err := command.Parse("why " + text + " #finance")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		u, ok := call.Person.Person(w)
		if ok != (want != "") || ok && u.ID != want {
			t.Errorf("%s is %q, want %q", text, u.ID, want)
		}
	}
}

func TestTargetFindsChannels(t *testing.T) {
	w := acme()
	public := func(c workspace.Channel) bool { return !c.Private }
	for text, want := range map[string]workspace.ChannelID{
		"#finance": "C0FINANCE", "finance": "C0FINANCE", "#FINANCE!": "C0FINANCE", "<#C0FINANCE|finance>": "C0FINANCE", "C0FINANCE": "C0FINANCE", "#C0FINANCE": "C0FINANCE",
		"(#finance)": "C0FINANCE", "##finance": "C0FINANCE", "＃finance": "C0FINANCE", "#größe": "C0UMLAUT1",
		"#secret": "", "<#C0SECRET1|secret>": "", "#nothing": "", "<#C0NOTHING|finance>": "C0FINANCE", "#": "",
	} {
		call, err := command.Parse("join " + text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		c, ok := call.Channel.Channel(w, public)
		if ok != (want != "") || ok && c.ID != want {
			t.Errorf("%s is %q, want %q", text, c.ID, want)
		}
	}
}

func TestClosest(t *testing.T) {
	names := []string{"finance-forecast", "finance-reports", "sales-forecast", "general", "random", "größe", "it", "hr"}
	for word, want := range map[string]string{
		"finance-forcast":  "finance-forecast",
		"finance-forceast": "finance-forecast", // swapped
		"Sales-Forecast":   "sales-forecast",
		"genral":           "general",
		"rnadom":           "random",
		"grösse":           "größe",
		"forecast":         "sales-forecast finance-forecast",
		"zebra":            "",
		"ti":               "it",
		"x":                "",
		"":                 "",
		"finance-forecast": "finance-forecast",
	} {
		if got := strings.Join(command.Closest(word, names, 3), " "); got != want {
			t.Errorf("%q is near %q, want %q", word, got, want)
		}
	}
	if got := command.Closest(strings.Repeat("x", 5000), names, 3); got != nil {
		t.Errorf("a word of 5,000 letters is near %q", got)
	}
}

// The quick look at letters never drops a name that is near.
func TestNearAgreesWithDistance(t *testing.T) {
	for i := range 26 {
		for _, edit := range []string{"channel%cname", "channe%clname", "%channelname", "channelname%c"} {
			name := strings.ReplaceAll(fmt.Sprintf(strings.ReplaceAll(edit, "%channel", "%cchannel"), 'a'+i), "%", "")
			if far, ok := command.Near("channelname")(name); !ok || far > 1 {
				t.Errorf("%q is %d from channelname (%v), want 1", name, far, ok)
			}
		}
	}
}
