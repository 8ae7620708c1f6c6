package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
)

// Client asks a bot that runs on this machine, over its control socket.
type Client struct {
	path string
	http *http.Client
}

// Dial is a Client of the bot that listens on a socket. It connects at the
// first question.
func Dial(path string) *Client {
	return &Client{path: path, http: &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialControl(ctx, path)
		},
	}}}
}

// Rooms are what a person is in and may join. team may be empty where the bot
// has one workspace.
func (c *Client) Rooms(ctx context.Context, team, person string) (Rooms, error) {
	return ask[Rooms](ctx, c, http.MethodGet, "rooms", url.Values{"team": {team}, "person": {person}})
}

// Join lets a person into a channel, if a rule does, and waits until they are in.
func (c *Client) Join(ctx context.Context, team, person, channel string) (Joined, error) {
	return ask[Joined](ctx, c, http.MethodPost, "join", url.Values{"team": {team}, "person": {person}, "channel": {channel}})
}

// Plan is what is not as the policy wants it.
func (c *Client) Plan(ctx context.Context, team string) (Plan, error) {
	return ask[Plan](ctx, c, http.MethodGet, "plan", url.Values{"team": {team}})
}

// NoBot says that nobody listens on a socket.
type NoBot struct{ Path string }

func (e NoBot) Error() string {
	return fmt.Sprintf("no bot listens on %s; start usher run, or name its socket with --control", e.Path)
}

func ask[A any](ctx context.Context, c *Client, method, path string, q url.Values) (a A, err error) {
	// The host is not looked up: the connection is the socket's.
	req, err := http.NewRequestWithContext(ctx, method, "http://usher/"+path+"?"+q.Encode(), nil)
	if err != nil {
		return a, err
	}
	resp, err := c.http.Do(req)
	var dialed *net.OpError
	switch {
	case errors.As(err, &dialed) && dialed.Op == "dial":
		return a, NoBot{c.path}
	case err != nil:
		return a, fmt.Errorf("ask the running bot: %w", errors.Unwrap(err))
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		var no refusal
		if err := json.NewDecoder(resp.Body).Decode(&no); err != nil || no.Error == "" {
			return a, fmt.Errorf("ask the running bot: it answered %s", resp.Status)
		}
		return a, errors.New(no.Error)
	}
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		return a, fmt.Errorf("read the running bot's answer: %w", err)
	}
	return a, nil
}
