//go:build engine

package enginetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"endstate/internal/site"
	"endstate/labs"
	"endstate/labs/kit"
)

// HoldFamily holds a family to what all families promise. The archive says how.
func HoldFamily(t *testing.T, family kit.Family, archive string) {
	t.Helper()
	c := Open(t).contract(family, archive)
	t.Run("fields", c.covered)
	promises := map[string]func(*Runner, *labs.Lab){"record": c.recorded, "restart": c.kept, "slow": c.slow}
	if c.serves() {
		promises["account"], promises["hung"], promises["stopped"] = c.walled, c.hung, c.stopped
	}
	if c.files["lock"] != "" {
		promises["locked"] = c.locked
	}
	for name, holds := range promises {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := Open(t)
			r.Grader.Examining = true
			holds(r, r.Lab(c.v))
		})
	}
}

// serves reports whether the family has a server.
func (c *Contract) serves() bool {
	return slices.ContainsFunc(c.family.Images, func(image kit.Image) bool { return image.Ready != nil })
}

// servers are the hosts of the family that serve.
func (c *Contract) servers(lab *labs.Lab) (servers []labs.Host) {
	for _, host := range lab.Hosts {
		for _, image := range c.family.Images {
			if image.Name == host.Image && image.Ready != nil {
				servers = append(servers, host)
			}
		}
	}
	return servers
}

// observe returns what all looks observe, by the names of their facts.
func (c *Contract) observe(r *Runner, lab *labs.Lab, record labs.Record) (map[string]any, error) {
	opened := r.Grader.Sites.Open(site.Subject{Lab: lab, Record: record, Given: c.v.Files, Images: c.images(r)}, nil)
	defer opened.Close()
	observed := map[string]any{}
	for _, fact := range c.v.Facts {
		value, err := opened.Observe(r.Context(), fact.Look)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", fact.Name, err)
		}
		observed[fact.Name] = value
	}
	return observed, nil
}

