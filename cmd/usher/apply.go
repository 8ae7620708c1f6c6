package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"usher/bot"
)

type applyCommand struct {
	runningBot

	Plan string `placeholder:"HASH" help:"Only if the plan is still the one of this hash, as usher plan printed it."`
	JSON bool   `name:"json" help:"Print what came of it as JSON."`
}

func (applyCommand) Help() string {
	return "Has the running bot carry out what usher plan shows, and waits for the end. The exit code is 1 if a step failed, or something waits for an administrator. Interrupted, it stops waiting; the bot goes on.\n\nExample:\n  usher apply --plan 1f0c9e6a2b7d4c35"
}

func (c applyCommand) Run(ctx context.Context, std Streams) error {
	b, err := c.dial()
	if err != nil {
		return err
	}
	said, err := b.Apply(ctx, c.Team, c.Plan)
	if err != nil {
		return err
	}
	if said.Refused {
		return errors.New(plainText(said.Text))
	}
	if said.Run == "" {
		return nothingToDo(std, said, c.JSON)
	}
	return follow(ctx, std, b, said, c.JSON)
}

// nothingToDo ends an order that led to no run.
func nothingToDo(std Streams, said bot.Ordered, asJSON bool) error {
	fmt.Fprintln(std.Err, plainText(said.Text))
	if asJSON {
		return printJSON(std, bot.RunState{Team: said.Team, At: time.Now().UTC()})
	}
	return nil
}

// follow shows how far a run is until it is over, and fails unless all of it
// was done.
func follow(ctx context.Context, std Streams, b *bot.Client, said bot.Ordered, asJSON bool) error {
	fmt.Fprintln(std.Err, plainText(said.Text))
	bar := newProgress(std.Err)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		r, err := b.Run(ctx, said.Team, said.Run)
		if err != nil {
			return err
		}
		bar.show(r)
		if r.Over() {
			bar.end()
			return finished(std, r, asJSON)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			bar.end()
			return fmt.Errorf("not waiting any more; the bot goes on with run %s", r.ID)
		}
	}
}

func finished(std Streams, r bot.RunState, asJSON bool) error {
	if asJSON {
		if err := printJSON(std, r); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(std.Out, "run %s: %d of %d done", r.ID, r.Done, r.Steps)
		for _, more := range []struct {
			n    int
			what string
		}{{r.Failed, "failed"}, {r.Paused, "wait for the end of a pause"}, {r.Held, "held (usher plan --held)"}} {
			if more.n > 0 {
				fmt.Fprintf(std.Out, ", %d %s", more.n, more.what)
			}
		}
		fmt.Fprintln(std.Out)
	}
	for _, wrong := range r.Wrong {
		fmt.Fprintln(std.Err, "failed:", wrong)
	}
	if r.Failed > 0 || r.Paused > 0 || r.Held > 0 {
		return errReported
	}
	return nil
}

// progress is a bar on a terminal, and a line now and then elsewhere.
type progress struct {
	out      io.Writer
	terminal bool
	last     string
	said     time.Time
}

// progressLines is between two lines about a run that takes long.
const progressLines = 5 * time.Second

func newProgress(out io.Writer) *progress {
	p := &progress{out: out, said: time.Now()}
	if f, ok := out.(*os.File); ok {
		info, err := f.Stat()
		p.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return p
}

const barWidth = 30

func (p *progress) show(r bot.RunState) {
	ended := r.Done + r.Failed
	line := fmt.Sprintf("%d of %d", ended, r.Steps)
	switch {
	case line == p.last:
	case p.terminal:
		full := barWidth
		if r.Steps > 0 {
			full = barWidth * ended / r.Steps
		}
		fmt.Fprintf(p.out, "\r[%s%s] %s ", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), line)
		p.last = line
	case time.Since(p.said) >= progressLines:
		fmt.Fprintln(p.out, line)
		p.last, p.said = line, time.Now()
	}
}

func (p *progress) end() {
	if p.terminal && p.last != "" {
		fmt.Fprintln(p.out)
	}
}

var unescape = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", "`", "")

// plainText is what people in Slack would read, without its markup.
func plainText(s string) string { return unescape.Replace(s) }

type undoCommand struct {
	runningBot

	ID   string `arg:"" name:"run" help:"The run, as usher runs lists it."`
	JSON bool   `name:"json" help:"Print what came of it as JSON."`
}

func (undoCommand) Help() string {
	return "Brings back exactly those whom the run removed, except where the policy does not let them by now, and drops what of it has not been carried out.\n\nExample:\n  usher undo r4f1c2a9b"
}

func (c undoCommand) Run(ctx context.Context, std Streams) error {
	b, err := c.dial()
	if err != nil {
		return err
	}
	said, err := b.Order(ctx, c.Team, "undo", c.ID)
	if err != nil {
		return err
	}
	if said.Refused {
		return errors.New(plainText(said.Text))
	}
	if said.Run == "" {
		return nothingToDo(std, said, c.JSON)
	}
	return follow(ctx, std, b, said, c.JSON)
}

type runsCommand struct {
	runningBot

	JSON bool `name:"json" help:"Print JSON."`
}

func (runsCommand) Help() string {
	return "The last plans that were carried out, newest first.\n\nExample:\n  usher runs"
}

func (c runsCommand) Run(ctx context.Context, std Streams) error {
	b, err := c.dial()
	if err != nil {
		return err
	}
	runs, err := b.Runs(ctx, c.Team)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(std, runs)
	}
	if len(runs) == 0 {
		fmt.Fprintln(std.Out, "no plan was carried out yet")
	}
	for _, r := range runs {
		fmt.Fprintf(std.Out, "%s  %s  %s: %d of %d done, %d failed, %d waiting, %d held%s\n",
			r.ID, r.At.UTC().Format("2006-01-02 15:04:05"), r.Why, r.Done, r.Steps, r.Failed, r.Stays, r.Held, byWhom(r))
	}
	return nil
}

func byWhom(r bot.RunState) string {
	if r.By == "" {
		return ""
	}
	return ", by " + cmp.Or(r.ByName, string(r.By))
}
