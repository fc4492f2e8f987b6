//go:build engine

package run_test

import (
	"testing"

	"endstate/internal/enginetest"
)

// A command that takes its time shows whether anything ends it early.
func TestCommandRunsToItsEnd(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(`
-- scenario.yaml --
hosts:
  workspace: {image: git}
checks:
  - id: ended
    title: It says what it found
    points: 97
    run: {image: git, copy: /home/learner/work, command: "sleep 1; cat there; echo wrong >&2; exit 3"}
    expect: run.stdout == "found\n" && run.stderr == "wrong\n" && run.status == 3 && !run.overran
    otherwise: ${run}
  - id: alone
    title: It is alone, and can change nothing
    points: 1
    run:
      image: git
      copy: /home/learner/work
      command: "id -un; ls /sys/class/net; touch /there /home/learner/there /usr/there; echo $?; grep CapEff /proc/self/status"
    expect: run.stdout == "learner\nlo\n1\nCapEff:\t0000000000000000\n"
    otherwise: ${run}
  - id: overran
    title: It is ended when its time is up
    points: 1
    run: {image: git, copy: /home/learner/work, command: "trap '' TERM; echo begun; sleep 60 & wait", seconds: 0.5}
    expect: run.overran && run.stdout == "begun\n"
    otherwise: ${run}
  - id: spun
    title: It is ended when it has used its time of a processor
    points: 1
    run: {image: git, copy: /home/learner/work, command: "echo begun; while :; do :; done", seconds: 1}
    expect: run.overran && run.stdout == "begun\n"
    otherwise: ${run}
  - id: committed
    title: Of revisions it has what is committed, each in a folder of its name
    points: 1
    run:
      image: git
      copy: /home/learner/repository
      revisions: [main, topic/one, main~1, nowhere]
      command: "find . -type f | sort; cat main/a topic/one/a main~1/a"
    expect: run.stdout == "./main/a\n./main~1/a\n./topic/one/a\n2\n3\n1\n" && run.status == 0
    otherwise: ${run}
-- setup/workspace.sh --
mkdir /home/learner/work
echo found > /home/learner/work/there
git init --quiet /home/learner/repository
cd /home/learner/repository
for text in 1 2 3; do
  echo $text > a
  git add a
  git commit --quiet --message $text
done
git branch topic/one
git reset --quiet --hard HEAD~1
echo changed > a
`)
	r.Passes(r.Lab(v), v)
}
