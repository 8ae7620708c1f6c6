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
	if wrong := s.wrong(a.Do, a.Command, a.Channel); r.PostForm.Get("do") == "say" && wrong != "" {
		toast(w, wrong, true)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	answer := s.slack.Act(r.Context(), a)
	if a.Do == "submit" {
		s.complain(w, a.ViewID, answer)
	}
	switch {
	case !answer.OK && len(answer.Errors) == 0:
		toast(w, refusal(answer), true)
	case a.Do == "slash" && answer.Reply != nil && r.PostForm.Get("place") == "home":
		w.Header().Set("HX-Redirect", sc.link("dm")) // the answer stands there
	}
	w.WriteHeader(http.StatusNoContent)
}

// request is a form as /sim/act takes it.
func request(sc scene, form url.Values) map[string]any {
	a := map[string]any{"team": sc.teamID, "as": sc.me.ID}
	for name := range form {
		value := form.Get(name)
		switch {
		case strings.HasPrefix(name, fieldPrefix) || strings.HasPrefix(name, momentPrefix) || name == "q" || name == "place":
		case name == "users":
			a[name] = form[name]
		case name == "private":
			a[name] = value == "true"
		case name == "text" || name == "name":
			a[name] = strings.TrimSpace(value)
		case value != "" || name == "topic":
			a[name] = value
		}
	}
	switch a["do"] {
	case "say":
		text, _ := a["text"].(string)
		typed(a, text)
	case "click":
		// A select or a box carries its value under its own name.
		block, action := form.Get("block_id"), form.Get("action_id")
		if chosen, ok := fields(form)[block][action]; ok {
			a["value"] = given(chosen)
		}
	case "submit":
		values := map[string]map[string]any{}
		for block, actions := range fields(form) {
			values[block] = map[string]any{}
			for action, v := range actions {
				values[block][action] = given(v)
			}
		}
		a["values"] = values
	}
	return a
}

// complain remembers what a submission said about its fields, for the next look.
func (s *Server) complain(w http.ResponseWriter, viewID string, answer slacksim.ActAnswer) {
	s.memory.complain(viewID, answer.Errors)
	if len(answer.Errors) > 0 {
		w.Header().Set("X-Kept", "1")
		w.Header().Set("HX-Trigger", `{"redraw":true}`)
	}
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
		ActionID: q.Get("action_id"), BlockID: q.Get("block_id"), ViewID: q.Get("view_id"), Channel: q.Get("channel"), TS: q.Get("ts"),
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
func suggested(raw json.RawMessage) ([]optionGroup, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	plain, err := decoded[[]option](raw)
	if err == nil {
		return grouped(plain), nil
	}
	answer, err := decoded[struct {
		Options []option      `json:"options"`
		Groups  []optionGroup `json:"option_groups"`
	}](raw)
	if err != nil {
		return nil, fmt.Errorf("read the app's options: %w", err)
	}
	return append(grouped(answer.Options), answer.Groups...), nil
}

// grouped are options as one group without a name; none as none.
func grouped(options []option) []optionGroup {
	if len(options) == 0 {
		return nil
	}
	return []optionGroup{{Options: options}}
}
