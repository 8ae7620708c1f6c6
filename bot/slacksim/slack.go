package slacksim

import (
	"cmp"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"usher/bot/slacksim/wire"
)

// botName is what the app's own user is called.
const botName = "usher"

// slack is the whole simulated Slack. Everything below it is guarded by mu:
// every call, act and answer is one step of one history.
type slack struct {
	mu   sync.Mutex
	seed int64
	now  func() time.Time
	log  zerolog.Logger
	hub  *wire.Hub

	baseURL    string // http://host:port
	appID      string
	appToken   string
	verifier   string // the legacy verification token inside payloads
	subscribed map[string]bool
	limited    bool
	perHour    int      // events delivered from one workspace
	commands   []string // nil: any

	workspaces []*workspace
	byTeam     map[string]*workspace
	tokens     map[string]*token

	version uint64
	changed chan struct{} // closed at the next change

	calls     callLog
	events    eventLog
	faults    []*methodFault
	rates     map[string]*bucket
	triggers  map[string]*trigger
	responses map[string]*responseURL
	serial    int64
}

func newSlack(o Options, base string) *slack {
	f := o.Workspace
	s := &slack{
		seed: f.Seed, perHour: cmp.Or(o.EventsPerHour, eventsPerHour), now: o.Now, log: o.Log, baseURL: base, limited: !o.NoRateLimits, commands: o.Commands,
		hub:      wire.NewHub(wire.Options{RetryScale: o.RetryScale, ReconnectEvery: o.ReconnectEvery, Seed: f.Seed}),
		appID:    ident(f.Seed, "A", "app", botName),
		appToken: secret("xapp-1-"), verifier: secret(""),
		byTeam: map[string]*workspace{}, tokens: map[string]*token{}, subscribed: map[string]bool{},
		changed: make(chan struct{}), rates: map[string]*bucket{}, triggers: map[string]*trigger{}, responses: map[string]*responseURL{},
	}
	if s.now == nil {
		s.now = time.Now
	}
	subscriptions := f.App.Events
	if subscriptions == nil {
		subscriptions = append(defaultEvents(), o.Events...)
	}
	for _, kind := range subscriptions {
		s.subscribed[kind] = true
	}
	appScopes := o.AppScopes
	if appScopes == nil {
		appScopes = []string{"connections:write", "authorizations:read"}
	}
	s.tokens[s.appToken] = &token{kind: appToken, scopes: newScopes(appScopes...)}
	for i := range f.Workspaces {
		s.build(&f.Workspaces[i], f.App, o)
	}
	return s
}

// touch tells everybody who waits that something changed.
func (s *slack) touch() {
	s.version++
	close(s.changed)
	s.changed = make(chan struct{})
}

// next numbers things that have no name of their own.
func (s *slack) next() int64 { s.serial++; return s.serial }

// workspace is one Slack workspace.
type workspace struct {
	slack      *slack
	id         string
	name       string
	domain     string
	enterprise string // set on Grid
	prefs      preferences
	created    time.Time

	ids        map[string]bool // of everything there is or was
	users      map[string]*user
	userList   []*user
	channels   map[string]*channel
	chanList   []*channel
	usergroups map[string]*usergroup
	groupList  []*usergroup
	idpGroups  map[string]*idpGroup
	idpList    []*idpGroup
	userNames  map[string]*user // by name
	chanNames  map[string]*channel
	dms        map[string]*channel // by pair of user ids
	emails     map[string]*user
	usersShown map[string]User // for State, nil when it has to be made again

	messages  []*message
	messageAt map[string]*message // by channel and ts
	lastTS    int64

	hour        time.Time // the hour in which events are counted
	inHour      int
	toldLimited int64 // the minute in which the app was told last

	views    map[string]*view
	homes    map[string]*view
	stacks   map[string][]*view // open modals per person, the top one last
	external map[string]*view   // by external_id
	offered  map[string][]any   // options an app suggested, per person and action

	invitations []*invitation

	bot, admin *user // whom the bot token and the admin token act as
	botID      string
	botToken   string
	adminToken string
}

func (w *workspace) grid() bool { return w.enterprise != "" }

// ts makes the next message timestamp: Slack's are unique per channel.
func (w *workspace) ts() string {
	at := w.slack.now().UnixMicro()
	if at <= w.lastTS {
		at = w.lastTS + 1
	}
	w.lastTS = at
	return fmt.Sprintf("%d.%06d", at/1e6, at%1e6)
}

func (w *workspace) unix() int64 { return w.slack.now().Unix() }

// preferences are the workspace settings that decide who may do what. False
// stands for everyone, true for admins only.
type preferences struct {
	removeFromPrivate, removeFromPublic, editUsergroups bool
}

// defaultPreferences are Slack's own.
func defaultPreferences() preferences { return preferences{removeFromPublic: true} }

func (p *preferences) set(name, value string) error {
	var admins bool
	switch value {
	case "everyone":
	case "admins":
		admins = true
	default:
		return fmt.Errorf("%q: use everyone or admins", value)
	}
	switch name {
	case "remove_from_private":
		p.removeFromPrivate = admins
	case "remove_from_public":
		p.removeFromPublic = admins
	case "edit_usergroups":
		p.editUsergroups = admins
	default:
		return fmt.Errorf("no preference %q; known: remove_from_private, remove_from_public, edit_usergroups", name)
	}
	return nil
}
