//go:build unix

package cli

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"endstate/internal/desk"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/desk/visit"
	"endstate/internal/exams"
	"endstate/labs"
)

// examDesk does steps at the desk.
type examDesk struct {
	*console
	base *desk.Desk
	desk *examdesk.Desk
	who  labs.Learner
	file string
}

func newExamDesk(d *console, file string) *examDesk {
	base := d.atDesk()
	return &examDesk{d, base, examdesk.New(base, nil), labs.Learner{Name: "ada"}, file}
}

func (e *examDesk) does(s step) string {
	ctx, which, yes := e.Context(), examdesk.Which{ID: s.exam}, s.arg == agreed
	n := examdesk.Current
	if number, err := strconv.Atoi(s.arg); err == nil {
		n = number
	}
	switch s.act {
	case "start":
		return e.starts(s)
	case "goto":
		_, err := e.desk.Goto(ctx, e.who, which, n, labs.Workspace, e.unwarned)
		return e.outcome(s, err)
	case "flag":
		_, err := e.desk.Flag(ctx, e.who, which, n, e.unwarned)
		return e.outcome(s, err)
	case "check":
		answer, _, err := e.desk.Grade(ctx, e.who, which, n, e.unwarned)
		if answer != nil {
			return score(answer.Answer)
		}
		return e.outcome(s, err)
	case "reset":
		_, err := e.desk.Reset(ctx, e.who, which, yes, e.unwarned)
		return e.outcome(s, err)
	case "submit":
		_, err := e.desk.Submit(ctx, e.who, which, yes, e.unwarned)
		return e.outcome(s, err)
	case "accept":
		return e.accepts(s, n)
	case "extra-time", "pause", "unpause":
		return e.examines(s)
	case "watch":
		return e.watches(s)
	case "shell":
		return e.sits(s)
	case "list":
		if found, err := e.desk.List(ctx, e.who, e.unwarned); err != nil || !found.Exams[0].Due {
			e.Errorf("%+v, %v", found, err)
		}
	case "due":
		for _, v := range e.desk.Due(ctx, e.who, e.unwarned) {
			if _, err := e.desk.Finish(ctx, e.who, v.ID, e.unwarned); err != nil {
				e.Error(err)
			}
		}
	case "spy":
		return e.spies(which)
	}
	return e.outcome(s, nil)
}

// outcome describes an error or, if there is none, the state of the exam.
func (e *examDesk) outcome(s step, err error) string {
	var asks *desk.Unconfirmed
	var problem *labs.Problem
	switch {
	case errors.As(err, &asks) && asks.Question != "":
		return "asks"
	case errors.As(err, &problem) && problem.Code == labs.CodeNotFound:
		return "not found"
	case errors.As(err, &problem) && problem.Usage:
		return "refused"
	case err != nil:
		e.Error(err)
	}
	v, err := e.desk.Status(e.Context(), e.who, examdesk.Which{ID: s.exam})
	if err != nil {
		e.Error(err)
	}
	return string(v.Phase)
}

func (e *examDesk) starts(s step) string {
	b, err := readBlueprint(e.desk, e.file)
	if err != nil {
		e.Fatal(err)
	}
	seed := uint64(7)
	examiner := labs.Learner{Name: e.who.Name, Role: labs.RoleExaminer} // who names the candidates
	v, err := e.desk.Draw(e.Context(), examiner, b, examdesk.Choice{Candidate: s.arg, Seed: &seed}, e.unwarned)
	if err != nil || v.ID != s.exam || v.Phase != exams.Preparing {
		e.Fatalf("%v, %+v", err, v)
	}
	_, err = e.desk.Goto(e.Context(), e.who, examdesk.Which{ID: v.ID}, 1, labs.Workspace, e.unwarned)
	return e.outcome(s, err)
}

