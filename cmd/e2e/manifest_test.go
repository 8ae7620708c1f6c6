package e2e

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"usher/bot/slacksim/spec"
	"usher/handlers"
)

// manifest is what the tests look at in deploy/slack/manifest.yaml.
type manifest struct {
	Features struct {
		AppHome struct {
			Home     bool `yaml:"home_tab_enabled"`
			Messages bool `yaml:"messages_tab_enabled"`
		} `yaml:"app_home"`
		Commands []struct {
			Command string `yaml:"command"`
		} `yaml:"slash_commands"`
	} `yaml:"features"`
	OAuth struct {
		Scopes struct {
			Bot []string `yaml:"bot"`
		} `yaml:"scopes"`
	} `yaml:"oauth_config"`
	Settings struct {
		Events struct {
			Bot []string `yaml:"bot_events"`
		} `yaml:"event_subscriptions"`
		Interactivity struct {
			Enabled bool `yaml:"is_enabled"`
		} `yaml:"interactivity"`
		SocketMode bool `yaml:"socket_mode_enabled"`
		Rotation   bool `yaml:"token_rotation_enabled"`
	} `yaml:"settings"`
}

func loadManifest(t *testing.T) manifest {
	t.Helper()
	var m manifest
	if err := yaml.Unmarshal([]byte(read(t, deploy("slack", "manifest.yaml"))), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// called are the Web API methods whose names stand in the gateway, apart from
// its table of limits, which is longer than what is called.
func called(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "bot", "gateway", "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no gateway: %v", err)
	}
	known, names := spec.Methods(), map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || filepath.Base(file) == "tier.go" || strings.HasPrefix(filepath.Base(file), "judgement") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if name, err := strconv.Unquote(lit.Value); err == nil && known[name].Name != "" {
					names[name] = true
				}
			}
			return true
		})
	}
	return slices.Sorted(maps.Keys(names))
}

// needed are the scopes that a method called with the bot's token needs, with
// public and private channels apart: a method that takes either scope is called
// for both.
func needed(method spec.Method, has func(scope string) bool) (missing, used []string) {
	if len(method.Scopes.Bot) == 0 {
		return nil, nil
	}
	sides := map[string][]string{}
	for _, scope := range method.Scopes.Bot {
		side, _, _ := strings.Cut(scope, ":")
		switch {
		case side == "im" || side == "mpim":
			continue // Usher looks at channels only
		case side != "channels" && side != "groups":
			side = ""
		}
		sides[side] = append(sides[side], scope)
	}
	for _, scopes := range sides {
		i := slices.IndexFunc(scopes, has)
		if i < 0 {
			missing = append(missing, strings.Join(scopes, " or "))
			continue
		}
		used = append(used, slices.DeleteFunc(scopes, func(s string) bool { return !has(s) })...)
	}
	return missing, used
}

func TestManifestListsExactlyWhatIsNeeded(t *testing.T) {
	t.Parallel()
	m := loadManifest(t)
	router, err := handlers.NewRouter(handlers.Routes())
	if err != nil {
		t.Fatal(err)
	}
	has := func(scope string) bool { return slices.Contains(m.OAuth.Scopes.Bot, scope) }
	used := map[string]string{
		"commands":         "slash commands",
		"users:read.email": "addresses in users.list, for policies that name people by them",
	}

	var events []string
	known := spec.Events()
	for _, kind := range router.Kinds() {
		event, ok := strings.CutPrefix(kind, "event:")
		if !ok {
			continue
		}
		if _, documented := known[event]; !documented {
			t.Errorf("there is a route for %s, which Slack does not send", kind)
		}
		events = append(events, event)
	}
	slices.Sort(events)
	subscribed := slices.Sorted(slices.Values(m.Settings.Events.Bot))
	if !slices.Equal(events, subscribed) {
		t.Errorf("bot_events\n%v\nand the routes' events\n%v", subscribed, events)
	}
	for _, scope := range router.Scopes() {
		used[scope] = "a route"
		if !has(scope) {
			t.Errorf("a route needs %s", scope)
		}
	}
	methods := called(t)
	if len(methods) < 10 {
		t.Errorf("only %v seem to be called", methods)
	}
	for _, name := range methods {
		if strings.HasPrefix(name, "admin.") || strings.HasPrefix(name, "apps.") {
			continue // another token's
		}
		missing, uses := needed(spec.Methods()[name], has)
		for _, scope := range missing {
			t.Errorf("%s needs %s", name, scope)
		}
		for _, scope := range uses {
			used[scope] = name
		}
	}
	for _, scope := range m.OAuth.Scopes.Bot {
		if used[scope] == "" {
			t.Errorf("%s is asked for, and nothing needs it", scope)
		}
	}
}

func TestManifestSettings(t *testing.T) {
	t.Parallel()
	m := loadManifest(t)
	if !m.Settings.SocketMode || !m.Settings.Interactivity.Enabled || m.Settings.Rotation {
		t.Error("Socket Mode and interactivity have to be on, token rotation off")
	}
	if !m.Features.AppHome.Home || !m.Features.AppHome.Messages {
		t.Error("Home and Messages tabs have to be on: explanations arrive there")
	}
	if len(m.Features.Commands) != 1 || m.Features.Commands[0].Command != "/usher" {
		t.Errorf("slash commands: %v", m.Features.Commands)
	}
}
