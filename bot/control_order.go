package bot

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"usher/bot/dispatch"
	"usher/bot/store"
	"usher/handlers"
	"usher/rules/workspace"
)

// orders are what somebody on the machine has done: plans carried out, what is
// held released, runs undone, everything paused. They go through the lane, like
// everything that changes something.
type orders struct {
	control *control
	store   *store.Store
	give    func(ctx context.Context, team workspace.TeamID, verb string, o handlers.Order) (Ordered, error)
	held    func(context.Context, workspace.TeamID) ([]handlers.Held, error)
}

// Ordered is what came of an order at once.
type Ordered struct {
	Team    workspace.TeamID `json:"team"`
	Text    string           `json:"text"`
	Refused bool             `json:"refused,omitempty"`
	Run     string           `json:"run,omitempty"` // what is carried out now
	Event   string           `json:"-"`             // what it was handled as
}

func (o *orders) routes(mux *http.ServeMux) {
	for _, verb := range []string{"apply", "release", "discard", "undo", "pause", "resume"} {
		mux.HandleFunc("POST /"+verb, answer(func(ctx context.Context, q url.Values) (Ordered, error) {
			team, err := o.control.team(q.Get("team"))
			if err != nil {
				return Ordered{}, err
			}
			said, err := o.give(ctx, team, verb, handlers.Order{ID: q.Get("id"), Hash: q.Get("hash"), Why: q.Get("why")})
			if err != nil {
				return said, err
			}
			if _, now, err := o.control.view(ctx, team); err == nil { // another replica's answer keeps its ids
				said.Text = Plain(now, said.Text)
			}
			return said, nil
		}))
	}
	mux.HandleFunc("GET /run", answer(o.run))
	mux.HandleFunc("GET /runs", answer(o.runs))
}

// orderWithin is how long an order may wait for its lane.
const orderWithin = 30 * time.Second

// giveOrder takes an order through its workspace's lane.
func giveOrder(d *dispatch.Dispatcher) func(context.Context, workspace.TeamID, string, handlers.Order) (Ordered, error) {
	return func(ctx context.Context, team workspace.TeamID, verb string, o handlers.Order) (Ordered, error) {
		ctx, cancel := context.WithTimeout(ctx, orderWithin)
		defer cancel()
		payload, err := json.Marshal(struct {
			Verb string `json:"verb"`
			handlers.Order
		}{verb, o})
		if err != nil {
			return Ordered{}, err
		}
		reply := make(chan any, 1)
		event := "cli:" + rand.Text()
		d.Receive(ctx, dispatch.Envelope{
			ID: event, Type: dispatch.TypeOrder, Team: team, Payload: payload, Received: time.Now(),
			Ack: func(_ context.Context, p any) error { reply <- p; return nil },
		})
		select {
		case p := <-reply:
			said := Ordered{Team: team}
			b, err := json.Marshal(p)
			if err == nil {
				err = json.Unmarshal(b, &said)
			}
			said.Team, said.Event = team, event
			if err == nil && said.Text == "" {
				err = errors.New("the bot did not answer; its log says why")
			}
			return said, err
		case <-ctx.Done():
			return Ordered{}, fmt.Errorf("wait for the answer to %s: %w", verb, ctx.Err())
		}
	}
}

// RunState is a run as it is now.
type RunState struct {
	Team   workspace.TeamID `json:"team"`
	ID     string           `json:"id"`
	At     time.Time        `json:"at"`
	Why    string           `json:"why"`
	By     workspace.UserID `json:"by,omitempty"`
	ByName string           `json:"by_name,omitempty"`
	Hash   string           `json:"hash,omitempty"`
	Undoes string           `json:"undoes,omitempty"`
	Steps  int              `json:"steps"`
	Done   int              `json:"done"`    // as they should be, or not due any more
	Failed int              `json:"failed"`  // could not be carried out
	Stays  int              `json:"waiting"` // yet to be carried out
	Paused int              `json:"paused"`  // of those: until somebody resumes
	Held   int              `json:"held"`    // things of its plan that wait for an administrator
	Wrong  []string         `json:"wrong,omitempty"`
}

