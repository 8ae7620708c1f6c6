package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// layout is the project's list of packages. A package may import only those
// above it; one that is not named belongs to the nearest named one above it in
// the tree.
var layout = []string{
	"rules/workspace",
	"rules/action",
	"rules",
	"rules/policyfile",
	"handlers/command",
	"handlers/view",
	"handlers",
	"bot/config",
	"bot/metrics",
	"bot/slacksim",
	"bot/store",
	"bot/gateway",
	"bot/directory",
	"bot/queue",
	"bot/dispatch",
	"bot/socket",
	"bot/health",
	"bot",
	"cmd/demo",
	"cmd/usher",
	"cmd/e2e",
}

// topLevel is everything that may stand at the top of the project, beside
// names that begin with a dot.
var topLevel = []string{"bot", "cmd", "deploy", "handlers", "rules", "go.mod", "go.sum", "Dockerfile", "LICENSE", "README.md"}

const root = "../.."

// room is the place in layout a package belongs to, or -1.
func room(importPath string) int {
	path, ours := strings.CutPrefix(importPath, "usher/")
	for ours {
		if i := slices.Index(layout, path); i >= 0 {
			return i
		}
		path, _, ours = cutLast(path)
	}
	return -1
}

func cutLast(path string) (before, after string, found bool) {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return "", path, false
	}
	return path[:i], path[i+1:], true
}

// layer is rules, handlers, bot or cmd.
func layer(importPath string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(importPath, "usher/"), "/")
	return first
}

type listed struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
	Deps                               []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports,Deps", "./...")
	list.Dir = root
	var errs bytes.Buffer
	list.Stderr = &errs
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, errs.String())
	}
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestImportsPointDown(t *testing.T) {
	t.Parallel()
	seen := map[int]bool{}
	for _, p := range packages(t) {
		here := room(p.ImportPath)
		if here < 0 {
			t.Errorf("%s has no place in the layout", p.ImportPath)
			continue
		}
		seen[here] = true
		for _, imported := range p.Imports {
			if room(imported) > here {
				t.Errorf("%s imports %s, which is below it in the layout", p.ImportPath, imported)
			}
		}
		for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
			// Tests may use their neighbours, and the local Slack, which stands in
			// for Slack itself and knows nothing of the bot.
			if room(imported) > here && layer(imported) != layer(p.ImportPath) && !strings.HasPrefix(imported, "usher/bot/slacksim") {
				t.Errorf("tests of %s import %s, which is below it in the layout", p.ImportPath, imported)
			}
		}
		if layout[here] == "rules" || strings.HasPrefix(layout[here], "rules/") {
			for _, dep := range p.Deps {
				if strings.HasPrefix(dep, "github.com/slack-go/") || strings.HasPrefix(dep, "go.uber.org/fx") || dep == "github.com/rs/zerolog" {
					t.Errorf("%s depends on %s, and rules are pure", p.ImportPath, dep)
				}
			}
		}
	}
	for i, name := range layout {
		if !seen[i] && name != "cmd/e2e" {
			t.Errorf("the layout names %s, which is not there", name)
		}
	}
}

// The linter holds the same order in editors and in reviews; two lists that
// differ would be worse than one.
func TestLinterHoldsTheSameOrder(t *testing.T) {
	t.Parallel()
	body, err := os.ReadFile(filepath.Join(root, ".golangci.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Linters struct {
			Settings struct {
				Depguard struct {
					Rules map[string]struct {
						Mode  string   `yaml:"list-mode"`
						Files []string `yaml:"files"`
						Allow []string `yaml:"allow"`
						Deny  []struct {
							Pkg string `yaml:"pkg"`
						} `yaml:"deny"`
					} `yaml:"rules"`
				} `yaml:"depguard"`
			} `yaml:"settings"`
		} `yaml:"linters"`
	}
	if err := yaml.Unmarshal(body, &file); err != nil {
		t.Fatal(err)
	}
	for i, name := range layout {
		rule := file.Linters.Settings.Depguard.Rules[name]
		var allow []string
		for _, above := range layout[:i+1] {
			if holdsOthers(above) {
				above += "$"
			}
			allow = append(allow, "usher/"+above)
		}
		if !slices.Equal(rule.Allow, allow) {
			t.Errorf("%s: depguard allows\n%v\nwant\n%v", name, rule.Allow, allow)
		}
		if rule.Mode != "lax" || len(rule.Deny) != 1 || rule.Deny[0].Pkg != "usher/" || !slices.Contains(rule.Files, "**/"+name+"/*.go") {
			t.Errorf("%s: depguard does not refuse the rest: %+v", name, rule)
		}
	}
}

func holdsOthers(name string) bool {
	return slices.ContainsFunc(layout, func(other string) bool { return strings.HasPrefix(other, name+"/") })
}

func TestTopLevel(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	tracked := exec.CommandContext(t.Context(), "git", "ls-files")
	tracked.Dir = root
	out, err := tracked.Output()
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") || slices.Contains(topLevel, name) {
			continue
		}
		// What git ignores is a run's left-over, not part of the project.
		if err == nil && !bytes.HasPrefix(out, []byte(name)) && !bytes.Contains(out, []byte("\n"+name)) {
			continue
		}
		t.Errorf("%s stands at the top level, where only %s and dotfiles belong", name, strings.Join(topLevel, ", "))
	}
}
