package e2e

import (
	"strings"
	"testing"
	"time"

	"usher/bot/slacksim"
	"usher/bot/slacksim/wire"
)

const missedPolicy = `
version: 1
reactions:
  - name: renamed
    on: [renamed]
    channels: [room-.*]
    do: [{announce: {to: news, text: "renamed {{.Channel}}"}}]
    mode: enforce
  - name: archived
    on: [archived]
    channels: [room-.*]
    do: [{announce: {to: news, text: "archived {{.Channel}}"}}]
    mode: enforce
  - name: unarchived
    on: [unarchived]
    channels: [room-.*]
    do: [{announce: {to: news, text: "unarchived {{.Channel}}"}}]
    mode: enforce
`

func missedRooms(names ...string) []slacksim.FileChannel {
	rooms := []slacksim.FileChannel{{Name: "news", Members: []string{"bob", "usher"}}}
	for _, name := range names {
		rooms = append(rooms, slacksim.FileChannel{Name: name, Creator: "bob", Members: []string{"bob"}, Archived: strings.HasPrefix(name, "room-old")})
	}
	return rooms
}

// news checks how often each thing was announced.
func (c *calm) news(when string, want map[string]int) {
	c.Helper()
	s, all := c.slack.State(), map[string]int{}
	for _, text := range c.said("news") {
		what, mention, _ := strings.Cut(text, " ")
		id := strings.Trim(mention, "<#>")
		all[what+" "+s.Workspaces["T01"].Channels[id].Name]++
	}
	for what, n := range want {
		if all[what] != n {
			c.Errorf("%s: %q was announced %d times, want %d", when, what, all[what], n)
		}
		delete(all, what)
	}
	if len(all) > 0 {
		c.Errorf("%s: announced besides: %v", when, all)
	}
}

// Renamings and archivings that nobody heard of, for longer than Slack sends its
// events again, are made up for once. What is so again by then is nothing.
func TestMissedChangesAreMadeUpFor(t *testing.T) {
	inCalm(t, missedPolicy, missedRooms("room-1", "room-2", "room-old", "room-3", "room-4", "room-5", "lobby-6"), func(c *calm) {
		c.pass(10 * time.Minute)
		c.news("at the first start", nil)
		c.stop()
		rename := func(from, to string) { c.act(slacksim.Act{As: "bob", Do: "rename", Channel: from, Name: to}) }
		rename("room-1", "room-one")
		c.act(slacksim.Act{As: "bob", Do: "archive", Channel: "room-2"})
		c.act(slacksim.Act{As: "bob", Do: "unarchive", Channel: "room-old"})
		rename("room-3", "room-three") // and back
		rename("room-three", "room-3")
		rename("room-4", "hall-4") // where no reaction looks
		rename("lobby-6", "room-6")
		c.act(slacksim.Act{As: "bob", Do: "archive", Channel: "room-5"})
		c.act(slacksim.Act{As: "bob", Do: "unarchive", Channel: "room-5"})
		c.pass(time.Hour)
		c.start()
		c.pass(20 * time.Minute)
		want := map[string]int{"renamed room-one": 1, "archived room-2": 1, "unarchived room-old": 1, "renamed room-6": 1}
		c.news("after an hour without Usher", want)
		c.stop()
		c.start()
		c.pass(3 * time.Hour)
		c.news("hours later, and after a restart", want)
		c.act(slacksim.Act{As: "bob", Do: "unarchive", Channel: "room-2"})
		rename("room-one", "room-1")
		c.pass(time.Hour)
		want["unarchived room-2"], want["renamed room-1"] = 1, want["renamed room-1"]+1
		delete(want, "renamed room-one") // news names channels as they are called now
		want["renamed room-1"]++
		c.news("with Usher there", want)
	})
}

// Where Slack sends the events again, they are what is answered; what happened
// too long ago is nothing new.
func TestMissedChangesAreNotAnsweredTwice(t *testing.T) {
	inCalm(t, missedPolicy, missedRooms("room-1", "room-2", "room-3", "room-4"), func(c *calm) {
		rename := func(from, to string) { c.act(slacksim.Act{As: "bob", Do: "rename", Channel: from, Name: to}) }
		c.pass(10 * time.Minute)
		c.stop()
		rename("room-1", "room-a")
		rename("room-a", "room-one") // twice, both of which are heard of in the end
		c.act(slacksim.Act{As: "bob", Do: "archive", Channel: "room-2"})
		c.pass(10 * time.Second)
		c.start()
		c.pass(time.Hour)
		answered := 0
		for _, text := range c.said("news") {
			if strings.HasPrefix(text, "renamed ") {
				answered++
			}
		}
		if answered < 1 || answered > 2 {
			t.Errorf("two renamings were answered %d times", answered)
		}
		c.news("after ten seconds without Usher", map[string]int{"renamed room-one": answered, "archived room-2": 1})
		c.stop()
		c.act(slacksim.Act{As: "bob", Do: "archive", Channel: "room-3"})
		rename("room-4", "room-four")
		c.pass(30 * time.Hour)
		c.start()
		c.pass(time.Hour)
		c.news("after more than a day without Usher", map[string]int{"renamed room-one": answered, "archived room-2": 1})
	})
}

const selfPolicy = `
version: 1
reactions:
  - name: short
    on: [created]
    channels: [room-.*]
    do: [join, {archive: {after: 2h}}]
    mode: enforce
  - name: archived
    on: [archived]
    channels: [room-.*]
    do: [{announce: {to: news, text: "archived {{.Channel}}"}}]
    mode: enforce
`

// What Usher archived itself is no news, also when it hears of that only by reading.
func TestWhatUsherArchivedIsNotMadeUpFor(t *testing.T) {
	inCalm(t, selfPolicy, missedRooms(), func(c *calm) {
		c.create("bob", "room-1", "room-2")
		c.pass(2*time.Hour - 10*time.Minute)
		if err := c.slack.Fault(slacksim.Fault{Wire: wire.Fault{Envelopes: "delay", By: 30 * time.Minute, Times: 100}}); err != nil {
			t.Fatal(err)
		}
		c.pass(20 * time.Minute)
		if !c.archived("room-1") || !c.archived("room-2") {
			t.Fatal("they are not archived")
		}
		c.stop()
		c.pass(time.Hour)
		c.start()
		c.pass(time.Hour)
		c.news("in the end", nil)
	})
}
