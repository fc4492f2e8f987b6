// Package web is the browser's door to the desk. A handler parses a request, calls the desk for the
// learner whose session it is, and renders the result. It has no rules of its own.
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"sync"
	"time"

	"endstate/internal/desk"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/desk/operate"
	"endstate/internal/desk/people"
	"endstate/internal/desk/sessions"
	"endstate/internal/desk/visit"
	"endstate/internal/seat"
	"endstate/internal/web/assets"
	"endstate/internal/web/exam"
	"endstate/internal/web/meter"
	"endstate/internal/web/openid"
	"endstate/internal/web/pages"
	peopleroom "endstate/internal/web/people"
	"endstate/internal/web/reach"
	"endstate/internal/web/room"
	"endstate/internal/web/session"
	"endstate/internal/web/terminal"
	"endstate/internal/web/trace"
	"endstate/labs"
)

// Config is what the door is made from.
type Config struct {
	Desk  *desk.Desk
	Clock func() time.Time
	// Machine is whose machine the server runs on. Nobody else can have an account with that name.
	Machine labs.Learner
	Log     *slog.Logger
	// Answer answers the in-lab commands in a shell.
	Answer func(who labs.Learner, in *visit.Visit) seat.Answer
	// Exams is the desk's room for exams, and AnswerExam answers the in-lab commands in a shell of an exam.
	// submits reports whether the candidate has ended the exam with one.
	Exams      *examdesk.Desk
	AnswerExam func(who labs.Learner, at *examdesk.Session) (answer seat.Answer, submits func() bool)
	// NewEntry receives each new address that lets a browser of this machine in: there is always one that
	// has not been used. If other machines reach the server, there are none.
	NewEntry func(address string)
	// AccessLog logs every request, and not only those that failed.
	AccessLog bool
	// MetricsToken lets a program see the metrics; empty: only an admin can see them.
	MetricsToken string
	// Reach is how browsers reach the server; nil: from this machine.
	Reach *reach.Reach
	// Provider is where people can sign in with OpenID Connect; nil: with passwords alone.
	Provider *openid.Provider
	// Opened receives the address of a server that other machines reach. invitation is one for the first
	// admin; empty: there is an admin.
	Opened func(address, invitation string)
}

// Server is the door while it is open.
type Server struct {
	Config
	address  string // host and port
	hosts    []string
	sessions *session.Sessions
	people   *people.Desk
	accounts *peopleroom.Room
	assets   *assets.Assets
	pages    *pages.Pages
	benches  benches
	meter    *meter.Meter
	places   terminal.Places
	typed    terminal.Typed
	news     chan news // for other servers
	exams    *exam.Room
	ctx      context.Context // ends when the server does
	working  sync.WaitGroup  // acts and terminals
}

const (
	headerTimeout = 10 * time.Second
	bodyTimeout   = time.Minute
	idleTimeout   = 2 * time.Minute
	stopTimeout   = 5 * time.Second
)

// Serve lets a learner in until the context ends. It closes the listener.
func Serve(ctx context.Context, listener net.Listener, who labs.Learner, config Config) error {
	config.Machine = who
	s := newServer(ctx, listener.Addr().String(), config)
	if err := s.open(ctx); err != nil {
		if ctx.Err() != nil {
			err = nil // it ends before it has begun
		}
		return errors.Join(err, listener.Close())
	}
	s.joinOthers(ctx)
	server := &http.Server{
		Handler: s.Handler(), TLSConfig: s.Reach.OwnTLS(), IdleTimeout: idleTimeout, ReadHeaderTimeout: headerTimeout, BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog: slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn),
	}
	stopped := make(chan struct{})
	serving := context.AfterFunc(ctx, func() {
		defer close(stopped)
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		_ = server.Shutdown(stopping)
	})
	defer serving()
	err := serve(server, listener)
	if !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	<-stopped // requests that were being answered
	s.working.Wait()
	return nil
}

func serve(server *http.Server, listener net.Listener) error {
	if server.TLSConfig == nil {
		return server.Serve(listener)
	}
	return server.ServeTLS(listener, "", "")
}

// open says how to come in: with a key on this machine, or with an account.
func (s *Server) open(ctx context.Context) error {
	if !s.Reach.Shared() {
		s.NewEntry(s.entry(s.Machine))
		return nil
	}
	address := s.Reach.Address(s.address)
	key, err := s.people.FirstAdmin(ctx)
	if err != nil {
		return err
	}
	if key != "" {
		key = address + "/join/" + key
	}
	s.Opened(address, key)
	return nil
}

