package visit

import (
	"context"
	"errors"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/desk"
	"endstate/labs"
)

// How long to look for what has become of a lab: one that is being removed outlives its shells for a
// moment, and one that is being put back is gone until it has started again.
const (
	lookPause   = 100 * time.Millisecond
	removalTime = 1500 * time.Millisecond
)

var resetTime = 20 * time.Second // tests shorten it

// Lost says why a shell ended although nobody left it.
func (v *Visit) Lost(ctx context.Context, cause error) *labs.Problem {
	lab, ending, err := v.look(ctx)
	name := v.Lab.Scenario
	switch {
	case err == nil && v.wasReset(lab):
		return &labs.Problem{
			Code: desk.CodeReset, What: "The lab of " + name + " was reset by a command outside this shell",
			Acts: []labs.Act{v.act(labs.ActEnter, "Back into it")},
		}
	case errors.Is(err, labs.ErrNotFound) && ending == attempts.Gone:
		return &labs.Problem{
			Code: desk.CodeReset, What: "The lab of " + name + " was removed, and may be on its way back",
			Acts: []labs.Act{{Name: labs.ActStatus, For: "See its status"}, v.act(labs.ActEnter, "back into it")},
		}
	case errors.Is(err, labs.ErrNotFound) && ending == attempts.Expired:
		return &labs.Problem{Code: desk.CodeStopped, What: "The lab of " + name + " was past its time and has been removed"}
	case errors.Is(err, labs.ErrNotFound):
		return &labs.Problem{Code: desk.CodeStopped, What: "The lab of " + name + " was stopped"}
	case err != nil:
		return v.unreachable(err)
	case err == nil && lab.Running():
		return &labs.Problem{
			Code: desk.CodeShellLost, What: "The shell was killed, but the lab is still running", Err: cause,
			Acts: []labs.Act{v.act(labs.ActEnter, "Back into it")},
		}
	}
	return &labs.Problem{
		Code: labs.CodeHostDown, What: "The lab's host stopped", Err: cause,
		Acts: []labs.Act{v.act(labs.ActEnter, "Back into it, with all that is in it"), v.act(labs.ActReset, "put it back")},
	}
}

// unreachable says why the engine can't be asked. The shell waits where it is.
func (v *Visit) unreachable(cause error) *labs.Problem {
	problem := &labs.Problem{
		Code: labs.CodeEngine, What: "The engine that runs the lab does not answer", Err: cause,
		Acts: []labs.Act{v.act(labs.ActEnter, "Then back into the shell")},
	}
	var known *labs.Problem
	if errors.As(cause, &known) {
		problem.What, problem.Advice, problem.Err = known.What, known.Advice, known.Err
	}
	return problem
}

// look returns the lab as it is now, or [labs.ErrNotFound] and how its attempt ended.
func (v *Visit) look(ctx context.Context) (lab *labs.Lab, ending attempts.Ending, err error) {
	for waited := time.Duration(0); ; waited += lookPause {
		lab, err = v.stage().Find(ctx, v.Lab.Owner, v.Lab.Scenario)
		patience := removalTime
		switch {
		case err == nil && v.wasReset(lab):
			if lab.Running() {
				return lab, "", nil
			}
			patience = resetTime
		case err != nil && !errors.Is(err, labs.ErrNotFound):
			return nil, "", err
		case err != nil:
			if ending = v.ending(ctx); ending != attempts.Gone {
				return nil, ending, err
			}
			patience = resetTime
		}
		if waited >= patience {
			return lab, ending, err
		}
		time.Sleep(lookPause)
	}
}

// wasReset reports whether a lab is the visit's one, but with new hosts.
func (v *Visit) wasReset(lab *labs.Lab) bool {
	before, err := v.Lab.Host(v.Host)
	now, nowErr := lab.Host(v.Host)
	return err == nil && nowErr == nil && lab.Started.Unix() == v.Lab.Started.Unix() && now.ID != before.ID
}

// ending returns how the attempt of the visit's lab ended. For a lab that is being put back, that is
// [attempts.Gone] meanwhile. It is empty if the attempt goes on or is not known.
func (v *Visit) ending(ctx context.Context) attempts.Ending {
	store := v.parts.Recall(ctx, labs.Learner{Name: v.Lab.Owner}, nil)
	if store == nil {
		return ""
	}
	attempt, err := store.OfLab(ctx, v.Lab)
	if err != nil || attempt == nil {
		return ""
	}
	return attempt.Ending
}
