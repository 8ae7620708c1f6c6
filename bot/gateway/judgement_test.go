package gateway

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"

	"usher/bot/slacksim/spec"
)

// walk calls check for each error name of the list, by method.
func walk(t *testing.T, check func(method, code string)) {
	t.Helper()
	f, err := os.Open("testdata/errors.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		method, codes, ok := strings.Cut(lines.Text(), ":")
		if !ok || strings.HasPrefix(method, "#") {
			continue
		}
		for _, code := range strings.Fields(codes) {
			check(method, code)
			n++
		}
	}
	if n < 80 {
		t.Fatalf("only %d errors were walked", n)
	}
}

func known(method, code string) bool {
	_, a := judgements[method][code]
	_, b := judgements[family(method)][code]
	_, c := general[code]
	return a || b || c
}

// sound checks that a judgement is of use to a person.
func sound(t *testing.T, method, code string) {
	t.Helper()
	r := judge(&Error{Method: method, Code: code})
	switch r.Class {
	case Already, Later:
	case Never, Blocked:
		if !strings.HasSuffix(r.Sentence, ".") || len(r.Sentence) < 20 {
			t.Errorf("%s %s: no sentence: %q", method, code, r.Sentence)
		}
	default:
		t.Errorf("%s %s: class %q", method, code, r.Class)
	}
	if strings.Contains(r.Sentence, "_") && code != "missing_scope" {
		t.Errorf("%s %s: the sentence shows a code: %q", method, code, r.Sentence)
	}
}

func TestEveryErrorWorthKnowingIsJudged(t *testing.T) {
	walk(t, func(method, code string) {
		if !known(method, code) {
			t.Errorf("%s: nothing is known of %s", method, code)
		}
		sound(t, method, code)
	})
}

func TestEveryDocumentedErrorOfTheWritesIsJudged(t *testing.T) {
	writes := []string{
		"conversations.kick", "conversations.invite", "conversations.join", "conversations.rename", "conversations.archive",
		"conversations.setTopic", "conversations.setPurpose", "usergroups.create", "usergroups.update", "usergroups.enable",
		"usergroups.disable", "usergroups.users.update", "pins.add", "apps.connections.open", "views.open", "views.push",
		"views.update", "views.publish", "admin.conversations.restrictAccess.addGroup", "admin.conversations.restrictAccess.removeGroup",
	}
	documented := spec.Methods()
	for _, m := range writes {
		for _, code := range documented[m].Errors {
			if !known(m, code) {
				t.Errorf("%s: nothing is known of %s", m, code)
			}
			sound(t, m, code)
		}
	}
}

func TestClasses(t *testing.T) {
	want := map[Class][]string{
		Already: {"conversations.invite already_in_channel", "usergroups.enable already_enabled", "usergroups.disable already_disabled", "conversations.archive already_archived", "pins.add already_pinned"},
		Never: {"conversations.kick cant_kick_self", "conversations.kick cant_kick_from_general", "conversations.kick not_supported", "conversations.invite cant_invite",
			"usergroups.update description_too_long", "usergroups.users.update no_users_provided", "conversations.kick is_archived", "conversations.kick never_heard_of"},
		Blocked: {"conversations.kick restricted_action", "usergroups.create permission_denied", "usergroups.create plan_upgrade_required", "conversations.kick missing_scope",
			"conversations.kick invalid_auth", "chat.postMessage messages_tab_disabled", "usergroups.create handle_already_exists"},
		Later: {"conversations.invite external_channel_migrating", "conversations.kick internal_error", "chat.postEphemeral user_not_in_channel", "conversations.kick http_502",
			"conversations.kick unreachable", "conversations.kick no_answer", "conversations.kick unreadable", "conversations.kick ratelimited"},
	}
	for class, cases := range want {
		for _, c := range cases {
			method, code, _ := strings.Cut(c, " ")
			if r := judge(&Error{Method: method, Code: code}); r.Class != class {
				t.Errorf("%s is %s, want %s", c, r.Class, class)
			}
		}
	}
}

// What concerns the workspace must not be cleared by a success in one channel.
func TestWhatConcernsTheWorkspaceIsStuckEverywhere(t *testing.T) {
	for _, code := range []string{"invalid_auth", "account_inactive", "token_revoked", "token_expired", "missing_scope", "not_allowed_token_type"} {
		if r := judge(&Error{Method: "conversations.kick", Code: code}); r.Stuck != Everywhere {
			t.Errorf("%s is stuck at %q", code, r.Stuck)
		}
	}
	if r := judge(&Error{Method: "conversations.kick", Code: "restricted_action"}); r.Stuck != "" {
		t.Errorf("restricted_action is stuck at %q, not at its channel", r.Stuck)
	}
}

func TestAMissingScopeIsNamed(t *testing.T) {
	r := judge(&Error{Method: "pins.add", Code: "missing_scope", Needed: "pins:write"})
	if !strings.Contains(r.Sentence, "pins:write") {
		t.Errorf("sentence %q", r.Sentence)
	}
}

func TestHopeless(t *testing.T) {
	for code, want := range map[string]bool{"invalid_auth": true, "missing_scope": true, "token_expired": true, "not_allowed_token_type": true,
		"account_inactive": true, "internal_error": false, "unreachable": false, "ratelimited": false} {
		sentence, hopeless := Hopeless(&Error{Method: "apps.connections.open", Code: code})
		if hopeless != want || want && !strings.Contains(sentence, "app") {
			t.Errorf("%s: %v %q", code, hopeless, sentence)
		}
	}
}

func TestTiersAreNotAboveSlacks(t *testing.T) {
	perMinute := map[string]int{"t1": 1, "t2": 20, "t3": 50, "t4": 100}
	documented := spec.Methods()
	for method := range allowances {
		d, ok := documented[method]
		if !ok {
			continue // response URLs, and a few methods that are not described
		}
		if most, tiered := perMinute[d.Tier]; tiered && PerMinute(method) > most {
			t.Errorf("%s: %d a minute, Slack allows %d", method, PerMinute(method), most)
		}
	}
	if PerMinute("never.heard.of") != 20 {
		t.Error("an unknown method is not called carefully")
	}
}

func TestPointersHoldNoTexts(t *testing.T) {
	got := pointers([]string{
		"[ERROR] must be less than 76 characters [json-pointer:/blocks/0/elements/1/text/text]",
		"[ERROR] missing required field: channel",
		"[ERROR] failed to match all allowed schemas: what somebody typed here",
	})
	if want := []string{"/blocks/0/elements/1/text/text", "missing required field: channel"}; !slices.Equal(got, want) {
		t.Errorf("pointers %q", got)
	}
}
