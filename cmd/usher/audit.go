package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"usher/bot"
	"usher/bot/directory"
	"usher/bot/store"
	"usher/rules/workspace"
)

type auditCommand struct {
	Show   auditShowCommand   `cmd:"" default:"withargs" help:"Print what was decided and done, oldest first."`
	Verify auditVerifyCommand `cmd:"" help:"Check that nothing in the audit was changed, taken out or put in."`
}

func (auditCommand) Help() string {
	return "Without a further word it prints; usher audit show --help lists what it can be narrowed by.\n\nExample:\n  usher audit --person bob --since 7d --csv\n  usher audit verify"
}

type auditShowCommand struct {
	runningBot

	Person  string `placeholder:"PERSON" help:"Only what is about this person, alone or among others: id, e-mail address or name."`
	Channel string `placeholder:"CHANNEL" help:"Only about this channel: name or id."`
	Since   string `placeholder:"WHEN" help:"Only since then: 24h, 7d, 2026-03-01 or a whole RFC 3339 time."`
	Kind    string `placeholder:"KIND" help:"Only rows of this kind: decision, action, reaction, asked, plan, release, discard, pause, resume, policy, …"`
	CSV     bool   `name:"csv" xor:"format" help:"Print CSV; cells that a spreadsheet would take for a formula begin with an apostrophe."`
	JSON    bool   `name:"json" xor:"format" help:"Print one JSON object a line."`
}

func (auditShowCommand) Help() string {
	return "Reads the database directly, whether or not the bot runs, and changes nothing.\n\nExample:\n  usher audit --person bob --since 7d --csv"
}

func (c auditShowCommand) Run(ctx context.Context, std Streams) (err error) {
	since, err := parseSince(c.Since, time.Now())
	if err != nil {
		return err
	}
	if c.Kind != "" && !slices.Contains(auditKinds, c.Kind) {
		return usagef("--kind: there is no kind %q; there are %s", c.Kind, strings.Join(auditKinds, ", "))
	}
	db, team, err := c.attach(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	known := directory.New(directory.Config{Memory: db})
	if err := known.Open(ctx, workspace.Team{ID: team}, time.Time{}); err != nil {
		return err
	}
	w := known.Snapshot(team)
	f := store.Filter{Kind: store.RecordKind(c.Kind), Since: since, Limit: auditPage}
	if c.Person != "" {
		if f.User, err = personOf(w, c.Person); err != nil {
			return err
		}
	}
	if c.Channel != "" {
		if f.Channel, err = channelOf(w, c.Channel); err != nil {
			return err
		}
	}
	show := c.printer(std.Out, w)
	for {
		page, err := db.Audit(ctx, team, f)
		if err != nil {
			return err
		}
		for _, r := range page {
			if err := show.row(r); err != nil {
				return err
			}
			f.After = r.Seq
		}
		if len(page) < auditPage {
			return show.end()
		}
	}
}

// auditKinds are the kinds of rows, as --kind takes them.
var auditKinds = []string{
	string(store.RecordDecision), string(store.RecordAction), string(store.RecordReaction), string(store.RecordGrant),
	string(store.RecordAsked), string(store.RecordPlan), string(store.RecordRelease), string(store.RecordDiscard), string(store.RecordRevived),
	string(store.RecordPause), string(store.RecordResume), string(store.RecordPolicy), string(store.RecordFailure),
}

// auditPage is how many rows are read at once.
const auditPage = 1000

// anID is what may be the id of somebody, or of a channel, that is not known any more.
var anID = regexp.MustCompile(`^[UWCG][A-Z0-9]{2,}$`)

func personOf(w *workspace.Snapshot, named string) (workspace.UserID, error) {
	u, err := bot.FindPerson(w, named)
	if err != nil && anID.MatchString(named) {
		return workspace.UserID(named), nil
	}
	return u.ID, err
}

func channelOf(w *workspace.Snapshot, named string) (workspace.ChannelID, error) {
	bare := strings.TrimPrefix(mentioned(named, "#"), "#")
	if c, ok := w.ChannelByName(strings.ToLower(bare)); ok {
		return c.ID, nil
	}
	if _, ok := w.Channel(workspace.ChannelID(bare)); ok || anID.MatchString(bare) {
		return workspace.ChannelID(bare), nil
	}
	var names []string
	for c := range w.Channels() {
		names = append(names, c.Name)
	}
	return "", fmt.Errorf("no channel is called %s%s; one that is gone can be named by its id", named, meant("#", bare, names))
}

// parseSince reads how long ago, a day, or a moment; empty is the zero time.
func parseSince(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 {
			return now.AddDate(0, 0, -n), nil
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return now.Add(-d), nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usagef("--since: %q is no time; write 24h, 7d, 2026-03-01 or 2026-03-01T08:00:00Z", text)
}

// printer writes rows in one format.
type printer struct {
	row func(store.Record) error
	end func() error
}

func (c auditShowCommand) printer(out io.Writer, w *workspace.Snapshot) printer {
	switch {
	case c.JSON:
		enc := json.NewEncoder(out)
		return printer{func(r store.Record) error { return enc.Encode(auditJSON(r, w)) }, func() error { return nil }}
	case c.CSV:
		enc := csv.NewWriter(out)
		err := enc.Write([]string{"seq", "at", "kind", "verdict", "user", "person", "channel", "channel_name", "cluster", "actor", "what", "reasons", "event", "hash"})
		return printer{
			func(r store.Record) error { return errors.Join(err, enc.Write(auditCells(r, w))) },
			func() error { enc.Flush(); return errors.Join(err, enc.Error()) },
		}
	}
	return printer{func(r store.Record) error {
		_, err := fmt.Fprintf(out, "%d  %s  %-9s %s%s%s\n", r.Seq, r.At.UTC().Format("2006-01-02 15:04:05"), r.Kind, came(r), bot.InWords(w, r.Line), actor(w, r))
		for _, why := range reasonsOf(r, w) {
			_, _ = fmt.Fprintf(out, "        %s\n", why)
		}
		return err
	}, func() error { return nil }}
}

// came is how an action ended; decisions say it in their line.
func came(r store.Record) string {
	if r.Kind == store.RecordAction {
		return r.Verdict + ": "
	}
	return ""
}

func actor(w *workspace.Snapshot, r store.Record) string {
	if r.Actor == "" {
		return ""
	}
	return "  (by " + bot.Named(w, r.Actor) + ")"
}

func auditCells(r store.Record, w *workspace.Snapshot) []string {
	cells := []string{
		strconv.FormatInt(r.Seq, 10), r.At.UTC().Format(time.RFC3339Nano), string(r.Kind), r.Verdict, string(r.User), nameOf(w, string(r.User)),
		string(r.Channel), nameOf(w, string(r.Channel)), r.Cluster, r.Actor, bot.InWords(w, r.Line), strings.Join(reasonsOf(r, w), " "), r.Event, r.Hash,
	}
	for i, cell := range cells {
		cells[i] = safeCell(cell)
	}
	return cells
}

func nameOf(w *workspace.Snapshot, id string) string {
	if id == "" {
		return ""
	}
	return bot.Named(w, id)
}

// safeCell keeps a spreadsheet from taking somebody's name for a formula.
func safeCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(s[0])) {
		return "'" + s
	}
	return s
}

