package desk

import (
	"context"

	"endstate/internal/attempts"
	"endstate/labs"
)

// Task is the task of a lab.
type Task struct {
	labs.Scenario
	Seed uint64    `json:"seed"`
	Lab  *labs.Lab `json:"lab"`  // nil: it is not running yet
	Text string    `json:"task"` // Markdown
}

func taskOf(lab *labs.Lab, v *labs.Variant) *Task { return &Task{v.Scenario, v.Seed, lab, v.Task} }

// Task returns the task of a lab.
func (d *Desk) Task(ctx context.Context, who labs.Learner, name string, emit labs.Emit) (*Task, error) {
	lab, v, err := d.find(ctx, who, name, emit)
	if err != nil {
		return nil, err
	}
	d.note(ctx, lab, v, "The task is the same.", emit, func(store *attempts.View, attempt *attempts.Attempt) error {
		return store.NoteWork(ctx, attempt, d.Clock())
	})
	return taskOf(lab, v), nil
}
