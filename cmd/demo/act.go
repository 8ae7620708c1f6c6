package demo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"usher/bot/slacksim"
)

// act does what somebody pressed, as that person, in the local Slack. The page
// redraws itself by the change that follows; the answer is only what would not
// be seen otherwise.
func (s *Server) act(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "That was too much at once. Send less.", http.StatusBadRequest)
		return
	}
	sc, ok := s.scene(w, r)
	if !ok {
		return
	}
	a, err := draw[slacksim.Act](request(sc, r.PostForm))
	if err != nil {
		http.Error(w, "The page sent something that the local Slack does not take.", http.StatusBadRequest)
		return
	}
	answer := s.slack.Act(r.Context(), a)
	if a.Do == "submit" {
		s.complain(w, a.ViewID, answer)
	}
	if !answer.OK && len(answer.Errors) == 0 {
		toast(w, refusal(answer), true)
	}
	w.WriteHeader(http.StatusNoContent)
}

// request is a form as /sim/act takes it.
func request(sc scene, form url.Values) map[string]any {
	a := map[string]any{"team": sc.teamID, "as": sc.me.ID}
	for name := range form {
		value := strings.TrimSpace(form.Get(name))
		switch {
		case strings.HasPrefix(name, "v:") || name == "q":
		case name == "users":
			a[name] = form[name]
		case name == "private":
			a[name] = value == "true"
		case value != "":
			a[name] = value
		}
	}
	switch a["do"] {
	case "say":
		text, _ := a["text"].(string)
		if rest, slash := strings.CutPrefix(text, "/"); slash {
			name, rest, _ := strings.Cut(rest, " ")
			a["do"], a["command"], a["text"] = "slash", "/"+name, strings.TrimSpace(rest)
		} else {
			a["do"] = "post"
		}
	case "click":
		// An input that is sent at once carries its value under its own name.
		if _, set := a["value"]; !set {
			for name, v := range form {
				if strings.HasPrefix(name, "v:") && strings.HasSuffix(name, ":"+form.Get("action_id")) {
					a["value"] = v[len(v)-1]
				}
			}
		}
		if chosen := form["value"]; len(chosen) > 1 {
			a["value"] = chosen[len(chosen)-1]
		}
	case "submit":
		a["values"] = submitted(form)
	}
	return a
}

// submitted is {block_id: {action_id: value}}: several choices as a list.
func submitted(form url.Values) map[string]any {
	values := map[string]any{}
	for name, v := range form {
		rest, ok := strings.CutPrefix(name, "v:")
		if !ok {
			continue
		}
		escaped, action, _ := strings.Cut(rest, ":")
		block, err := url.QueryUnescape(escaped)
		if err != nil {
			continue // no field of this page's
		}
		inner, _ := values[block].(map[string]any)
		if inner == nil {
			inner = map[string]any{}
			values[block] = inner
		}
		if len(v) == 1 {
			inner[action] = v[0]
		} else {
			inner[action] = v
		}
	}
	return values
}

// complain remembers what a submission said about its fields, for the next look.
func (s *Server) complain(w http.ResponseWriter, viewID string, answer slacksim.ActAnswer) {
	found := answer.Errors
	s.mu.Lock()
	if len(found) == 0 {
		delete(s.complaints, viewID)
	} else {
		s.complaints[viewID] = found
	}
	s.mu.Unlock()
	if len(found) > 0 {
		w.Header().Set("X-Kept", "1")
		w.Header().Set("HX-Trigger", `{"redraw":true}`)
	}
}

// refusal says in words what Slack's client would, for the codes that the page
// can provoke; others are shown as they are.
func refusal(a slacksim.ActAnswer) string {
	if w, ok := refusals[a.Error]; ok {
		return w
	}
	if a.Detail != "" {
		return a.Detail
	}
	return "Slack refused: " + a.Error
}

var refusals = map[string]string{
	"already_in_channel":     "They are in the channel already.",
	"cant_invite_self":       "You cannot add yourself.",
	"cant_kick_from_general": "Nobody can be removed from #general.",
	"cant_leave_general":     "Nobody can leave #general.",
	"channel_not_found":      "There is no such channel, or you cannot see it.",
	"dispatch_failed":        "The app did not answer. Is Usher connected?",
	"is_archived":            "The channel is archived.",
	"name_taken":             "A channel of that name exists already.",
	"no_permission":          "You may not do that.",
	"not_in_channel":         "You have to be in the channel for that.",
	"operation_timeout":      "The app did not answer in time. Try again.",
	"restricted_action":      "This workspace does not let you do that.",
	"user_is_restricted":     "Guests cannot do that.",
	"user_not_found":         "There is no such person.",
}

// suggest asks the app for options while somebody types.
func (s *Server) suggest(w http.ResponseWriter, r *http.Request) {
	sc, ok := s.scene(w, r)
	if !ok {
		return
	}
	q := r.URL.Query()
	answer := s.slack.Act(r.Context(), slacksim.Act{
		Team: sc.teamID, As: sc.me.ID, Do: "suggest", Query: q.Get("q"),
		ActionID: q.Get("action_id"), BlockID: q.Get("block_id"), ViewID: q.Get("view_id"),
	})
	found, err := suggested(answer.Options)
	if err != nil {
		s.fail(w, err)
		return
	}
	if err := s.pages.ExecuteTemplate(w, "offers", found); err != nil {
		s.fail(w, err)
	}
}

// suggested reads the app's options, grouped or not.
func suggested(raw json.RawMessage) ([]option, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var plain []option
	if json.Unmarshal(raw, &plain) == nil {
		return plain, nil
	}
	var answer struct {
		Options []option      `json:"options"`
		Groups  []optionGroup `json:"option_groups"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return nil, fmt.Errorf("read the app's options: %w", err)
	}
	for _, g := range answer.Groups {
		answer.Options = append(answer.Options, g.Options...)
	}
	return answer.Options, nil
}
