// Package meter counts and times what a server does, in Prometheus' format.
package meter

import (
	"crypto/subtle"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"endstate/internal/web/trace"
	"endstate/labs"
)

// Meter counts what a server does.
type Meter struct {
	registry  *prometheus.Registry
	requests  *prometheus.HistogramVec
	acts      *prometheus.HistogramVec
	terminals prometheus.Gauge
	streams   prometheus.Gauge
}

// Bounds of the times that are counted, in seconds.
var (
	requestBounds = []float64{0.005, 0.025, 0.1, 0.25, 1, 5, 30}
	actBounds     = []float64{0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180}
)

// New returns a meter that also shows numbers that are counted when they are asked for, each with its
// name and what it means.
func New(gauges map[string]Gauge) *Meter {
	m := &Meter{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "endstate_http_request_duration_seconds", Help: "Time to answer requests, without terminals and streams of events.", Buckets: requestBounds,
		}, []string{"route", "status"}),
		acts: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "endstate_act_duration_seconds", Help: "Time that starts, checks and resets of labs took.", Buckets: actBounds,
		}, []string{"act", "outcome"}),
		terminals: prometheus.NewGauge(prometheus.GaugeOpts{Name: "endstate_terminals", Help: "Open terminals."}),
		streams:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "endstate_event_streams", Help: "Pages that follow a lab by server-sent events."}),
	}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), m.requests, m.acts, m.terminals, m.streams)
	for name, gauge := range gauges {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: gauge.Help}, gauge.Value))
	}
	return m
}

// Gauge is a number that is counted when it is asked for.
type Gauge struct {
	Help  string
	Value func() float64
}

// Request counts a request that was answered. Terminals and streams last as long as their pages.
func (m *Meter) Request(r *trace.Request) {
	if !strings.HasSuffix(r.Route, "/events") && !strings.Contains(r.Route, "/terminals/") {
		m.requests.WithLabelValues(r.Route, strconv.Itoa(r.Status)).Observe(r.Took.Seconds())
	}
}

// Act counts an act at a lab, how long it took and whether it worked.
func (m *Meter) Act(act string, took time.Duration, err error) {
	outcome := "done"
	if err != nil {
		outcome = "failed"
	}
	m.acts.WithLabelValues(act, outcome).Observe(took.Seconds())
}

// Terminal counts a terminal until leave is called.
func (m *Meter) Terminal() (leave func()) { m.terminals.Inc(); return m.terminals.Dec }

// Stream counts a page that follows a lab until leave is called.
func (m *Meter) Stream() (leave func()) { m.streams.Inc(); return m.streams.Dec }

// Handler shows the numbers to whoever has the token, and otherwise to somebody who is signed in and may
// see them. Without a token, nobody can show one.
func (m *Meter) Handler(token string, who func(*http.Request) (labs.Learner, bool), may func(labs.Learner) error) http.Handler {
	shown := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if given := r.Header.Get("Authorization"); given != "" {
			if token == "" || subtle.ConstantTimeCompare([]byte(given), []byte("Bearer "+token)) == 0 {
				http.Error(w, "This is not the token that the server knows.", http.StatusUnauthorized)
				return
			}
		} else if person, ok := who(r); !ok || may(person) != nil {
			http.Error(w, "Only an admin, or a program with the server's token, can see this.", http.StatusForbidden)
			return
		}
		shown.ServeHTTP(w, r)
	})
}
