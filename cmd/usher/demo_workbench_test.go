package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"sync"
	"testing"

	"github.com/gorilla/websocket"

	"usher/bot/slacksim"
	"usher/cmd/demo"
)

// still is an Usher that did nothing: the app on the workbench is another one.
type still struct{}

func (still) Lately(context.Context, string, int) (demo.Behind, error) { return demo.Behind{}, nil }
func (still) Changed() <-chan struct{}                                 { return nil }

// workbench is the demo's page over a local Slack with an app of the test's own,
// so that every element of Block Kit can be tried, not only those Usher uses.
type workbench struct {
	t     *testing.T
	slack *slacksim.Server
	page  *demo.Server
	ready slacksim.ReadyWorkspace
	// answer is what the app's acks carry, by the kind of interaction; nil: nothing.
	answer func(kind string, payload map[string]any) any

	mu   sync.Mutex
	seen []map[string]any
	news chan struct{}
}

func newWorkbench(t *testing.T) *workbench {
	t.Helper()
	f, err := slacksim.ParseFile(demo.Workspace())
	if err != nil {
		t.Fatal(err)
	}
	b := &workbench{t: t, news: make(chan struct{}, 1)}
	if b.slack, err = slacksim.Start(slacksim.Options{Workspace: f}); err != nil {
		t.Fatal(err)
	}
	b.ready = b.slack.Ready().Workspaces[0]
	if b.page, err = demo.New(demo.Options{Slack: b.slack, Insight: still{}, Command: "/usher"}); err != nil {
		t.Fatal(err)
	}
	var opened struct{ URL string }
	b.call(b.ready.AppToken, "apps.connections.open", nil, &opened)
	socket, response, err := websocket.DefaultDialer.DialContext(t.Context(), opened.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		b.serve(socket)
	}()
	t.Cleanup(func() {
		socket.Close()
		<-ended
		if err := b.page.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if err := b.slack.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// serve acks everything and keeps what people did.
func (b *workbench) serve(socket *websocket.Conn) {
	for {
		var frame struct {
			EnvelopeID string         `json:"envelope_id"`
			Type       string         `json:"type"`
			Payload    map[string]any `json:"payload"`
		}
		if socket.ReadJSON(&frame) != nil {
			return
		}
		if frame.EnvelopeID == "" {
			continue
		}
		ack := map[string]any{"envelope_id": frame.EnvelopeID}
		kind, _ := frame.Payload["type"].(string)
		if frame.Type == "interactive" && b.answer != nil {
			if payload := b.answer(kind, frame.Payload); payload != nil {
				ack["payload"] = payload
			}
		}
		if socket.WriteJSON(ack) != nil {
			return
		}
		if frame.Type == "interactive" && kind != "block_suggestion" {
			b.mu.Lock()
			b.seen = append(b.seen, frame.Payload)
			b.mu.Unlock()
			select {
			case b.news <- struct{}{}:
			default:
			}
		}
	}
}

// next is what somebody did next.
func (b *workbench) next() map[string]any {
	b.t.Helper()
	for {
		b.mu.Lock()
		if len(b.seen) > 0 {
			first := b.seen[0]
			b.seen = b.seen[1:]
			b.mu.Unlock()
			return first
		}
		b.mu.Unlock()
		select {
		case <-b.news:
		case <-b.t.Context().Done():
			b.t.Fatal("nobody did anything")
		}
	}
}

// nextAction is the first action of what somebody did next.
func (b *workbench) nextAction() map[string]any {
	b.t.Helper()
	did := b.next()
	actions, _ := did["actions"].([]any)
	if len(actions) != 1 {
		b.t.Fatalf("%v has no action", did)
	}
	return actions[0].(map[string]any)
}

// call calls the Web API, and fails the test if Slack refuses.
func (b *workbench) call(token, method string, args map[string]any, into any) {
	b.t.Helper()
	form := url.Values{"token": {token}}
	for name, v := range args {
		if s, ok := v.(string); ok {
			form.Set(name, s)
			continue
		}
		raw, err := json.Marshal(v)
		if err != nil {
			b.t.Fatal(err)
		}
		form.Set(name, string(raw))
	}
	answer, err := http.PostForm(b.slack.Ready().APIURL+method, form)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	var raw json.RawMessage
	if err := json.NewDecoder(answer.Body).Decode(&raw); err != nil {
		b.t.Fatal(err)
	}
	var said struct{ OK bool }
	if err := json.Unmarshal(raw, &said); err != nil || !said.OK {
		b.t.Fatalf("%s: %s", method, raw)
	}
	if into != nil {
		if err := json.Unmarshal(raw, into); err != nil {
			b.t.Fatal(err)
		}
	}
}
