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

// CheckFamily tests a family against the contract of all families, which docs/families.md
// describes. The archive is the family's contract.txtar.
func CheckFamily(t *testing.T, family kit.Family, archive string) {
	t.Helper()
	c := Open(t).contract(family, archive)
	t.Run("fields", c.testFields)
	tests := map[string]func(*Runner, *labs.Lab){"record": c.testRecord, "restart": c.testRestart, "slow": c.testSlow}
	if c.serves() {
		tests["account"], tests["hung"], tests["stopped"] = c.testAccount, c.testHung, c.testStopped
	}
	if c.files["lock"] != "" {
		tests["locked"] = c.testLocked
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := Open(t)
			r.Grader.Examining = true
			test(r, r.Lab(c.v))
		})
	}
}

// serves reports whether the family has a server.
func (c *Contract) serves() bool {
	return slices.ContainsFunc(c.family.Images, isServer)
}

// isServer reports whether an image runs a server that looks ask. Other images may be ready later
// than they are started, too.
func isServer(image kit.Image) bool {
	return image.Ready != nil && slices.ContainsFunc(image.Builds, func(b kit.Build) bool { return b.Runs != kit.Software{} })
}

// servers returns the lab's hosts that run a server of the family.
func (c *Contract) servers(lab *labs.Lab) (servers []labs.Host) {
	for _, host := range lab.Hosts {
		for _, image := range c.family.Images {
			if image.Name == host.Image && isServer(image) {
				servers = append(servers, host)
			}
		}
	}
	return servers
}

// observe returns the observations of all looks, by the name of their fact.
func (c *Contract) observe(r *Runner, lab *labs.Lab, record labs.Record) (map[string]any, error) {
	opened := r.Grader.Sites.Open(site.Subject{Lab: lab, Record: record, Given: c.v.Files, Images: c.images(r), Hosts: c.v.Hosts}, nil)
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
	record, err := r.Snapshots.Record(r.Context(), lab)
	if err != nil {
		r.t.Fatal(err)
	}
	return record
}

// testRecord checks that a lab that was started from a snapshot gives the same observations as
// the lab that was recorded, value by value and type by type; that the shape declares every
// key; and that the servers are ready for the armed account. They were ready for the unarmed
// account too, or the lab would not have started.
func (c *Contract) testRecord(r *Runner, lab *labs.Lab) {
	record := c.record(r, lab)
	observed, err := c.observe(r, lab, record)
	if diff := cmp.Diff(record.Facts, observed, cmpopts.EquateNaNs()); err != nil || diff != "" {
		r.t.Errorf("the observations differ from the record (-record +lab, %v):\n%s", err, diff)
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

// testAccount checks that the learner can't reach the grader's account, even with its password,
// and that nobody can use the account without the password.
func (c *Contract) testAccount(r *Runner, lab *labs.Lab) {
	record := c.record(r, lab)
	try := func(command string) (int, string) {
		return r.Learner(lab, "export SECRET="+record.Secret+"\ntimeout 20 bash -c "+quoted(command))
	}
	for _, command := range lines(c.files["reached"]) {
		if status, out := try(command); status != 0 {
			r.t.Errorf("%s exits with %d, so the refused commands prove nothing: %s", command, status, out)
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
		r.t.Error("the contract of a family with a server needs the files reached and refused")
	}
}

func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// testRestart checks that a learner's changes survive when all hosts are restarted, when they
// are killed and started, and when the servers are killed from inside their hosts.
func (c *Contract) testRestart(r *Runner, lab *labs.Lab) {
	if status, out := r.Learner(lab, c.files["change"]); status != 0 {
		r.t.Fatalf("the change exits with %d: %s", status, out)
	}
	record := c.record(r, lab)
	changed, err := c.observe(r, lab, record)
	if err != nil || cmp.Equal(record.Facts, changed, cmpopts.EquateNaNs()) {
		r.t.Fatalf("the change changes no observation (%v)", err)
	}
	unchanged := func(when string) {
		again, err := c.observe(r, lab, record)
		if diff := cmp.Diff(changed, again, cmpopts.EquateNaNs()); err != nil || diff != "" {
			r.t.Errorf("%s the observations differ (%v):\n%s", when, err, diff)
		}
	}
	for _, host := range lab.Hosts {
		if err := r.API.ContainerRestart(r.Context(), host.ID, container.StopOptions{}); err != nil {
			r.t.Fatal(err)
		}
	}
	unchanged("after a restart,")
	for _, host := range lab.Hosts {
		err := r.API.ContainerKill(r.Context(), host.ID, "KILL")
		if err == nil {
			err = r.API.ContainerStart(r.Context(), host.ID, container.StartOptions{})
		}
		if err != nil {
			r.t.Fatal(err)
		}
	}
	unchanged("after a kill and a start,")
	for _, host := range c.servers(lab) {
		r.Execute(lab, host.Name, labs.Command{Args: []string{"bash", "-c", "kill -KILL -1"}})
	}
	unchanged("after the servers were killed from inside,")
}

// testSlow checks that a slow machine changes no verdict, except to ungraded.
func (c *Contract) testSlow(r *Runner, lab *labs.Lab) {
	before := r.Grade(lab, c.v)
	r.Throttle(lab, Slow)
	r.Same(before, r.Patient(lab, c.v))
}

// testHung checks that a server that accepts connections but never answers changes no
// verdict, except to ungraded.
func (c *Contract) testHung(r *Runner, lab *labs.Lab) {
	before := r.Grade(lab, c.v)
	for _, host := range c.servers(lab) {
		if status, out := r.Execute(lab, host.Name, labs.Command{Args: []string{"bash", "-c", "kill -STOP -1"}}); status != 0 {
			r.t.Fatalf("can't suspend the server of %s: %s", host.Name, out)
		}
	}
	after := r.Patient(lab, c.v)
	r.Same(before, after)
	if after.Graded() {
		r.t.Error("the hung server still answers")
	}
}

// testLocked checks that a lock fails the checks that wait for it, and that their messages name
// the session that holds it.
func (c *Contract) testLocked(r *Runner, lab *labs.Lab) {
	r.Hold(lab, c.files["lock"])
	report := r.Patient(lab, c.v)
	r.blocked(report, strings.TrimSpace(c.files["holder"]), false)
}

// testStopped checks that a server that its learner stopped fails every check of it, and that
// the messages name the host.
func (c *Contract) testStopped(r *Runner, lab *labs.Lab) {
	server := c.servers(lab)[0].Name
	r.Execute(lab, server, labs.Command{Args: []string{"bash", "-c", c.files["stop"]}})
	for range 2 {
		r.blocked(r.Patient(lab, c.v), "`"+server+"`", true)
	}
}

// blocked fails the test unless checks failed with a message and their guards were skipped, and
// all others passed. If all is set, every check must have failed.
func (r *Runner) blocked(report *labs.Report, message string, all bool) {
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
		r.t.Error("no check failed")
	}
}
