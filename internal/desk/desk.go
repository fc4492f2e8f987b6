// Package desk is what people can do, in one place: every door calls it, and none has rules
// of its own. An act takes who acts, returns values, and tells of its progress and of what
// is wrong on the way as events. It never writes text for a screen.
package desk

import (
	"context"
	"slices"
	"sync"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/grading"
	"endstate/internal/images"
	"endstate/internal/places"
	"endstate/internal/scenario"
	"endstate/internal/site"
	"endstate/internal/stage"
	"endstate/labs"
	"endstate/labs/kit"
)

// Config is everything a desk is wired with.
type Config struct {
	Families  []kit.Family
	Images    []kit.Image     // those of no family
	Scenarios []scenario.Root // where scenarios lie
	Open      func(context.Context) (*Backend, error)
	Clock     func() time.Time
	Version   string // of the program, as reports name it
	Settings
}

// Settings are what whoever runs a desk may choose.
type Settings struct {
	Home    string        // the folder of the store, the recordings and the locks
	MongoDB string        // which server of MongoDB; empty: the first that can be had
	Life    time.Duration // how long a lab lives before it may be swept
	Cache   int64         // bytes that snapshots may take
	Record  bool          // what terminals show is recorded
}

// Backend is an engine that answers.
type Backend struct {
	Engine    labs.Engine
	Snapshots labs.Snapshots
	Images    images.Store
	Info      func(context.Context) (labs.EngineInfo, error)
	Close     func() error
}

// Desk is what people can do. It opens what it needs when it is first needed, and several
// may use it at once. [Desk.Close] lets go of all of it.
type Desk struct {
	Config
	library func() *scenario.Library
	graders *site.Servers // servers of the grader's own, kept between checks

	mu          sync.Mutex
	backend     *Backend
	images      *images.Library
	store       *attempts.Store
	failed      time.Time            // when it was last tried in vain to open the store
	tidied      map[string]time.Time // when an owner's labs were last swept
	clockWarned bool                 // that the clocks differ
}

// New returns a desk.
func New(config Config) *Desk {
	d := &Desk{Config: config, graders: &site.Servers{}, tidied: map[string]time.Time{}}
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

// read returns the library of the scenarios that lie in folders.
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

// allImages returns the images of the families, and those of none.
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

// stage returns what labs come about by, in an owner's name; an empty one stands for
// everybody.
func (d *Desk) stage(owner string) *stage.Stage {
	return &stage.Stage{
		Engine: d.backend.Engine, Snapshots: d.backend.Snapshots, Images: d.images, Families: d.Families, Sites: d.sites(),
		Clock: d.Clock, Cache: d.Cache, Owner: owner,
	}
}

// grader returns what labs are graded by.
func (d *Desk) grader() *grading.Grader {
	return &grading.Grader{Snapshots: d.backend.Snapshots, Images: d.images, Sites: d.sites(), Clock: d.Clock}
}

func (d *Desk) sites() site.Opener {
	return site.Opener{Engine: d.backend.Engine, Servers: d.graders, Places: places.Machine()}
}
