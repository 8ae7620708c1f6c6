// Package metrics counts what the bot does, in Prometheus' terms.
//
// It owns one registry, the names of all metrics and their labels. It must
// never hold a channel's, a person's or a message's id or text: labels are
// workspaces, clusters, kinds, methods and outcomes, which are few.
//
// Decision: a registry of its own instead of the library's global one, so that
// two bots in one process (tests, the demo) do not add up; and one Reading
// taken when somebody asks, instead of gauges set here and there, so that a
// figure that is asked for is never an old one.
package metrics

import (
	"net/http"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"usher/rules/action"
	"usher/rules/workspace"
)

// Metrics is safe for concurrent use. A nil Metrics counts nothing.
type Metrics struct {
	registry *prometheus.Registry

	envelopes, decisions, actions, calls, limited *prometheus.CounterVec
	answered, carried, called, waited             *prometheus.HistogramVec

	mu      sync.Mutex
	changed chan struct{}
}

// New is a registry with nothing counted yet.
func New(version string) *Metrics {
	m := &Metrics{
		registry:  prometheus.NewRegistry(),
		changed:   make(chan struct{}),
		envelopes: counter("envelopes_total", "Payloads that Slack sent, by kind and by what became of them.", "team", "kind", "outcome"),
		decisions: counter("decisions_total", "Decisions recorded, by the cluster that settled them.", "team", "cluster", "verdict", "dry_run"),
		actions:   counter("actions_total", "Stored actions that came to an end, by result.", "team", "kind", "result"),
		calls:     counter("calls_total", "Web API calls: ok, Slack's error code, or why there was no answer.", "team", "method", "outcome"),
		limited:   counter("rate_limited_total", "Calls that Slack refused with 429.", "team", "method"),
		answered:  histogram("envelope_seconds", "From an envelope's arrival to its ack.", []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2, 3}, "kind"),
		carried:   histogram("action_seconds", "From the moment an action was due to its end.", []float64{.1, .25, .5, 1, 2, 5, 15, 60, 300, 1800}, "kind"),
		called:    histogram("call_seconds", "How long a Web API call took once it was sent.", []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}, "method"),
		waited:    histogram("call_wait_seconds", "How long a Web API call waited for its allowance.", []float64{.001, .1, .5, 1, 5, 15, 60, 300}, "method"),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Namespace:   namespace,
		Name:        "build_info",
		Help:        "1, with the version as a label.",
		ConstLabels: prometheus.Labels{"version": version, "go": runtime.Version()},
	})
	build.Set(1)
	m.registry.MustRegister(
		m.envelopes, m.decisions, m.actions, m.calls, m.limited, m.answered, m.carried, m.called, m.waited, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

const namespace = "usher"

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
}

func histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets}, labels)
}

// Envelope counts one payload and, where took is not zero, the time to its ack.
// Of a kind that goes on with ids (action:join:C1) only its beginning is kept.
func (m *Metrics) Envelope(team workspace.TeamID, kind, outcome string, took time.Duration) {
	if m == nil {
		return
	}
	kind = few(kind)
	m.envelopes.WithLabelValues(string(team), kind, outcome).Inc()
	if took > 0 {
		m.answered.WithLabelValues(kind).Observe(took.Seconds())
	}
	m.change()
}

// Decision counts one recorded decision.
func (m *Metrics) Decision(team workspace.TeamID, cluster, verdict string, dryRun bool) {
	if m == nil {
		return
	}
	dry := "false"
	if dryRun {
		dry = "true"
	}
	m.decisions.WithLabelValues(string(team), cluster, verdict, dry).Inc()
}

// Action counts one action that came to an end, took after it was due.
func (m *Metrics) Action(team workspace.TeamID, kind action.Kind, result string, took time.Duration) {
	if m == nil {
		return
	}
	m.actions.WithLabelValues(string(team), string(kind), result).Inc()
	m.carried.WithLabelValues(string(kind)).Observe(took.Seconds())
	m.change()
}

// Call counts one Web API call: how long it waited for its turn and took then.
func (m *Metrics) Call(team workspace.TeamID, method, outcome string, limited bool, waited, took time.Duration) {
	if m == nil {
		return
	}
	m.calls.WithLabelValues(string(team), method, outcome).Inc()
	m.called.WithLabelValues(method).Observe(took.Seconds())
	m.waited.WithLabelValues(method).Observe(waited.Seconds())
	if limited {
		m.limited.WithLabelValues(string(team), method).Inc()
	}
	m.change()
}

// Changed is closed when a payload, an action or a call was counted since. It
// lets somebody follow what the bot does without asking again and again.
func (m *Metrics) Changed() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.changed
}

func (m *Metrics) change() {
	m.mu.Lock()
	defer m.mu.Unlock()
	close(m.changed)
	m.changed = make(chan struct{})
}

// Handler serves the registry.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// few keeps the verb and the first word behind it.
func few(kind string) string {
	verb, rest, found := strings.Cut(kind, ":")
	if !found {
		return kind
	}
	word, _, _ := strings.Cut(rest, ":")
	return verb + ":" + word
}
