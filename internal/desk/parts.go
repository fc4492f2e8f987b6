package desk

import (
	"context"

	"endstate/internal/attempts"
	"endstate/internal/grading"
	"endstate/internal/images"
	"endstate/internal/scenario"
	"endstate/internal/stage"
	"endstate/labs"
	"endstate/labs/kit"
)

// Parts are what the desk's other rooms are built from. They are not acts: no door uses them.
type Parts struct{ desk *Desk }

// Parts returns the desk's parts.
func (d *Desk) Parts() Parts { return Parts{d} }

// Connect opens the engine.
func (p Parts) Connect(ctx context.Context) error { return p.desk.connect(ctx) }

// Open opens the engine, and sweeps if that is due.
func (p Parts) Open(ctx context.Context, who labs.Learner, emit labs.Emit) error {
	return p.desk.open(ctx, who, emit)
}

// Maintain opens the engine, if the learner may change what everyone shares.
func (p Parts) Maintain(ctx context.Context, who labs.Learner, emit labs.Emit) error {
	if _, err := p.desk.whose(who, true, who.Maintains()); err != nil {
		return err
	}
	return p.desk.open(ctx, who, emit)
}

// Backend returns the engine, which must be open.
func (p Parts) Backend() *Backend { return p.desk.backend }

// Images returns the images. The engine must be open.
func (p Parts) Images() *images.Library { return p.desk.images }

// ImageSources returns what the images are made from.
func (p Parts) ImageSources() []kit.Image { return p.desk.allImages() }

// ClocksDiffer warns once if this machine's clock and the engine's differ by more than a
// minute, and reports whether they do. The engine must be open.
func (p Parts) ClocksDiffer(emit labs.Emit) bool {
	p.desk.warnOfClock(emit)
	_, differ := p.desk.clockOff()
	return differ
}

// Library returns the library of scenarios.
func (p Parts) Library() *scenario.Library { return p.desk.library() }

// Families returns the families of topics.
func (p Parts) Families() []kit.Family { return p.desk.Families }

// Read returns the library of the scenarios in some folders.
func (p Parts) Read(roots []scenario.Root) *scenario.Library { return p.desk.read(roots) }

// Memory returns a learner's part of the store.
func (p Parts) Memory(ctx context.Context, who labs.Learner) (*attempts.View, error) {
	return p.desk.memory(ctx, who)
}

// Remembers reports whether there is a store.
func (p Parts) Remembers() bool { return p.desk.remembers() }

// Stage returns what starts a learner's labs. The engine must be open.
func (p Parts) Stage(who labs.Learner) *stage.Stage { return p.desk.stage(who.Name) }

// Grader returns what grades labs. The engine must be open.
func (p Parts) Grader() *grading.Grader { return p.desk.grader() }

// Note changes the attempt of a lab. If that fails, it warns, and says what goes on all the
// same.
func (p Parts) Note(ctx context.Context, lab *labs.Lab, v *labs.Variant, but string, emit labs.Emit, note func(*attempts.View, *attempts.Attempt) error) {
	p.desk.note(ctx, lab, v, but, emit, note)
}

// End ends the attempt of a lab that is about to be removed.
func (p Parts) End(ctx context.Context, lab *labs.Lab, emit labs.Emit) {
	p.desk.end(ctx, lab, p.desk.Clock(), attempts.Stopped, emit)
}

// Reset puts a lab back to how it was at the start.
func (p Parts) Reset(ctx context.Context, lab *labs.Lab, emit labs.Emit) error {
	_, _, err := p.desk.reset(ctx, lab, emit)
	return err
}

// Visit lets a candidate into a host of a question's lab. It returns an error if the scenario
// opens no shell on that host.
func (p Parts) Visit(lab *labs.Lab, host string, exam *ExamVisit) (*Visit, error) {
	v, err := p.desk.variantOf(lab)
	if err != nil {
		return nil, err
	}
	return &Visit{Lab: lab, Variant: v, Host: host, Exam: exam, desk: p.desk}, mayEnter(v, host)
}

// Offered returns the scenarios whose servers are there.
func (p Parts) Offered(ctx context.Context) []labs.Scenario { return p.desk.offered(ctx) }