func newServer(ctx context.Context, address string, config Config) *Server {
	if config.Reach == nil {
		config.Reach = &reach.Reach{}
	}
	store, cookie := sessions.New(config.Desk), cookie(address, config.Reach)
	s := &Server{
		Config: config, address: address, ctx: ctx,
		assets: assets.New(), people: people.New(config.Desk, config.Machine), hosts: config.Reach.Hosts(address),
	}
	unread := func(w http.ResponseWriter, r *http.Request, err error) { s.fail(w, r, labs.Learner{}, "/", err) }
	s.sessions = session.New(cookie, config.Reach.Shared(), store, unread)
	if s.Provider != nil {
		s.people.Admit(s.Provider.Domains)
	}
	s.benches.tells, s.news = s.tells, make(chan news, newsWaiting)
	s.meter = meter.New(s.gauges())
	s.pages = pages.New(s.assets.Address, s.Clock)
	s.accounts = peopleroom.New(peopleroom.Door{
		House: s.house(), People: s.people, Sessions: s.sessions, Provider: s.Provider, Flows: session.NewFlows(cookie+"-provider", s.Reach.Shared(), store, unread),
		Log: s.Log, Address: s.Reach.Address(address), Alone: !s.Reach.Shared(), Status: statusOf, From: s.Reach.From,
	})
	s.exams = exam.New(config.Exams, exam.Door{
		House: s.house(), Work: s.work, Begun: s.begun, Watchers: s.watchers, Join: s.join, Once: s.once, Lost: s.lost, Tell: s.tell, Tells: s.tells, Answer: config.AnswerExam,
		Built: s.assets.Built(), Recorded: config.Desk.Record, Clock: config.Clock, Context: ctx,
	})
	return s
}

// cookie returns the name of the sessions' cookie. Browsers send it to every port of a host, so servers on different
// ports of this machine need different names. With HTTPS, its name keeps other hosts of the same domain from setting it.
func cookie(address string, r *reach.Reach) string {
	if r.Shared() {
		return "__Host-endstate"
	}
	_, port, _ := net.SplitHostPort(address)
	return "endstate-" + port
}

// entry returns an address that lets one browser in, once.
func (s *Server) entry(who labs.Learner) string {
	return "http://" + s.address + "/enter?key=" + s.sessions.NewKey(who)
}

// Built reports whether the program has the styles and the terminals of the pages.
func Built() bool { return assets.New().Built() }

// house returns how all rooms answer requests.
func (s *Server) house() room.House {
	return room.House{
		Write: s.write, Fail: s.fail, Ask: s.askFor, Done: s.doneAt, Report: s.writeReport, Stream: s.stream,
		Piece: s.piece, Problem: s.problem, Warning: s.warning,
	}
}

// routes returns what those who are let in can ask for, by the pattern of its address.
func (s *Server) routes() map[string]room.Handler {
	all := map[string]room.Handler{
		"GET /{$}":                               s.home,
		"GET /questions/{number}":                s.question,
		"GET /questions/{number}/rehearse":       s.rehearse,
		"POST /questions/{number}/script":        s.script,
		"POST /questions/{number}/said":          s.say,
		"POST /questions/{number}/remove":        s.removeScript,
		"GET /scenarios/{scenario}/rehearse":     s.rehearse,
		"POST /scenarios/{scenario}/script":      s.script,
		"POST /scenarios/{scenario}/said":        s.say,
		"POST /scenarios/{scenario}/remove":      s.removeScript,
		"GET /companies":                         s.companies,
		"POST /companies":                        s.noteCompany,
		"GET /scenarios":                         s.scenarios,
		"POST /labs":                             s.start,
		"GET /labs/{lab}":                        s.lab,
		"GET /labs/{lab}/events":                 s.events,
		"GET /labs/{lab}/terminals/{host}":       s.terminal,
		"POST /labs/{lab}/check":                 s.check,
		"POST /labs/{lab}/hint":                  s.hint,
		"POST /labs/{lab}/solution":              s.solution,
		"POST /labs/{lab}/reset":                 s.reset,
		"POST /labs/{lab}/extend":                s.extend,
		"POST /labs/{lab}/stop":                  s.stop,
		"POST /labs/{lab}/saves":                 s.save,
		"POST /labs/{lab}/saves/{state}/return":  s.goBack,
		"POST /labs/{lab}/saves/{state}/remove":  s.forget,
		"GET /attempts":                          s.attempts,
		"GET /attempts/{attempt}":                s.attempt,
		"GET /progress":                          s.progress,
		"GET /attempts/{attempt}/debrief":        s.debrief,
		"POST /attempts/{attempt}/debrief":       s.explain,
		"POST /attempts/{attempt}/points":        s.tick,
		"GET /attempts/{attempt}/replay":         s.replay,
		"GET /attempts/{attempt}/recordings/{n}": s.recording,
		"GET /attempts/{attempt}/report":         s.report,
	}
	maps.Copy(all, s.exams.Routes())
	maps.Copy(all, s.classes().Routes())
	maps.Copy(all, s.authors().Routes())
	maps.Copy(all, s.accounts.Inside())
	return all
}

// Handler answers requests.
func (s *Server) Handler() http.Handler {
	inside := http.NewServeMux()
	for pattern, handle := range s.routes() {
		inside.Handle(pattern, s.as(handle))
	}
	outside := http.NewServeMux()
	for pattern, handle := range s.accounts.Outside() {
		outside.Handle(pattern, s.sessions.Handler(handle))
	}
	outside.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	outside.HandleFunc("GET /readyz", s.ready)
	outside.Handle("GET /metrics", s.sessions.Handler(s.meter.Handler(s.MetricsToken, s.whose, operate.MayWatch)))
	outside.Handle("GET /assets/", s.assets)
	if !s.Reach.Shared() {
		outside.Handle("GET /enter", s.sessions.Handler(http.HandlerFunc(s.enter)))
	}
	outside.Handle("/", s.sessions.Handler(inside))
	return trace.Handler(s.guard(http.NewCrossOriginProtection().Handler(outside)), s.Log, s.AccessLog, s.Clock, s.meter.Request)
}