// auditRow is a row as --json prints it.
type auditRow struct {
	Seq     int64               `json:"seq"`
	At      time.Time           `json:"at"`
	Kind    store.RecordKind    `json:"kind"`
	Verdict string              `json:"verdict,omitempty"`
	User    workspace.UserID    `json:"user,omitempty"`
	Person  string              `json:"person,omitempty"`
	Channel workspace.ChannelID `json:"channel,omitempty"`
	Name    string              `json:"channel_name,omitempty"`
	Cluster string              `json:"cluster,omitempty"`
	Actor   string              `json:"actor,omitempty"`
	What    string              `json:"what"`
	Reasons []string            `json:"reasons,omitempty"`
	Event   string              `json:"event,omitempty"`
	Action  store.ActionID      `json:"action,omitempty"`
	Body    map[string]any      `json:"body,omitempty"`
	Prev    string              `json:"prev"`
	Hash    string              `json:"hash"`
}

func auditJSON(r store.Record, w *workspace.Snapshot) auditRow {
	return auditRow{
		Seq: r.Seq, At: r.At, Kind: r.Kind, Verdict: r.Verdict, User: r.User, Person: nameOf(w, string(r.User)), Channel: r.Channel,
		Name: nameOf(w, string(r.Channel)), Cluster: r.Cluster, Actor: r.Actor, What: bot.InWords(w, r.Line), Reasons: reasonsOf(r, w),
		Event: r.Event, Action: r.Action, Body: r.Body, Prev: r.Prev, Hash: r.Hash,
	}
}

type auditVerifyCommand struct {
	runningBot
}

func (auditVerifyCommand) Help() string {
	return "Reads the whole audit of a workspace and checks that each row follows from the one before. The exit code is 1 if one does not.\n\nExample:\n  usher audit verify"
}

func (c auditVerifyCommand) Run(ctx context.Context, std Streams) (err error) {
	db, team, err := c.attach(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	rows, err := db.Verify(ctx, team)
	if err != nil {
		return err
	}
	fmt.Fprintf(std.Out, "%s: %d rows, each follows from the one before\n", team, rows)
	return nil
}
