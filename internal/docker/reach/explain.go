package reach

import (
	"cmp"
	"errors"
	"os/exec"
	"strings"

	"github.com/docker/cli/cli/connhelper/ssh"

	"endstate/labs"
)

// cause is something that goes wrong with SSH. In its sentences, HOST is the other machine, USER
// the account there, and COMMAND the one that goes there by hand.
type cause struct {
	said         []string // by the ssh command, or the docker command on the other machine
	what, advice string
}

// The first that fits counts.
var causes = []cause{
	{
		[]string{"REMOTE HOST IDENTIFICATION HAS CHANGED"},
		"The SSH key of HOST is not the one that this machine knows",
		"If it was changed on purpose, forget the old one (`ssh-keygen -R`) and compare the new one: `COMMAND`. If not, somebody may be in between.",
	},
	{
		[]string{"Host key verification failed"},
		"This machine does not know the SSH key of HOST",
		"Go there once by hand, and compare the key before you accept it: `COMMAND`.",
	},
	{
		[]string{"Permission denied ("},
		"SSH does not accept the user USER at HOST",
		"Endstate never asks for a password. Use a key (`ssh-copy-id`), and load it if it has a passphrase (`ssh-add`), until `COMMAND` asks nothing.",
	},
	{
		[]string{"exit status 127", "is not a docker command"},
		"HOST has no docker command, or one before 18.09",
		"Install Docker there, until `COMMAND docker version` works.",
	},
	{
		[]string{"permission denied while trying to connect", "connect: permission denied"},
		"Docker on HOST does not accept the user USER",
		"Add that user to the group docker there, until `COMMAND docker version` works.",
	},
	{
		[]string{"Cannot connect to the Docker daemon", "failed to open the raw stream connection"},
		"No container engine answers on HOST",
		"Start Docker there, until `COMMAND docker version` works.",
	},
	{
		[]string{"Could not resolve hostname", "Connection refused", "No route to host", "Network is unreachable", "timed out"},
		"HOST can't be reached with SSH",
		"Check the address and the network, until `COMMAND docker version` works.",
	},
	broke,
}

var broke = cause{
	[]string{"closed by", "not responding", "Connection reset", "Broken pipe", "signal: "},
	"The SSH connection to HOST has broken",
	"Labs there go on. Do it again as soon as `COMMAND docker version` works.",
}

var other = cause{
	nil,
	"Docker on HOST can't be reached with SSH",
	"See what `COMMAND docker version` says.",
}

var noisy = cause{
	nil,
	"A shell on HOST prints something before Docker answers",
	"The account must be able to run commands, and its shell print nothing of its own, until `COMMAND true` prints nothing.",
}

// explain returns a *labs.Problem for an error of a connection over SSH, or the error itself if
// the connection was ended from here.
func explain(to *ssh.Spec, err error) error {
	if errors.Is(err, exec.ErrNotFound) {
		return &labs.Problem{
			Code: labs.CodeEngine, What: "The ssh command is missing on this machine", Advice: "Install OpenSSH's client (Debian: apt-get install openssh-client).", Err: err,
		}
	}
	// The library says more than this, on several lines: the whole command, and what it assumes.
	_, text, ended := strings.Cut(err.Error(), " has exited with ")
	if !ended {
		return err
	}
	status, text, _ := strings.Cut(text, ", make sure the URL is valid")
	_, said, _ := strings.Cut(text, "stderr=")
	for _, c := range causes {
		for _, words := range c.said {
			if strings.Contains(status+"\n"+said, words) {
				return c.problem(to, cmp.Or(lastLine(said), status))
			}
		}
	}
	return other.problem(to, cmp.Or(lastLine(said), status))
}

// problem describes a cause at a machine.
func (c cause) problem(to *ssh.Spec, said string) error {
	command := "ssh "
	if to.Port != "" {
		command += "-p " + to.Port + " "
	}
	if to.User != "" {
		command += to.User + "@"
	}
	names := strings.NewReplacer("HOST", to.Host, "USER", cmp.Or(to.User, "you"), "COMMAND", command+to.Host)
	// The Docker client replaces errors with these words by one that names another address.
	plain := strings.NewReplacer("connection refused", "Connection refused", "dial unix", "socket")
	return &labs.Problem{
		Code: labs.CodeEngine, What: names.Replace(c.what), Advice: names.Replace(c.advice), Err: errors.New(plain.Replace(said)),
	}
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
