package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"usher/rules/workspace"
)

// Reading is how things stand at one moment.
type Reading struct {
	Sockets        int   // connections to Slack that have said hello
	StoreFailures  int64 // writes that failed since the start, because of a full disk or a server that is gone
	PolicyProblems int   // rules of the policy in force that were set aside, and 1 more when a newer file was refused
	Workspaces     []WorkspaceReading
}

// WorkspaceReading is how one workspace stands.
type WorkspaceReading struct {
	Team      workspace.TeamID
	Elsewhere bool          // another replica owns it, and its figures are served there
	Waiting   int           // actions that are due and not carried out
	OldestAge time.Duration // since the oldest of them was due
	Blocked   int           // channels and user groups that wait for somebody to change something
	Paused    bool
	MirrorAge time.Duration // since the list of channels was last read whole
	Usable    bool          // the mirror is complete enough to decide by
}

// Watch has read asked whenever the metrics are; it must be quick and safe for
// concurrent use. To be called once, before the Handler is.
func (m *Metrics) Watch(read func() Reading) {
	m.registry.MustRegister(watcher{read})
}

type watcher struct{ read func() Reading }

var (
	sockets   = prometheus.NewDesc("usher_sockets_open", "Socket Mode connections that have said hello.", nil, nil)
	problems  = prometheus.NewDesc("usher_policy_problems", "Rules set aside in the policy, and 1 more while a newer file is refused.", nil, nil)
	failures  = prometheus.NewDesc("usher_store_failures_total", "Writes to the database that failed, for its own reasons.", nil, nil)
	waiting   = prometheus.NewDesc("usher_actions_waiting", "Actions that are due and not carried out.", []string{"team"}, nil)
	oldest    = prometheus.NewDesc("usher_actions_oldest_seconds", "Since when the oldest of them is due.", []string{"team"}, nil)
	blocked   = prometheus.NewDesc("usher_blocked", "Channels and user groups in which nothing can be done until somebody changes a setting.", []string{"team"}, nil)
	paused    = prometheus.NewDesc("usher_paused", "1 while somebody has paused all changes.", []string{"team"}, nil)
	mirrorAge = prometheus.NewDesc("usher_mirror_age_seconds", "Since the list of channels was last read whole.", []string{"team"}, nil)
	owned     = prometheus.NewDesc("usher_owned", "1 when this replica owns the workspace; the figures about it are the owner's.", []string{"team"}, nil)
	usable    = prometheus.NewDesc("usher_mirror_usable", "1 when the workspace is known well enough to decide by.", []string{"team"}, nil)
)

func (watcher) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{sockets, problems, failures, waiting, oldest, blocked, paused, mirrorAge, usable, owned} {
		out <- d
	}
}

func (w watcher) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	now := w.read()
	gauge(sockets, float64(now.Sockets))
	gauge(problems, float64(now.PolicyProblems))
	out <- prometheus.MustNewConstMetric(failures, prometheus.CounterValue, float64(now.StoreFailures))
	for _, ws := range now.Workspaces {
		team := string(ws.Team)
		if gauge(owned, one(!ws.Elsewhere), team); ws.Elsewhere {
			continue
		}
		gauge(waiting, float64(ws.Waiting), team)
		gauge(oldest, ws.OldestAge.Seconds(), team)
		gauge(blocked, float64(ws.Blocked), team)
		gauge(paused, one(ws.Paused), team)
		gauge(mirrorAge, ws.MirrorAge.Seconds(), team)
		gauge(usable, one(ws.Usable), team)
	}
}

func one(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