// accepts accepts a late grade, which only an examiner can.
func (e *examDesk) accepts(s step, n int) string {
	ctx, which, examiner := e.Context(), examdesk.Which{ID: s.exam}, e.who
	_, err := e.desk.Accept(ctx, e.who, which, n, true, e.unwarned)
	var problem *labs.Problem
	if !errors.As(err, &problem) || problem.Code != labs.CodeForbidden {
		e.Errorf("a learner accepts a late grade: %v", err)
	}
	examiner.Role = labs.RoleExaminer
	_, err = e.desk.Accept(ctx, examiner, which, n, true, e.unwarned)
	return e.outcome(s, err)
}

// examines does what only an examiner can, and has the candidate try it first.
func (e *examDesk) examines(s step) string {
	examiner := e.who
	examiner.Role = labs.RoleExaminer
	_, err := e.decides(e.who, s)
	var problem *labs.Problem
	if !errors.As(err, &problem) || problem.Code != labs.CodeForbidden {
		e.Errorf("a candidate can %s: %v", s.act, err)
	}
	_, err = e.decides(examiner, s)
	return e.outcome(s, err)
}

func (e *examDesk) decides(who labs.Learner, s step) (exams.View, error) {
	ctx, which := e.Context(), examdesk.Which{ID: s.exam}
	switch s.act {
	case "extra-time":
		return e.desk.Extend(ctx, who, which, exams.Allowance{Percent: 10}, "the_network", true, e.unwarned) // as in the day's argument
	case "pause":
		return e.desk.Pause(ctx, who, which, "fire_alarm", e.unwarned)
	}
	return e.desk.Unpause(ctx, who, which, e.unwarned)
}

// watches returns where a candidate is, as an examiner sees it.
func (e *examDesk) watches(s step) string {
	if _, err := e.desk.Supervise(e.Context(), e.who, examdesk.Which{}); err == nil {
		e.Error("a candidate watches the others")
	}
	places, err := e.desk.Supervise(e.Context(), labs.Learner{Name: e.who.Name, Role: labs.RoleExaminer}, examdesk.Which{ID: s.exam})
	if err != nil || len(places) != 1 {
		e.Fatalf("%+v, %v", places, err)
	}
	return placed(places[0])
}

// spies has another learner try every act, in every role. Only an admin decides about the exams of others.
func (e *examDesk) spies(which examdesk.Which) string {
	ctx := e.Context()
	for _, role := range []labs.UserRole{labs.RoleLearner, labs.RoleExaminer, labs.RoleAdmin} {
		eve := labs.Learner{Name: "eve", Role: role}
		_, status := e.desk.Status(ctx, eve, which)
		_, sit := e.desk.Sit(ctx, eve, which, 1, labs.Workspace, nil)
		_, visit := e.desk.Goto(ctx, eve, which, 1, labs.Workspace, nil)
		_, flag := e.desk.Flag(ctx, eve, which, 1, nil)
		_, _, check := e.desk.Grade(ctx, eve, which, 1, nil)
		_, reset := e.desk.Reset(ctx, eve, which, true, nil)
		_, submit := e.desk.Submit(ctx, eve, which, true, nil)
		_, finish := e.desk.Finish(ctx, eve, which.ID, nil)
		_, extend := e.desk.Extend(ctx, eve, which, exams.Allowance{Time: time.Minute}, "", true, nil)
		_, pause := e.desk.Pause(ctx, eve, which, "", nil)
		_, unpause := e.desk.Unpause(ctx, eve, which, nil)
		if role == labs.RoleAdmin { // who decides about everyone's
			extend, pause, unpause = status, status, status
		}
		_, _, report := e.base.Report(ctx, eve, fmt.Sprintf("exam-%d", which.ID))
		for act, err := range map[string]error{
			"status": status, "sit": sit, "goto": visit, "flag": flag, "check": check, "reset": reset, "submit": submit, "finish": finish, "report": report, "extend": extend, "pause": pause, "unpause": unpause,
		} {
			var problem *labs.Problem
			if !errors.As(err, &problem) || problem.Code != labs.CodeNotFound {
				e.Errorf("as %q, eve's %s: %v", role, act, err)
			}
		}
		if found, err := e.desk.List(ctx, eve, nil); err != nil || len(found.Exams) > 0 {
			e.Errorf("as %q, eve sees the exams %v, %v", role, found, err)
		}
		if places, err := e.desk.Supervise(ctx, eve, examdesk.Which{}); len(places) > 0 != (role == labs.RoleAdmin) || err != nil && role != labs.RoleLearner {
			e.Errorf("as %q, eve watches %v, %v", role, places, err)
		}
		if running := e.desk.Running(ctx, eve, nil); len(running) > 0 {
			e.Errorf("as %q, eve sees %v run", role, running)
		}
	}
	return "not found"
}

