// Package serve is the command line's room for the browser: it opens the door that pages come through.
package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os/exec"
	"runtime"
	"sync"
	"syscall"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/cli/exam"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/desk/visit"
	"endstate/internal/report/wrap"
	"endstate/internal/seat"
	"endstate/internal/web"
	"endstate/internal/web/openid"
	"endstate/internal/web/reach"
	"endstate/labs"
)

// Answers returns what answers the in-lab commands in a shell.
type Answers func(*door.Shell) seat.Answer

// options are the options of serve.
type options struct {
	*door.Door
	answers Answers
	reach   reach.Options
	openid  openid.Options
	noOpen  bool
	logAll  bool
}

// Command returns the command serve.
func Command(d *door.Door, answers Answers) *cobra.Command {
	o := &options{Door: d, answers: answers}
	c := &cobra.Command{
		Use:   "serve",
		Short: "Practise in a browser, alone or with others",
		Long: "Serve pages for a browser on this machine: what to practise next, the labs with their terminals, checks and hints, and the attempts. " +
			"It prints an address that lets one browser in, once, and opens it. It shows the same labs and attempts as the other commands. Ctrl-C ends it; labs and shells go on.\n\n" +
			"With TLS, or behind a proxy that has it, other machines reach the server, too. Then everybody signs in with an account, and it prints an invitation for the first admin.",
		Annotations: map[string]string{exam.OnlyLooks: "yes"}, // it grades them itself while it runs
		Example: "  endstate serve\n  endstate serve --no-open --listen 127.0.0.1:8080\n" +
			"  endstate serve --listen :443 --host labs.example.org --tls-cert cert.pem --tls-key key.pem\n" +
			"  endstate serve --host labs.example.org --behind-proxy 127.0.0.1",
		Args: door.Exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c.Context()) },
	}
	c.Flags().StringVar(&o.reach.Listen, "listen", "127.0.0.1:7878", "the `address` to listen at; port 0 takes a free one")
	c.Flags().StringSliceVar(&o.reach.Hosts, "host", nil, "a `name` under which browsers of other machines reach the server; it answers to no others. The first one is in the links that it makes")
	c.Flags().StringVar(&o.reach.Certificate, "tls-cert", "", "the `file` of the certificate with its chain, in PEM format; read again when it changes")
	c.Flags().StringVar(&o.reach.Key, "tls-key", "", "the `file` of the certificate's key")
	c.Flags().StringSliceVar(&o.reach.Proxies, "behind-proxy", nil, "the `address` or range of a proxy with TLS. The server answers only to it, and trusts its X-Forwarded-For and X-Forwarded-Proto")
	o.openidFlags(c)
	c.Flags().BoolVar(&o.noOpen, "no-open", false, "don't open a browser")
	c.Flags().BoolVar(&o.logAll, "access-log", false, "log every request, not only those that failed")
	return c
}

func (o *options) run(ctx context.Context) error {
	way, err := reach.New(o.reach)
	if err != nil {
		return err
	}
	provider, err := o.provider(way)
	if err != nil {
		return err
	}
	at, err := o.Desk()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", o.reach.Listen)
	if err != nil {
		return cannotListen(o.reach.Listen, err)
	}
	examRoom := examdesk.NewServed(at)
	keeping := o.keepExams(ctx, examRoom)
	defer keeping.Wait()
	tellSystemd(o.Env("NOTIFY_SOCKET"))
	return web.Serve(ctx, listener, o.Who(), web.Config{
		Exams: examRoom,
		Desk:  at, Clock: o.Clock, Log: slog.New(slog.NewTextHandler(o.Err, nil)), NewEntry: o.show(), Reach: way, Provider: provider, Opened: o.showShared,
		AccessLog: o.logAll, MetricsToken: o.Env("ENDSTATE_METRICS_TOKEN"),
		Answer: func(who labs.Learner, in *visit.Visit) seat.Answer {
			return o.answers(&door.Shell{Door: o.Door, Visit: in, Remote: who})
		},
		AnswerExam: func(who labs.Learner, at *examdesk.Session) (seat.Answer, func() bool) {
			return exam.Answers(&door.Shell{Door: o.Door, Visit: at.Visit(), Remote: who}, at)
		},
	})
}

// keepExams keeps the time of everyone's exams until the server ends.
func (o *options) keepExams(ctx context.Context, at *examdesk.Desk) *sync.WaitGroup {
	var keeping sync.WaitGroup
	keeping.Go(func() {
		if err := at.KeepAll(ctx, o.Who(), exam.Keeper(o.Door)); err != nil {
			door.ShowWarning(o.Err, labs.Event{State: labs.Warned, Warning: err, Detail: "The time of exams is not kept."})
		}
	})
	return &keeping
}

// cannotListen says why an address can't be listened at.
func cannotListen(address string, err error) error {
	problem := &labs.Problem{Code: codeListen, What: "Can't listen at " + address, Advice: "Use another port, or 127.0.0.1:0 for a free one.", Err: err}
	if errors.Is(err, syscall.EADDRINUSE) {
		problem.What, problem.Err = "Another program listens at "+address+" already; it may be another endstate serve", nil
	}
	return problem
}

const codeListen = "listen" // the server can't listen at its address

// show returns what prints the addresses that let a browser in. It opens the first one.
func (o *options) show() func(string) {
	first := true
	return func(address string) {
		out := wrap.Behind(o.Out) // an address must stay in one piece
		if !first {
			fmt.Fprintf(out, "A browser came in. To let in another one:\n  %s\n", address)
			return
		}
		first = false
		fmt.Fprintf(out, "Open this address in a browser on this machine. It works once.\n  %s\nCtrl-C ends the server; labs and shells go on.\n", address)
		o.warnUnbuilt()
		if !o.noOpen {
			o.browse(address)
		}
	}
}

// showShared prints how to come in to a server that other machines reach.
func (o *options) showShared(address, invitation string) {
	out := wrap.Behind(o.Out)
	fmt.Fprintf(out, "Everybody with an account can sign in:\n  %s\n", address)
	if invitation != "" {
		fmt.Fprintf(out, "There is no admin yet. Open this address to choose your password; it works once, within an hour.\n  %s\n", invitation)
	}
	fmt.Fprintln(out, "Ctrl-C ends the server; labs and shells go on.")
	o.warnUnbuilt()
}

func (o *options) warnUnbuilt() {
	if !web.Built() {
		fmt.Fprintln(o.Err, "This program was built without the styles and the terminals of the pages. Install npm and build it again: make build")
	}
}

// browse opens an address in the user's browser, if there is a desktop.
func (o *options) browse(address string) {
	var command []string
	switch {
	case runtime.GOOS == "darwin":
		command = []string{"open", address}
	case runtime.GOOS == "windows":
		command = []string{"rundll32", "url.dll,FileProtocolHandler", address}
	case o.Env("DISPLAY") != "" || o.Env("WAYLAND_DISPLAY") != "":
		command = []string{"xdg-open", address}
	default:
		return
	}
	opener := exec.Command(command[0], command[1:]...)
	if opener.Start() == nil { // if it does not start, the address is on the screen
		go func() { _ = opener.Wait() }()
	}
}
