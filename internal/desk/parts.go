package desk

import (
	"context"
	"slices"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/grading"
	"endstate/internal/images"
	"endstate/internal/practice"
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

// Reread returns the library of the desk's scenarios as they are on disk now.
func (p Parts) Reread() *scenario.Library { return p.desk.read(p.desk.Config.Scenarios) }

// StartsWaiting returns how many starts wait because the machine is full.
func (p Parts) StartsWaiting() int { return p.desk.gate.Waiting() }

// Home returns the folder of everything that is kept on this machine.
func (p Parts) Home() string { return p.desk.Home }

// Now returns the time.
func (p Parts) Now() time.Time { return p.desk.Clock() }

// Bundled returns the folders of scenarios that were not added from elsewhere.
func (p Parts) Bundled() []scenario.Root {
	return slices.DeleteFunc(slices.Clone(p.desk.Config.Scenarios), func(r scenario.Root) bool { return r.Foreign })
}

// Families returns the families of topics.
func (p Parts) Families() []kit.Family { return p.desk.Families }

// Read returns the library of the scenarios in some folders.
func (p Parts) Read(roots []scenario.Root) *scenario.Library { return p.desk.read(roots) }

// Memory returns a learner's part of the store.
func (p Parts) Memory(ctx context.Context, who labs.Learner) (*attempts.View, error) {
	return p.desk.memory(ctx, who)
}

// StorePlace returns where the store is. There may be a password in it.
func (p Parts) StorePlace() string { return p.desk.storePlace() }

// Remembers reports whether there is a store.
func (p Parts) Remembers() bool { return p.desk.Remembers() }

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

// Reset puts a lab back to how it was at the start. It also returns the variant, whose texts may
// be newer.
func (p Parts) Reset(ctx context.Context, lab *labs.Lab, emit labs.Emit) (*labs.Lab, *labs.Variant, error) {
	return p.desk.reset(ctx, lab, emit)
}

// PutBack replaces a lab by one in an earlier state. Its attempt goes on, unless there is no lab.
func (p Parts) PutBack(ctx context.Context, lab *labs.Lab, emit labs.Emit, replace func(context.Context, *labs.Variant) (*labs.Lab, error)) (*labs.Lab, error) {
	fresh, _, err := p.desk.putBack(ctx, lab, emit, replace, (*attempts.View).NoteReturn)
	return fresh, err
}

// OutsideExams returns the lab that an act is about, and its variant. If there is none and an exam
// is running, the problem is that labs of exams can't have done to them what the act does.
func (p Parts) OutsideExams(ctx context.Context, who labs.Learner, name, done string, emit labs.Emit) (*labs.Lab, *labs.Variant, error) {
	return p.desk.findOutsideExams(ctx, who, name, done, emit)
}

// Find returns the lab that an act is about, with its variant: by its scenario or ID, or without
// a name the learner's only one.
func (p Parts) Find(ctx context.Context, who labs.Learner, name string, emit labs.Emit) (*labs.Lab, *labs.Variant, error) {
	return p.desk.find(ctx, who, name, emit)
}

// Variant returns the variant of a lab.
func (p Parts) Variant(lab *labs.Lab) (*labs.Variant, error) { return p.desk.variantOf(lab) }

// Engine returns the engine, which must be open.
func (p Parts) Engine() labs.Engine { return p.desk.backend.Engine }

// Recall returns a learner's part of the store. If the store can't be used, it warns and returns
// nil: labs work without it.
func (p Parts) Recall(ctx context.Context, who labs.Learner, emit labs.Emit) *attempts.View {
	return p.desk.recall(ctx, who, emit)
}

// Begin returns the attempt of a lab, and opens one if there is none.
func (p Parts) Begin(ctx context.Context, store *attempts.View, lab *labs.Lab, v *labs.Variant) (*attempts.Attempt, error) {
	return p.desk.begin(ctx, store, lab, v)
}

// Task returns the task of a lab.
func (p Parts) Task(lab *labs.Lab, v *labs.Variant) *Task { return taskOf(lab, v) }

// Check grades a lab as it is now, and stores the report.
func (p Parts) Check(ctx context.Context, lab *labs.Lab, v *labs.Variant, emit labs.Emit) (*practice.Outcome, error) {
	return p.desk.check(ctx, lab, v, emit)
}

// Hint opens one more hint of a lab; see [Desk.Hint].
func (p Parts) Hint(ctx context.Context, lab *labs.Lab, v *labs.Variant, agreed bool, emit labs.Emit) (*Hints, error) {
	return p.desk.hint(ctx, lab, v, agreed, emit)
}

// Hints returns the open hints of an attempt.
func (p Parts) Hints(attempt *attempts.Attempt, v *labs.Variant) *Hints { return hintsOf(attempt, v) }

// Health describes the state of a lab in a few words, and says what can be done if some of it is not
// running; nil if all is.
func (p Parts) Health(lab *labs.Lab) (state string, help *labs.Problem) {
	return stateOf(lab), helpWith(lab)
}

// CanLiveLonger reports whether a lab's end can be moved.
func (p Parts) CanLiveLonger(lab *labs.Lab) bool { return lab.Expires.Before(p.desk.lastEnd(lab)) }

// KeepAlive extends a lab in which somebody has just worked, if it would soon end.
func (p Parts) KeepAlive(ctx context.Context, lab *labs.Lab, v *labs.Variant, emit labs.Emit) error {
	return p.desk.keepAlive(ctx, lab, v, emit)
}

// Extend lets a lab live longer; see [Desk.Extend].
func (p Parts) Extend(ctx context.Context, lab *labs.Lab, v *labs.Variant, emit labs.Emit) error {
	return p.desk.extend(ctx, lab, v, emit)
}

// WarnOfDisk warns if a lab's hosts have written much, and stops those that have written too
// much.
func (p Parts) WarnOfDisk(ctx context.Context, lab *labs.Lab, emit labs.Emit) {
	p.desk.warnOfDisk(ctx, lab, emit)
}

// WarnOfWaiting warns of the learner's shells in a lab that wait for a terminal.
func (p Parts) WarnOfWaiting(ctx context.Context, store *attempts.View, attempt *attempts.Attempt, emit labs.Emit) error {
	return p.desk.warnOfWaiting(ctx, store, attempt, emit)
}

// Recordings returns the folder of the recordings of terminals.
func (p Parts) Recordings() string { return p.desk.recordings() }

// Offered returns the scenarios whose servers are there.
func (p Parts) Offered(ctx context.Context) []labs.Scenario { return p.desk.offered(ctx) }
