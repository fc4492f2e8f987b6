package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/docker/go-units"

	"endstate/internal/attempts"
	"endstate/internal/docker"
	"endstate/internal/grading"
	"endstate/internal/images"
	"endstate/internal/places"
	"endstate/internal/progress"
	"endstate/internal/report"
	"endstate/internal/scenario"
	"endstate/internal/site"
	"endstate/internal/stage"
	"endstate/internal/tty"
	"endstate/labs"
	"endstate/labs/kit"
)

// app is one run of the command line: what its commands share, opened when it is
// first needed.
type app struct {
	Program
	flags struct {
		scenarios []string
		owner     string
		noRecord  bool
	}
	swept   bool // what is past its time was swept
	told    bool // it was said that the clocks differ
	running bool // arguments were understood, a command is at work
	backend *Backend
	graders *site.Servers // servers of the grader's own, kept between checks
	cache   int64         // bytes that snapshots may take
	library *images.Library
	known   *scenario.Library
	store   *attempts.Store
	stored  bool // it was tried to open the store
	// finished: exams whose time is up were looked for
	finished bool
}

const (
	defaultSubnets = "10.213.0.0/16"
	defaultCache   = "4GiB"
	defaultLife    = "8h"
)

func (a *app) close() {
	if a.store != nil {
		_ = a.store.Close()
	}
	if a.backend != nil {
		a.graders.Close()
		_ = a.backend.Close()
	}
}

func (a *app) setting(name, otherwise string) string {
	if value := a.Env(name); value != "" {
		return value
	}
	return otherwise
}

// home is the folder of the store and the locks.
func (a *app) home() string {
	if home := a.Env("ENDSTATE_HOME"); home != "" {
		return home
	}
	if data := a.Env("XDG_DATA_HOME"); data != "" {
		return filepath.Join(data, "endstate")
	}
	return filepath.Join(a.Env("HOME"), ".local", "share", "endstate")
}

// owner is whose labs the commands speak of.
func (a *app) owner() string {
	if a.flags.owner != "" {
		return a.flags.owner
	}
	if owner := a.Env("ENDSTATE_OWNER"); owner != "" {
		return owner
	}
	if me, err := user.Current(); err == nil {
		return me.Username
	}
	return "learner"
}

// life is how long a lab lives before it may be swept.
func (a *app) life() (time.Duration, error) {
	text := a.setting("ENDSTATE_LIFE", defaultLife)
	life, err := time.ParseDuration(text)
	if err != nil || life < time.Minute {
		return 0, labs.Misuse(fmt.Sprintf("ENDSTATE_LIFE is %q, which is no time a lab can live", text), "Give one such as 8h or 90m.")
	}
	return life, nil
}

// cacheSize is how many bytes snapshots may take.
func (a *app) cacheSize() (int64, error) {
	text := a.setting("ENDSTATE_CACHE", defaultCache)
	size, err := units.RAMInBytes(text)
	if err != nil || size < 0 {
		return 0, labs.Misuse(fmt.Sprintf("ENDSTATE_CACHE is %q, which is no size", text), "Give one such as 4GiB; 0 keeps no snapshot that nothing uses.")
	}
	return size, nil
}

// scenarios returns the library of scenarios.
func (a *app) scenarios() *scenario.Library {
	if a.known != nil {
		return a.known
	}
	roots := []scenario.Root{{Files: a.Scenarios}}
	for _, path := range append(filepath.SplitList(a.Env("ENDSTATE_SCENARIOS")), a.flags.scenarios...) {
		roots = append(roots, scenario.Root{Files: os.DirFS(path), Path: path})
	}
	a.known = scenario.New(a.probes(), a.imageNames(), roots...)
	return a.known
}

// images returns the images of the families, and those of none.
func (a *app) images() []kit.Image {
	all := slices.Clone(a.Images)
	for _, family := range a.Families {
		all = append(all, family.Images...)
	}
	return all
}

func (a *app) imageNames() []string {
	var names []string
	for _, image := range a.images() {
		names = append(names, image.Name)
	}
	return names
}

func (a *app) probes() []kit.Probe {
	var all []kit.Probe
	for _, family := range a.Families {
		all = append(all, family.Probes...)
	}
	return all
}

// open opens the engine and sweeps what is past its time. Every command that needs
// the engine begins so.
func (a *app) open(ctx context.Context) error {
	if a.swept {
		return nil
	}
	if err := a.connect(ctx); err != nil {
		return err
	}
	a.swept = true
	a.warnOfClock()
	err := a.sweep(ctx, a.owner())
	if ctx.Err() != nil {
		return err
	}
	if err != nil {
		a.warn(err, "A lab that is past its time may be left; the command goes on.")
	}
	return nil
}

func (a *app) connect(ctx context.Context) error {
	if a.backend != nil {
		return nil
	}
	subnets, err := docker.ParseSubnets(a.setting("ENDSTATE_SUBNETS", defaultSubnets))
	if err != nil {
		return err
	}
	if a.cache, err = a.cacheSize(); err != nil {
		return err
	}
	if a.backend, err = a.Open(ctx, subnets); err != nil {
		return err
	}
	a.library = images.New(a.backend.Images, a.images(), a.Env("ENDSTATE_MONGODB"), a.home())
	return nil
}

// How far this machine's clock may be from the engine's before nothing is ended by it.
const clockTolerance = time.Minute