func (c *Contract) images(r *Runner) map[string]labs.ImageRef {
	images, err := r.Library.Ensure(r.Context(), kit.LookImages(c.v.Looks()), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return images
}

func (c *Contract) record(r *Runner, lab *labs.Lab) labs.Record {
	record, err := labs.DecodeRecord(lab.Record)
	if err != nil {
		r.t.Fatal(err)
	}
	return record
}

// recorded holds what is observed to what the record gives back, type by type, and to its
// shape, which names every key. The servers of the lab, which was started from a snapshot,
// are ready for the account that was armed.
func (c *Contract) recorded(r *Runner, lab *labs.Lab) {
	record := c.record(r, lab)
	observed, err := c.observe(r, lab, record)
	if diff := cmp.Diff(record.Facts, observed, cmpopts.EquateNaNs()); err != nil || diff != "" {
		r.t.Errorf("the record has and the lab is (%v):\n%s", err, diff)
	}
	report := r.Grade(lab, c.v)
	for _, result := range slices.Concat(report.Checks, report.Guards) {
		if result.Verdict != labs.Passed || result.Defect != "" {
			r.t.Errorf("%s is %s: %s %s", result.ID, result.Verdict, result.Message, result.Defect)
		}
	}
	c.ready(r, lab)
}

func (c *Contract) ready(r *Runner, lab *labs.Lab) {
	opened := r.Grader.Sites.Open(site.Subject{Lab: lab, Record: c.record(r, lab)}, nil)
	defer opened.Close()
	for _, host := range c.servers(lab) {
		i := slices.IndexFunc(c.family.Images, func(image kit.Image) bool { return image.Name == host.Image })
		if err := c.family.Images[i].Ready(r.Context(), opened, host); err != nil {
			r.t.Errorf("%s is not ready: %v", host.Name, err)
		}
	}
}

// walled holds the grader's account and port to be out of the learner's reach, even if its
// password were known, and the account to be closed to whoever has no password.
func (c *Contract) walled(r *Runner, lab *labs.Lab) {
	record := c.record(r, lab)
	try := func(command string) (int, string) {
		return r.Learner(lab, "export SECRET="+record.Secret+"\ntimeout 20 bash -c "+quoted(command))
	}
	for _, command := range lines(c.files["reached"]) {
		if status, out := try(command); status != 0 {
			r.t.Errorf("%s ends with %d, so that nothing is shown: %s", command, status, out)
		}
	}
	for _, command := range lines(c.files["refused"]) {
		if status, out := try(command); status == 0 {
			r.t.Errorf("%s succeeds: %s", command, out)
		}
	}
	armed := slices.ContainsFunc(c.family.Images, func(image kit.Image) bool { return image.Arm != nil })
	if _, err := c.observe(r, lab, labs.Record{Facts: record.Facts}); armed && err == nil {
		r.t.Error("the grader's account needs no password")
	}
	if c.files["reached"] == "" || c.files["refused"] == "" {
		r.t.Error("the contract of a family with a server has what is reached and what is refused")
	}
}

func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// kept holds what a learner changed to be there after every host was restarted, was killed
// and started, and after the servers were killed inside their hosts.
func (c *Contract) kept(r *Runner, lab *labs.Lab) {
	if status, out := r.Learner(lab, c.files["change"]); status != 0 {
		r.t.Fatalf("the change ends with %d: %s", status, out)
	}
	record := c.record(r, lab)
	changed, err := c.observe(r, lab, record)
	if err != nil || cmp.Equal(record.Facts, changed, cmpopts.EquateNaNs()) {
		r.t.Fatalf("nothing is changed (%v)", err)
	}
	unchanged := func(when string) {
		again, err := c.observe(r, lab, record)
		if diff := cmp.Diff(changed, again, cmpopts.EquateNaNs()); err != nil || diff != "" {
			r.t.Errorf("%s, the lab is another (%v):\n%s", when, err, diff)
		}
	}
	for _, host := range lab.Hosts {
		if err := r.API.ContainerRestart(r.Context(), host.ID, container.StopOptions{}); err != nil {
			r.t.Fatal(err)
		}
	}
	unchanged("after a restart")
	for _, host := range lab.Hosts {
		err := r.API.ContainerKill(r.Context(), host.ID, "KILL")
		if err == nil {
			err = r.API.ContainerStart(r.Context(), host.ID, container.StartOptions{})
		}
		if err != nil {
			r.t.Fatal(err)
		}
	}
	unchanged("killed and started")
	for _, host := range c.servers(lab) {
		r.Execute(lab, host.Name, labs.Command{Args: []string{"bash", "-c", "kill -KILL -1"}})
	}
	unchanged("after its servers were killed from inside")
}

// slow holds slowness to be nobody's mistake: no verdict is another one.
func (c *Contract) slow(r *Runner, lab *labs.Lab) {
	before := r.Grade(lab, c.v)
	r.Throttle(lab, Slow)
	r.Same(before, r.Patient(lab, c.v))
}

// hung holds a server that takes connections and answers nothing to be nobody's mistake.
func (c *Contract) hung(r *Runner, lab *labs.Lab) {
	before := r.Grade(lab, c.v)
	for _, host := range c.servers(lab) {
		if status, out := r.Execute(lab, host.Name, labs.Command{Args: []string{"bash", "-c", "kill -STOP -1"}}); status != 0 {
			r.t.Fatalf("%s can't be stopped: %s", host.Name, out)
		}
	}
	after := r.Patient(lab, c.v)
	r.Same(before, after)
	if after.Graded() {
		r.t.Error("the hung server still answers, so that nothing is shown")
	}
}

// locked holds what is locked to fail its check, which names the holder.
func (c *Contract) locked(r *Runner, lab *labs.Lab) {
	r.Hold(lab, c.files["lock"])
	report := r.Patient(lab, c.v)
	r.barred(report, strings.TrimSpace(c.files["holder"]), false)
}

// stopped holds a server that its learner ended to fail every check of it, by that.
func (c *Contract) stopped(r *Runner, lab *labs.Lab) {
	server := c.servers(lab)[0].Name
	r.Execute(lab, server, labs.Command{Args: []string{"bash", "-c", c.files["stop"]}})
	for range 2 {
		r.barred(r.Patient(lab, c.v), "`"+server+"`", true)
	}
}

// barred fails the test unless checks failed with a message, as all do if wanted, their
// guards were held back, and nothing else happened.
func (r *Runner) barred(report *labs.Report, message string, all bool) {
	r.t.Helper()
	failed := 0
	for i, result := range report.Checks {
		r.t.Logf("%s is %s after %v: %s", result.ID, result.Verdict, result.Took.Round(time.Millisecond), result.Message)
		switch guard := report.Guards[i]; {
		case result.Verdict == labs.Passed && guard.Verdict == labs.Passed && !all:
		case result.Verdict == labs.Failed && guard.Verdict == labs.Skipped && strings.Contains(result.Message, message):
			failed++
		default:
			r.t.Errorf("%s is %s (%s), its guard %s (%s)", result.ID, result.Verdict, result.Message, guard.Verdict, guard.Message)
		}
	}
	if failed == 0 {
		r.t.Error("nothing stands in the way")
	}
}