// Over reports whether nothing more will happen by itself.
func (r RunState) Over() bool { return r.Stays == r.Paused }

func (o *orders) run(ctx context.Context, q url.Values) (RunState, error) {
	team, err := o.control.team(q.Get("team"))
	if err != nil {
		return RunState{}, err
	}
	r, ok, err := o.store.Run(ctx, team, q.Get("id"))
	if err != nil {
		return RunState{}, err
	}
	if !ok {
		return RunState{}, unclearf("there is no run called %q; usher runs lists them", q.Get("id"))
	}
	s, err := o.state(ctx, team, r)
	if err != nil || s.Failed == 0 || !s.Over() {
		return s, err
	}
	_, now, err := o.control.view(ctx, team)
	if err != nil {
		return s, err
	}
	actions, err := o.store.OfRun(ctx, team, r.ID)
	for _, a := range actions {
		if store.Failed(a.Result.Class) && a.Action != nil {
			s.Wrong = append(s.Wrong, strings.TrimSpace(InWords(now, a.Action.String())+": "+a.Result.Sentence))
		}
	}
	return s, err
}

func (o *orders) state(ctx context.Context, team workspace.TeamID, r store.Run) (RunState, error) {
	s := RunState{Team: team, ID: r.ID, At: r.At, Hash: r.Hash}
	var body struct {
		Why, Undoes string
		By          workspace.UserID
		Held        int
	}
	if err := json.Unmarshal(r.Body, &body); err != nil {
		return s, fmt.Errorf("read the run %s: %w", r.ID, err)
	}
	s.Why, s.By, s.Undoes, s.Held = body.Why, body.By, body.Undoes, body.Held
	counts, err := o.store.Tally(ctx, team, r.ID)
	for _, c := range counts {
		s.Steps += c.N
		switch {
		case c.Class == "":
			s.Stays += c.N
			if c.Hold != "" {
				s.Paused += c.N
			}
		case store.Failed(c.Class):
			s.Failed += c.N
		default:
			s.Done += c.N
		}
	}
	return s, err
}

// runsListed is how many runs are listed.
const runsListed = 50

func (o *orders) runs(ctx context.Context, q url.Values) ([]RunState, error) {
	team, err := o.control.team(q.Get("team"))
	if err != nil {
		return nil, err
	}
	_, now, err := o.control.view(ctx, team)
	if err != nil {
		return nil, err
	}
	runs, err := o.store.Runs(ctx, team, runsListed)
	all := []RunState{}
	for _, r := range runs {
		s, err := o.state(ctx, team, r)
		if err != nil {
			return all, err
		}
		if s.By != "" {
			s.ByName = Named(now, string(s.By))
		}
		all = append(all, s)
	}
	return all, err
}

// Apply carries out the plan of a hash, or where that is empty, whatever the
// plan is now.
func (c *Client) Apply(ctx context.Context, team, hash string) (Ordered, error) {
	return ask[Ordered](ctx, c, http.MethodPost, "apply", url.Values{"team": {team}, "hash": {hash}})
}

// Order gives one of the other orders about something: release, discard, undo.
func (c *Client) Order(ctx context.Context, team, verb, id string) (Ordered, error) {
	return ask[Ordered](ctx, c, http.MethodPost, verb, url.Values{"team": {team}, "id": {id}})
}

// Pause stops every change of a workspace; Resume lets them go on.
func (c *Client) Pause(ctx context.Context, team, why string) (Ordered, error) {
	return ask[Ordered](ctx, c, http.MethodPost, "pause", url.Values{"team": {team}, "why": {why}})
}

// Resume ends a pause.
func (c *Client) Resume(ctx context.Context, team string) (Ordered, error) {
	return c.Order(ctx, team, "resume", "")
}

// Run is one run as it is now.
func (c *Client) Run(ctx context.Context, team workspace.TeamID, id string) (RunState, error) {
	return ask[RunState](ctx, c, http.MethodGet, "run", url.Values{"team": {string(team)}, "id": {id}})
}

// Runs are the last runs, newest first.
func (c *Client) Runs(ctx context.Context, team string) ([]RunState, error) {
	return ask[[]RunState](ctx, c, http.MethodGet, "runs", url.Values{"team": {team}})
}
