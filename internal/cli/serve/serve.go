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
	"syscall"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk/visit"
	"endstate/internal/report/wrap"
	"endstate/internal/seat"
	"endstate/internal/web"
	"endstate/labs"
)

// Answers returns what answers the in-lab commands in a shell.
type Answers func(*door.Shell) seat.Answer

// options are the options of serve.
type options struct {
	*door.Door
	answers Answers
	listen  string
	noOpen  bool
	logAll  bool
}

// Command returns the command serve.
func Command(d *door.Door, answers Answers) *cobra.Command {
	o := &options{Door: d, answers: answers}
	c := &cobra.Command{
		Use:   "serve",
		Short: "Practise in a browser on this machine",
		Long: "Serve pages for a browser on this machine: what to practise next, the labs with their terminals, checks and hints, and the attempts. " +
			"It prints an address that lets one browser in, once, and opens it. It shows the same labs and attempts as the other commands. Ctrl-C ends it; labs and shells go on.",
		Example: "  endstate serve\n  endstate serve --no-open --listen 127.0.0.1:8080",
		Args:    door.Exactly(0, "no arguments"),
		RunE:    func(c *cobra.Command, _ []string) error { return o.run(c.Context()) },
	}
	c.Flags().StringVar(&o.listen, "listen", "127.0.0.1:7878", "the `address` to listen at; port 0 takes a free one")
	c.Flags().BoolVar(&o.noOpen, "no-open", false, "don't open a browser")
	c.Flags().BoolVar(&o.logAll, "access-log", false, "log every request, not only those that failed")
	return c
}

func (o *options) run(ctx context.Context) error {
	if err := loopback(o.listen); err != nil {
		return err
	}
	at, err := o.Desk()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return cannotListen(o.listen, err)
	}
	return web.Serve(ctx, listener, o.Who(), web.Config{
		Desk: at, Clock: o.Clock, Log: slog.New(slog.NewTextHandler(o.Err, nil)), NewEntry: o.show(),
		AccessLog: o.logAll, MetricsToken: o.Env("ENDSTATE_METRICS_TOKEN"),
		Answer: func(who labs.Learner, in *visit.Visit) seat.Answer {
			return o.answers(&door.Shell{Door: o.Door, Visit: in, Remote: who})
		},
	})
}

// loopback returns an error for an address that other machines could reach.
func loopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return labs.Misuse(fmt.Sprintf("%q is not an address to listen at", address), "Use an address and a port, such as 127.0.0.1:7878.")
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return labs.Misuse(fmt.Sprintf("%s can be reached from other machines", address),
		"The connection is not encrypted, and whoever gets in can use your labs and this machine's engine. Use 127.0.0.1. From another machine, forward the port: ssh -L 7878:127.0.0.1:7878 HOST")
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
		if !web.Built() {
			fmt.Fprintln(o.Err, "This program was built without the styles and the terminals of the pages. Install npm and build it again: make build")
		}
		if !o.noOpen {
			o.browse(address)
		}
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
