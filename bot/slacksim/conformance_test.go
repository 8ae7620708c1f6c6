package slacksim_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"usher/bot/slacksim"
	"usher/bot/slacksim/spec"
)

// tokenFor is the token of the kind that a method takes.
func (w *world) tokenFor(m spec.Method) string {
	switch {
	case strings.HasPrefix(m.Name, "apps."):
		return w.acme.AppToken
	case m.Scopes.Bot == nil && m.Scopes.User != nil:
		return w.acme.AdminToken
	}
	return w.acme.BotToken
}

// sampled calls a method with its sample's arguments, changed before.
func (w *world) sampled(name string, change func(map[string]string)) map[string]any {
	w.Helper()
	s := samples()[name]
	if s.prepare != nil {
		s.prepare(w)
	}
	args := s.args(w)
	if change != nil {
		change(args)
	}
	return w.call(w.tokenFor(spec.Methods()[name]), name, pairs(args)...)
}

// prepared makes a sample's call possible and returns its arguments.
func (w *world) prepared(name string) []string {
	w.Helper()
	s := samples()[name]
	if s.prepare != nil {
		s.prepare(w)
	}
	return pairs(s.args(w))
}

func pairs(args map[string]string) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(args)) {
		out = append(out, k, args[k])
	}
	return out
}

// eachMethod runs a check for every method served that has a sample, beside
// each other.
func eachMethod(t *testing.T, check func(t *testing.T, name string, m spec.Method)) {
	all := samples()
	for _, name := range slacksim.Served() {
		if _, ok := all[name]; !ok {
			t.Errorf("%s is served and not tested", name)
			continue
		}
		if all[name].args != nil {
			t.Run(name, func(t *testing.T) { t.Parallel(); check(t, name, spec.Methods()[name]) })
		}
	}
}

// The documentation says of these what Slack does not do: slack-go, used by
// thousands of programs, could not read a kick that answers an object as
// errors, a user_count in quotes, or an is_bot in quotes. Profile fields and a
// warning depend on the workspace and on what was true before.
func TestAnswersHaveTheDocumentedFields(t *testing.T) {
	eachMethod(t, func(t *testing.T, name string, m spec.Method) {
		w := start(t, grid)
		got := w.sampled(name, nil)
		w.refuses("", got)
		lacks := samples()[name].lacks
		for _, pointer := range spec.Missing(m.Success, got) {
			excused := slices.ContainsFunc(lacks, func(l string) bool { return strings.HasPrefix(pointer, l) })
			if !excused {
				t.Errorf("the answer has no %s of the documented type", pointer)
			}
		}
		if t.Failed() {
			t.Logf("%v", got)
		}
	})
}