// clockIsOff reports whether this machine's clock and the engine's differ.
func (a *app) clockIsOff() bool {
	return a.Clock().Sub(a.backend.Engine.Now()).Abs() > clockTolerance
}

// warnOfClock says once that the clocks differ, and what follows.
func (a *app) warnOfClock() {
	if a.told || !a.clockIsOff() {
		return
	}
	a.told = true
	off, which := a.Clock().Sub(a.backend.Engine.Now()), "ahead of"
	if off < 0 {
		which = "behind"
	}
	fmt.Fprintf(a.Err, "This machine's clock is %s %s the engine's: one of them is wrong.\n", span(off.Abs()), which)
	fmt.Fprintln(a.Err, "Labs go by the engine's clock, and no exam is ended until the clocks agree. Set them right: timedatectl")
}

// span writes a time in days if it is long.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= 2*day {
		return fmt.Sprintf("%d days", int(d.Round(day)/day))
	}
	return brief(d)
}

// sweep removes the labs of an owner that are past their time, everybody's if the owner
// is empty, and names those of learners.
func (a *app) sweep(ctx context.Context, owner string) error {
	var swept []*labs.Lab
	err := a.progress(false, func(emit labs.Emit) (err error) {
		stage := a.stage()
		stage.Owner = owner
		swept, err = stage.Sweep(ctx, emit)
		return err
	})
	for _, lab := range swept {
		switch {
		case lab.Role != labs.RoleLab:
		case lab.Expired(a.backend.Engine.Now()):
			fmt.Fprintf(a.Err, "The lab of %s was past its time and has been removed.\n", lab.Scenario)
			a.closed(ctx, lab, lab.Expires, attempts.Expired)
		case lab.Remade():
			fmt.Fprintf(a.Err, "A reset of %[1]s was cut off after it had removed the lab. Start the same exercise again: endstate start %[1]s --seed %[2]d\n",
				lab.Scenario, lab.Seed)
			a.closed(ctx, lab, a.Clock(), attempts.Gone)
		default:
			fmt.Fprintf(a.Err, "What a start of %s that was cut off had left has been removed.\n", lab.Scenario)
			a.closed(ctx, lab, a.Clock(), attempts.Gone)
		}
	}
	return err
}

// stage returns what labs come about by.
func (a *app) stage() *stage.Stage {
	return &stage.Stage{
		Engine: a.backend.Engine, Snapshots: a.backend.Snapshots, Images: a.library, Families: a.Families, Sites: a.sites(),
		Clock: a.Clock, Cache: a.cache, Owner: a.owner(),
	}
}

// grader returns what labs are graded by.
func (a *app) grader() *grading.Grader {
	return &grading.Grader{Images: a.library, Sites: a.sites(), Clock: a.Clock}
}

func (a *app) prover() grading.Prover { return grading.Prover{Stage: a.stage(), Grader: a.grader()} }

func (a *app) sites() site.Opener {
	return site.Opener{Engine: a.backend.Engine, Servers: a.graders, Places: places.Machine()}
}

// attempts returns the store, nil if it can't be used: then labs work without it.
func (a *app) attempts(ctx context.Context) *attempts.Store {
	if !a.stored {
		a.stored = true
		store, err := a.openStore(ctx)
		if err != nil {
			a.warn(err, "The lab works without it; hints and scores are not remembered.")
		}
		a.store = store
	}
	return a.store
}

// openStore opens the store, and ends the visits of clients that were killed.
func (a *app) openStore(ctx context.Context) (*attempts.Store, error) {
	store, err := attempts.Open(ctx, attempts.Path(a.home()))
	if err != nil {
		return nil, err
	}
	if err := store.EndVisits(ctx, a.Clock()); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return store, nil
}

// warn shows an error that does not end the command.
func (a *app) warn(err error, but string) {
	var problem *labs.Problem
	if errors.As(err, &problem) {
		a.showProblem(problem)
	} else {
		fmt.Fprintf(a.Err, "Warning: %s\n", report.Visible(err.Error()))
	}
	fmt.Fprintln(a.Err, but)
}

// style returns how text is shown on a writer.
func (a *app) style(w io.Writer) report.Style {
	t, ok := tty.Open(a.In, w)
	if !ok {
		width, _ := strconv.Atoi(a.Env("COLUMNS"))
		return report.Style{Width: width}
	}
	columns, _ := t.Size()
	return report.Style{Color: a.Env("NO_COLOR") == "" && a.Env("TERM") != "dumb", Width: columns}
}

// during shows what is being done, should that take its time.
func (a *app) during(step, text string, work func() error) error {
	return a.progress(false, func(emit labs.Emit) error {
		end := emit.Step(step, text)
		err := work()
		end(err)
		return err
	})
}

// progress shows events on standard error while work is done.
func (a *app) progress(asJSON bool, work func(labs.Emit) error) error {
	style := a.style(a.Err)
	_, live := tty.Open(a.In, a.Err)
	var renderer progress.Renderer
	switch {
	case asJSON:
		renderer = progress.JSON(a.Err)
	case live && a.Env("TERM") != "dumb":
		renderer = progress.Live(a.Err, style.Width, style.Color)
	default:
		renderer = progress.Plain(a.Err)
	}
	defer renderer.Close()
	return work(renderer.Emit)
}