// sits does what commands in a shell do.
func (e *examDesk) sits(s step) string {
	at, err := e.desk.Sit(e.Context(), e.who, examdesk.Which{ID: s.exam}, examdesk.Current, labs.Workspace, e.unwarned)
	if err != nil {
		return e.outcome(s, err)
	}
	c := &candidate{examDesk: e, session: at}
	defer at.Close()
	err = c.enter()
	for _, command := range strings.Fields(s.arg) {
		if err == nil {
			err = c.types(s, command)
		}
	}
	c.leave()
	return e.outcome(s, err)
}

// candidate is a candidate at the desk, in a shell.
type candidate struct {
	*examDesk
	session *examdesk.Session
	visit   *visit.Visit
	stay    *visit.Stay
}

// enter leaves the shell, and opens one in the session's question.
func (c *candidate) enter() (err error) {
	c.leave()
	if _, c.visit, err = c.session.Enter(c.Context(), c.unwarned); err == nil {
		c.stay, err = c.visit.Open(c.Context(), visit.Window{Columns: 60, Rows: 20, Unrecorded: true}, c.unwarned)
	}
	return err
}

func (c *candidate) leave() {
	if c.stay != nil {
		_ = c.stay.Shell.Close()
		c.stay.Leave(c.Context(), c.unwarned)
		c.stay = nil
	}
}

func (c *candidate) types(s step, command string) (err error) {
	ctx := c.Context()
	switch command {
	case "prepared":
		c.prepared(s.exam)
	case "task":
		if c.session.Question().Task.Lab.Scenario == "" {
			c.Error("the question has no task")
		}
	case "status":
		_, err = c.session.Read(ctx)
	case "flag":
		_, err = c.session.Flag(ctx, examdesk.Current)
	case "flag1":
		_, err = c.session.Flag(ctx, 1)
	case "hint:n":
		_, err := c.session.Hint(ctx, false, c.unwarned)
		c.asks(err)
	case "hint:y":
		_, err = c.session.Hint(ctx, true, c.unwarned)
	case "check":
		var answer *examdesk.Answer
		if answer, err = c.session.Check(ctx, c.unwarned); err == nil && (answer.Score == nil || answer.Report != nil) {
			c.Errorf("the feedback is %+v", answer)
		}
	case "next":
		err = errors.Join(c.session.MoveOn(), c.enter())
	case "goto1":
		err = errors.Join(c.session.Move(1), c.enter())
	case "reset:n":
		c.asks(c.visit.Reset(ctx, false, c.unwarned))
	case "submit:n":
		_, err := c.session.Submit(ctx, false, c.unwarned)
		c.asks(err)
	case "submit:y":
		_, err = c.session.Submit(ctx, true, c.unwarned)
	case "timeout":
		c.after(time.Second)
	case "wait":
		if why := c.session.Watch(ctx, c.unwarned); !errors.Is(why, examdesk.ErrTimeUp) {
			c.Errorf("the shell closes because %v", why)
		}
		c.leave()
		_, err = c.session.Submit(ctx, true, c.unwarned)
	}
	return err
}

// asks fails the test unless an act asked for consent.
func (c *candidate) asks(err error) {
	var asks *desk.Unconfirmed
	if !errors.As(err, &asks) {
		c.Errorf("an act that nobody agreed to: %v", err)
	}
}

func (e *examDesk) exams() any {
	found, err := e.desk.List(e.Context(), e.who, e.unwarned)
	if err != nil {
		e.Fatal(err)
	}
	return asJSON(e, found.Exams)
}

func readBlueprint(at *examdesk.Desk, file string) (*exams.Blueprint, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return at.ReadBlueprint(file, text)
}
