package e2e

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/goccy/go-yaml"

	"usher/bot/config"
	"usher/bot/metrics"
	"usher/rules/policyfile"
)

func deploy(parts ...string) string {
	return filepath.Join(append([]string{root, "deploy"}, parts...)...)
}

func read(t *testing.T, path string) string {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestExamplesLoad(t *testing.T) {
	t.Parallel()
	policy, _, problems := policyfile.Load(os.DirFS(deploy("examples")), "policy.yaml")
	if policy == nil || len(problems) > 0 {
		t.Errorf("policy.yaml: %v", problems)
	}
	tokens := map[string]string{"SLACK_BOT_TOKEN": "xoxb-" + "1-example", "SLACK_APP_TOKEN": "xapp-" + "1-example"}
	s, err := config.Load(config.Sources{
		File: deploy("examples", "settings.yaml"),
		Env:  func(name string) (string, bool) { v, ok := tokens[name]; return v, ok },
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.Policy != deploy("examples", "policy.yaml") {
		t.Errorf("settings.yaml names the policy %s", s.Policy)
	}
}

var metricName = regexp.MustCompile(`usher_[a-z_]+`)

// served is every name of a metric that the bot serves.
func served(t *testing.T) map[string]bool {
	t.Helper()
	m := metrics.New("test")
	m.Envelope("T", "command", "handled", 1)
	m.Decision("T", "c", "allow", false)
	m.Action("T", "remove", "done", 1)
	m.Call("T", "m", "ok", true, 1, 1)
	m.Watch(func() metrics.Reading {
		return metrics.Reading{Workspaces: []metrics.WorkspaceReading{{Team: "T"}}}
	})
	rec := httptest.NewRecorder()
	m.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	names := map[string]bool{}
	for line := range strings.Lines(rec.Body.String()) {
		if !strings.HasPrefix(line, "#") {
			names[metricName.FindString(line)] = true
		}
	}
	return names
}

// A panel or an alert about a metric that nobody serves stays green for ever.
func TestDashboardAndAlertsNameServedMetrics(t *testing.T) {
	t.Parallel()
	known := served(t)
	dashboard, alerts := read(t, deploy("grafana", "usher.json")), read(t, deploy("prometheus", "alerts.yaml"))
	if !json.Valid([]byte(dashboard)) {
		t.Error("the dashboard is not JSON")
	}
	var groups struct {
		Groups []struct {
			Rules []struct{ Alert, Expr string }
		}
	}
	if err := yaml.Unmarshal([]byte(alerts), &groups); err != nil || len(groups.Groups) == 0 {
		t.Errorf("alerts: %v", err)
	}
	named := map[string]bool{}
	for _, name := range metricName.FindAllString(dashboard+alerts, -1) {
		named[name] = true
		if !known[name] {
			t.Errorf("%s is drawn or watched, and not served", name)
		}
	}
	if len(named) < 10 {
		t.Errorf("only %v are drawn or watched", slices.Sorted(maps.Keys(named)))
	}
}

// render expands the chart with what it uses of Helm's functions.
func render(t *testing.T, change func(values map[string]any)) map[string]map[string]any {
	t.Helper()
	var values, chart map[string]any
	for file, into := range map[string]*map[string]any{"values.yaml": &values, "Chart.yaml": &chart} {
		if err := yaml.Unmarshal([]byte(read(t, deploy("helm", "usher", file))), into); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
	}
	change(values)
	templates := template.New("chart").Option("missingkey=error")
	indent := func(n int, s string) string {
		return "\n" + strings.Repeat(" ", n) + strings.ReplaceAll(s, "\n", "\n"+strings.Repeat(" ", n))
	}
	templates.Funcs(template.FuncMap{
		"nindent": indent,
		"quote":   func(v any) string { b, _ := json.Marshal(v); return string(b) },
		"default": func(otherwise, v any) any {
			if v == nil || v == "" {
				return otherwise
			}
			return v
		},
		"toYaml": func(v any) (string, error) { b, err := yaml.Marshal(v); return strings.TrimSpace(string(b)), err },
		"include": func(name string, data any) (string, error) {
			var out strings.Builder
			err := templates.ExecuteTemplate(&out, name, data)
			return out.String(), err
		},
	})
	files, err := filepath.Glob(deploy("helm", "usher", "templates", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no templates: %v", err)
	}
	if _, err := templates.ParseFiles(files...); err != nil {
		t.Fatal(err)
	}
	data := map[string]any{"Values": values, "Release": map[string]any{"Name": "usher"}, "Chart": map[string]any{"AppVersion": chart["appVersion"]}}
	objects := map[string]map[string]any{}
	for _, file := range files {
		if filepath.Ext(file) == ".tpl" {
			continue
		}
		var out bytes.Buffer
		if err := templates.ExecuteTemplate(&out, filepath.Base(file), data); err != nil {
			t.Fatal(err)
		}
		var object map[string]any
		if err := yaml.UnmarshalWithOptions(out.Bytes(), &object, yaml.Strict()); err != nil {
			t.Fatalf("%s: %v\n%s", filepath.Base(file), err, out.String())
		}
		objects[object["kind"].(string)] = object
	}
	return objects
}

func TestChart(t *testing.T) {
	t.Parallel()
	sqlite := render(t, func(v map[string]any) {
		v["replicas"] = 3
		v["policy"] = "version: 1\ncontact: \"#help\"\n"
		v["settings"] = map[string]any{"USHER_COMMAND": "/groupmgr"}
	})
	spec := sqlite["StatefulSet"]["spec"].(map[string]any)
	if replicas := spec["replicas"]; replicas != uint64(1) {
		t.Errorf("%v replicas on SQLite, which has one writer", replicas)
	}
	if spec["volumeClaimTemplates"] == nil {
		t.Error("SQLite without a volume")
	}
	if got := sqlite["ConfigMap"]["data"].(map[string]any)["policy.yaml"]; got != "version: 1\ncontact: \"#help\"\n" {
		t.Errorf("the policy arrives as %q", got)
	}
	text, err := yaml.Marshal(sqlite["StatefulSet"])
	if err != nil || !strings.Contains(string(text), "/groupmgr") {
		t.Errorf("settings do not arrive: %v", err)
	}

	postgres := render(t, func(v map[string]any) {
		v["replicas"] = 3
		v["database"].(map[string]any)["secret"] = "usher-db"
		v["nodeSelector"] = map[string]any{"kubernetes.io/os": "linux"}
	})
	spec = postgres["StatefulSet"]["spec"].(map[string]any)
	if replicas := spec["replicas"]; replicas != uint64(3) || spec["volumeClaimTemplates"] != nil {
		t.Errorf("PostgreSQL: %v replicas, volume %v", replicas, spec["volumeClaimTemplates"])
	}
}

// Every variable that a way of starting the bot sets is one the bot reads.
func TestDeploymentsSetKnownVariables(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, name := range config.Variables() {
		known[name], known[name+"_FILE"] = true, true
	}
	variable := regexp.MustCompile(`\b(USHER|SLACK)_[A-Z_]+\b`)
	for _, file := range []string{
		filepath.Join(root, "Dockerfile"), deploy("compose", "compose.yaml"), deploy("systemd", "usher.service"),
		deploy("helm", "usher", "values.yaml"), deploy("helm", "usher", "templates", "statefulset.yaml"),
		deploy("examples", "settings.yaml"), deploy("slack", "manifest.yaml"),
	} {
		for _, name := range variable.FindAllString(read(t, file), -1) {
			if !known[name] && name != "USHER_" {
				t.Errorf("%s sets %s, which nothing reads", file, name)
			}
		}
	}
}