func TestArgumentsComeByFormQueryAndJSON(t *testing.T) {
	eachMethod(t, func(t *testing.T, name string, m spec.Method) {
		w := start(t, grid)
		s := samples()[name]
		if s.prepare != nil {
			s.prepare(w)
		}
		args := s.args(w)
		typed := map[string]any{}
		for k, v := range args {
			typed[k] = v
			if n, err := strconv.Atoi(v); err == nil && k == "limit" {
				typed[k] = n
			}
			if k == "view" {
				typed[k] = json.RawMessage(v)
			}
		}
		raw, err := json.Marshal(typed)
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequest(http.MethodPost, w.ready.APIURL+name, bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
		r.Header.Set("Authorization", "Bearer "+w.tokenFor(m))
		got := w.do(r)
		needed := len(m.Required) > 1 // besides the token
		if m.JSONBody || !needed {
			w.refuses("", got)
		} else if got["ok"] == true {
			t.Errorf("a JSON body was read by a method that takes none")
		}
		if m.HTTP != http.MethodGet {
			return
		}
		r, err = http.NewRequest(http.MethodGet, w.ready.APIURL+name, nil)
		if err != nil {
			t.Fatal(err)
		}
		q := r.URL.Query()
		for k, v := range args {
			q.Set(k, v)
		}
		q.Set("token", w.tokenFor(m))
		r.URL.RawQuery = q.Encode()
		if m.Name != "admin.conversations.restrictAccess.removeGroup" {
			w.refuses("", w.do(r))
		}
	})
}

func TestRequiredArgumentsAreRequired(t *testing.T) {
	codes := map[string]string{"conversations.create name": "invalid_name_required", "usergroups.create name": "missing_subteam_name"}
	eachMethod(t, func(t *testing.T, name string, m spec.Method) {
		for _, arg := range m.Required {
			if arg == "token" {
				continue
			}
			w := start(t, grid)
			got := w.sampled(name, func(args map[string]string) { delete(args, arg) })
			want := codes[name+" "+arg]
			switch {
			case want == "" && strings.HasPrefix(name, "usergroups.") && slices.Contains(m.Errors, "missing_argument"):
				want = "missing_argument"
			case want == "":
				want = "invalid_arguments"
			}
			w.refuses(want, got)
			meta, _ := got["response_metadata"].(map[string]any)
			messages, _ := meta["messages"].([]any)
			if want == "invalid_arguments" && !slices.Contains(messages, any("[ERROR] missing required field: "+arg)) {
				t.Errorf("without %s: %v", arg, got)
			}
		}
	})
}

func TestWrongTypesAreRefused(t *testing.T) {
	eachMethod(t, func(t *testing.T, name string, m spec.Method) {
		for arg, a := range m.Args {
			wrong := map[string]string{"boolean": "perhaps", "integer": "many", "number": "many"}[a.Type]
			if wrong == "" {
				continue
			}
			w := start(t, grid)
			got := w.sampled(name, func(args map[string]string) { args[arg] = wrong })
			want := "invalid_arguments"
			if arg == "limit" && slices.Contains(m.Errors, "invalid_limit") {
				want = "invalid_limit"
			}
			w.refuses(want, got)
		}
	})
}

func TestTokensAreChecked(t *testing.T) {
	eachMethod(t, func(t *testing.T, name string, m spec.Method) {
		if name == "api.test" {
			return
		}
		w := start(t, grid)
		args := w.prepared(name)
		w.refuses("not_authed", w.call("", name, args...))
		w.refuses("invalid_auth", w.call("xoxb-nobody", name, args...))
		switch {
		case strings.HasPrefix(name, "apps."):
			w.refuses("not_allowed_token_type", w.bot(name, args...))
		default:
			w.refuses("not_allowed_token_type", w.call(w.acme.AppToken, name, args...))
		}
		if m.Scopes.Bot == nil && m.Scopes.User != nil {
			w.refuses("not_allowed_token_type", w.bot(name, args...))
		}
	})
}

func TestScopesAreNeeded(t *testing.T) {
	eachMethod(t, func(t *testing.T, name string, m spec.Method) {
		wanted := m.Scopes.Bot
		if wanted == nil {
			wanted = m.Scopes.User
		}
		if len(wanted) == 0 {
			return
		}
		full := start(t, grid)
		args := full.prepared(name)
		with := func(scopes ...string) map[string]any {
			w := start(t, grid, func(o *slacksim.Options) { o.BotScopes, o.UserScopes = scopes, scopes })
			return w.call(w.tokenFor(m), name, args...)
		}
		got := with("calls:read")
		if got["error"] != "missing_scope" || got["provided"] != "calls:read" || got["needed"] != strings.Join(wanted, ",") {
			t.Errorf("without a scope: %v", got)
		}
		for _, scope := range wanted {
			s := samples()[name]
			if s.scope != "" && scope != s.scope {
				continue
			}
			if got := with(scope, "users:read.email", "chat:write.customize"); got["error"] == "missing_scope" {
				t.Errorf("with %s: %v", scope, got)
			}
		}
	})
}

// tierRates are calls per minute; a special tier has its own tests.
var tierRates = map[string]int{"t1": 1, "t2": 20, "t3": 50, "t4": 100}

func TestTiersLimitEachMethod(t *testing.T) {
	eachMethod(t, func(t *testing.T, name string, m spec.Method) {
		rate, ok := tierRates[m.Tier]
		if !ok || name == "api.test" {
			return
		}
		clock := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
		w := start(t, grid, func(o *slacksim.Options) { o.NoRateLimits = false; o.Now = func() time.Time { return clock } })
		args := w.prepared(name)
		passed := 0
		for ; passed <= 2*rate+2; passed++ {
			status, header := w.status(w.tokenFor(m), name, args...)
			if status != http.StatusTooManyRequests {
				continue
			}
			if wait, err := strconv.Atoi(header.Get("Retry-After")); err != nil || wait != (60+rate-1)/rate {
				t.Errorf("Retry-After %q, want %d", header.Get("Retry-After"), (60+rate-1)/rate)
			}
			break
		}
		if passed < 1 || passed > 2*rate {
			t.Errorf("%d calls in an instant passed at %d a minute", passed, rate)
		}
	})
}

func (w *world) status(token, method string, args ...string) (int, http.Header) {
	w.Helper()
	form := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		form = append(form, args[i]+"="+args[i+1])
	}
	r, err := http.NewRequest(http.MethodPost, w.ready.APIURL+method, strings.NewReader(strings.Join(form, "&")))
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode, resp.Header
}

// Where two sources name a tier, the safer one counts; today they agree, and
// this says when they no longer do.
func TestTiersAreTheSaferOnes(t *testing.T) {
	safer := map[string]string{
		"conversations.list": "t2", "conversations.members": "t4", "conversations.info": "t3", "conversations.join": "t3", "conversations.open": "t3",
		"conversations.leave": "t3", "conversations.invite": "t3", "conversations.kick": "t3", "conversations.create": "t2", "conversations.rename": "t2",
		"conversations.archive": "t2", "conversations.unarchive": "t2", "conversations.setTopic": "t2", "conversations.setPurpose": "t2",
		"users.list": "t2", "users.info": "t4", "users.conversations": "t3", "users.lookupByEmail": "t3",
		"usergroups.create": "t2", "usergroups.update": "t2", "usergroups.enable": "t2", "usergroups.disable": "t2", "usergroups.list": "t2",
		"usergroups.users.list": "t2", "usergroups.users.update": "t2",
		"views.publish": "t4", "views.open": "t4", "views.push": "t4", "views.update": "t4", "chat.postEphemeral": "t4", "bookmarks.add": "t2", "pins.add": "t2",
		"admin.conversations.restrictAccess.addGroup": "t2", "admin.conversations.restrictAccess.listGroups": "t2", "admin.conversations.restrictAccess.removeGroup": "t1",
		"admin.conversations.search": "t2", "admin.conversations.invite": "t2", "admin.users.invite": "t2",
	}
	for name, tier := range safer {
		if got := spec.Methods()[name].Tier; got != tier {
			t.Errorf("%s is limited as %s, want %s", name, got, tier)
		}
	}
}
