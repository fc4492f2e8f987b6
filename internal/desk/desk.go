// Package desk is everything that people can do. Doors, such as the command line, call it and
// have no rules of their own. Every act takes the learner who acts, returns values, and emits
// progress and warnings as events. It never writes text for a screen.
package desk

import (
	"context"
	"slices"
	"sync"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/desk/admission"
	"endstate/internal/grading"
	"endstate/internal/images"
	"endstate/internal/places"
	"endstate/internal/scenario"
	"endstate/internal/site"
	"endstate/internal/stage"
	"endstate/labs"
	"endstate/labs/kit"
)

// Config is what a desk is made from.
type Config struct {
	Families  []kit.Family
	Images    []kit.Image     // those of no family
	Scenarios []scenario.Root // the folders of scenarios
	Open      func(context.Context) (*Backend, error)
	Clock     func() time.Time
	Version   string // of the program, as reports name it
	Settings
}

// Settings are the choices of who runs a desk.
type Settings struct {
	Home    string        // the folder of the store, the recordings and the locks
	Store   string        // the URL of a database for the store, which may have a password; empty: a file in Home
	MongoDB string        // which server of MongoDB; empty: the first available one
	Life    time.Duration // how long a lab lives before it expires
	Longest time.Duration // how long a lab may live from its start, with all extensions; 0: [LongestLife], or Life if that is longer
	Cache   int64         // the limit for snapshots, in bytes
	Record  bool          // record what terminals show
	Limits  admission.Limits
}

// Backend is an open engine.
type Backend struct {
	Engine    labs.Engine
	Snapshots labs.Snapshots
	Images    images.Store
	Info      func(context.Context) (labs.EngineInfo, error)
	Examine   func(context.Context) []labs.Need // tries whether what labs need is there; may be nil
	Push      string                            // images are not built here, but pushed to this registry; may be empty
	Close     func() error
}

// Desk is what people can do. It opens the engine and the store when they are first needed. It is
// safe for concurrent use. [Desk.Close] closes everything.
type Desk struct {
	Config
	library  func() *scenario.Library
	graders  *site.Servers    // servers of the grader's own, kept between checks
	standbys grading.Standbys // what is kept ready for checks of labs in which somebody works

	gate     *admission.Gate
	shown    shown
	memories sync.Map // by scenario: how much memory its labs may use, in bytes

	mu          sync.Mutex
	backend     *Backend
	images      *images.Library
	store       *attempts.Store
	failed      time.Time            // when opening the store last failed
	tidied      map[string]time.Time // when an owner's labs were last swept
	clockWarned bool                 // the learner was warned that the clocks differ
}

// New returns a desk.
func New(config Config) *Desk {
	d := &Desk{Config: config, graders: &site.Servers{}, tidied: map[string]time.Time{}}
	d.gate = d.newGate()
	d.library = sync.OnceValue(func() *scenario.Library { return d.read(d.Config.Scenarios) })
	return d
}

// Close closes what was opened.
func (d *Desk) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.store != nil {
		_ = d.store.Close()
	}
	if d.backend != nil {
		d.graders.Close()
		_ = d.backend.Close()
	}
}

// read returns the library of the scenarios in some folders.
func (d *Desk) read(roots []scenario.Root) *scenario.Library {
	var probes []kit.Probe
	for _, family := range d.Families {
		probes = append(probes, family.Probes...)
	}
	var names []string
	for _, image := range d.allImages() {
		names = append(names, image.Name)
	}
	return scenario.New(probes, names, roots...)
}

// allImages returns the images of the families, and the others.
func (d *Desk) allImages() []kit.Image {
	all := slices.Clone(d.Config.Images)
	for _, family := range d.Families {
		all = append(all, family.Images...)
	}
	return all
}

// connect opens the engine.
func (d *Desk) connect(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.backend != nil {
		return nil
	}
	backend, err := d.Open(ctx)
	if err != nil {
		return err
	}
	d.backend, d.images = backend, images.New(backend.Images, d.allImages(), d.MongoDB, d.Home)
	return nil
}

// stage returns what starts the labs of an owner; empty: of everyone.
func (d *Desk) stage(owner string) *stage.Stage {
	return &stage.Stage{
		Engine: d.backend.Engine, Snapshots: d.backend.Snapshots, Images: d.images, Families: d.Families, Sites: d.sites(),
		Clock: d.Clock, Cache: d.Cache, Owner: owner,
	}
}

// grader returns what grades labs.
func (d *Desk) grader() *grading.Grader {
	return &grading.Grader{Snapshots: d.backend.Snapshots, Images: d.images, Sites: d.sites(), Standbys: &d.standbys, Clock: d.Clock}
}

func (d *Desk) sites() site.Opener {
	return site.Opener{Engine: d.backend.Engine, Servers: d.graders, Places: places.Machine()}
}
