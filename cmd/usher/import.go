package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"usher/rules/policyfile"
	"usher/rules/policyfile/groupmgr"
	"usher/rules/policyfile/tempelis"
)

type importCommand struct {
	Groupmgr importGroupmgrCommand `cmd:"" help:"From groupmgr's config.json."`
	Tempelis importTempelisCommand `cmd:"" help:"From a directory of tempelis."`
}

func (importCommand) Help() string {
	return "Writes policy.yaml and settings.yaml and prints what could not be carried over. Secrets are never copied.\n\nExample:\n  usher import groupmgr config.json --out usher"
}

// importTo is where an import is written.
type importTo struct {
	Out   string `default:"." placeholder:"DIR" help:"Directory to write to, this one unless said; made if it is not there."`
	Force bool   `help:"Write over files that are there."`
}

type importGroupmgrCommand struct {
	importTo

	Path string `arg:"" placeholder:"FILE" help:"The config.json."`
}

func (c importGroupmgrCommand) Run(std Streams) error {
	src, err := os.ReadFile(c.Path)
	if err != nil {
		return fmt.Errorf("read groupmgr's configuration: %w", err)
	}
	all, err := groupmgr.Import(src)
	if err != nil {
		return fmt.Errorf("%s:%w", c.Path, err)
	}
	return c.write(std, "groupmgr", all)
}

type importTempelisCommand struct {
	importTo

	Path string `arg:"" placeholder:"DIR" help:"The directory with its *.yaml files, or one file."`
}

func (c importTempelisCommand) Run(std Streams) error {
	one, err := tempelis.Import(osFiles{}, c.Path)
	if err != nil {
		return err
	}
	return c.write(std, "tempelis", []policyfile.Imported{one})
}

// write puts each workspace's files into the directory, or into one below it
// where there are several, and prints the notes.
func (c importTo) write(std Streams, from string, all []policyfile.Imported) error {
	dirs := c.dirs(all)
	if err := c.free(dirs); err != nil {
		return err
	}
	for i, one := range all {
		dir := dirs[i]
		if err := c.writeOne(dir, from, one); err != nil {
			return err
		}
		fmt.Fprintf(std.Out, "%s: %s, %s, %s\n", filepath.Join(dir, policyName), count(len(one.Config.Clusters), "cluster"),
			count(len(one.Config.Usergroups), "user group"), count(len(one.Config.Reactions), "reaction"))
		for _, n := range one.Notes {
			fmt.Fprintln(std.Out, "note:", n)
		}
	}
	return nil
}

// dirs is where the files of each workspace go.
func (c importTo) dirs(all []policyfile.Imported) []string {
	if len(all) == 1 {
		return []string{c.Out}
	}
	dirs := make([]string, len(all))
	used := map[string]bool{}
	for i, one := range all {
		name := plainName(one.Team)
		if name == "" || used[name] {
			name = fmt.Sprintf("workspace-%d", i+1)
		}
		used[name] = true
		dirs[i] = filepath.Join(c.Out, name)
	}
	return dirs
}

// free reports whether nothing would be written over, before anything is written.
func (c importTo) free(dirs []string) error {
	if c.Force {
		return nil
	}
	for _, dir := range dirs {
		for _, name := range []string{policyName, settingsName} {
			if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
				return there(filepath.Join(dir, name))
			}
		}
	}
	return nil
}

func there(path string) error {
	return fmt.Errorf("%s is there already; name another directory with --out, or write over it with --force", path)
}

// The files that an import writes.
const (
	policyName   = "policy.yaml"
	settingsName = "settings.yaml"
)

func (c importTo) writeOne(dir, from string, one policyfile.Imported) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("make %s: %w", dir, err)
	}
	policy := fmt.Sprintf("# Imported from %s. usher check says whether it holds together, and what it\n# allows that may not be meant.\n", from)
	if err := c.file(filepath.Join(dir, policyName), policy+string(policyfile.Write(one.Config))); err != nil {
		return err
	}
	var settings strings.Builder
	settings.WriteString("# Settings of usher run --settings FILE. Tokens are not in it: set SLACK_BOT_TOKEN\n# and SLACK_APP_TOKEN, which Usher has of its own.\npolicy: " + policyName + "\n")
	for _, s := range one.Settings {
		fmt.Fprintf(&settings, "%s: %s\n", s.Key, s.Value)
	}
	return c.file(filepath.Join(dir, settingsName), settings.String())
}

// file writes a file that is not there yet.
func (c importTo) file(path, text string) error {
	how := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if c.Force {
		how = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(path, how, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return there(path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

var notPlain = regexp.MustCompile(`[^a-z0-9-]+`)

// plainName is a team's name as a directory's.
func plainName(team string) string {
	return strings.Trim(notPlain.ReplaceAllString(strings.ToLower(team), "-"), "-")
}
