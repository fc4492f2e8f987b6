//go:build engine && linux

package enginetest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"endstate/labs"
)

// SSH is a way to this machine over SSH, with keys and settings of its own. Nothing of it is
// left when the test ends.
type SSH struct {
	Port, Bare, Talks string // its ports: bare, there is no docker command; the shell that talks prints something
	Environment       []string

	t       *testing.T
	dir     string
	server  string // the program
	process *exec.Cmd
	log     bytes.Buffer
}

// The program of the server.
const (
	installed = "/usr/sbin/sshd"
	unpacked  = "../../bin/sshd/usr/sbin/sshd"
)

// StartSSH starts OpenSSH's server for one test, for root on a loopback address. It skips the test
// unless it runs as root with the server's program there, installed or unpacked by scripts/sshd.
func StartSSH(t *testing.T) *SSH {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can start a server for SSH that ends with the test")
	}
	s := &SSH{t: t, dir: t.TempDir()}
	var err error
	if s.server, err = exec.LookPath(installed); err != nil {
		s.server, err = exec.LookPath(unpacked)
	}
	if err == nil {
		s.server, err = filepath.Abs(s.server)
	}
	if err != nil {
		t.Skipf("OpenSSH's server is not there, see scripts/sshd: %v", err)
	}
	s.Port, s.Bare, s.Talks = s.port(), s.port(), s.port()
	s.configure()
	// Debian's server wants this empty folder, and an account.
	switch err := os.Mkdir("/run/sshd", 0o755); {
	case err == nil:
		t.Cleanup(func() { _ = os.Remove("/run/sshd") })
	case !errors.Is(err, fs.ErrExist):
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Break()
		if t.Failed() {
			t.Logf("the last output of the server for SSH:\n%s", s.log.Bytes()[max(0, s.log.Len()-4000):])
		}
	})
	s.Start()
	return s
}

func (s *SSH) port() string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	return port
}

// configure makes keys, the settings of the server and of the client, and an ssh command that uses
// them: OpenSSH's client reads only its own settings and those in the user's home.
func (s *SSH) configure() {
	s.t.Helper()
	for _, key := range []string{"host", "key"} {
		if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", s.dir+"/"+key).CombinedOutput(); err != nil {
			s.t.Fatalf("ssh-keygen: %v: %s", err, out)
		}
	}
	environment := fmt.Sprintf("SetEnv PATH=%s HOME=%s DOCKER_HOST=%s\n", os.Getenv("PATH"), s.dir, cmp.Or(os.Getenv("DOCKER_HOST"), "unix:///var/run/docker.sock"))
	accounts := s.read("/etc/passwd")
	if !strings.Contains(accounts, "\nsshd:") {
		accounts += "sshd:x:64321:65534::/run/sshd:/usr/sbin/nologin\n"
	}
	client, err := exec.LookPath("ssh")
	if err != nil {
		s.t.Fatal(err)
	}
	known := ""
	for _, port := range []string{s.Port, s.Bare, s.Talks} {
		known += "[127.0.0.1]:" + port + " " + s.read(s.dir+"/host.pub")
	}
	s.write("passwd", accounts, 0o644)
	s.write("known", known, 0o600)
	s.write("authorized-root", s.read(s.dir+"/key.pub"), 0o600)
	s.write("client", "IdentityFile "+s.dir+"/key\nIdentitiesOnly yes\nUserKnownHostsFile "+s.dir+"/known\nGlobalKnownHostsFile none\n", 0o600)
	s.write("server", "ListenAddress 127.0.0.1:"+s.Port+"\nListenAddress 127.0.0.1:"+s.Bare+"\nListenAddress 127.0.0.1:"+s.Talks+
		"\nHostKey "+s.dir+"/host\nAuthorizedKeysFile "+s.dir+"/authorized-%u\nStrictModes no\nPidFile none\nPermitRootLogin yes\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"+
		"Match LocalPort "+s.Bare+"\n  SetEnv PATH=/nowhere\nMatch LocalPort "+s.Talks+"\n  ForceCommand echo Welcome\nMatch all\n"+environment, 0o600)
	if err := os.Mkdir(s.dir+"/bin", 0o755); err != nil {
		s.t.Fatal(err)
	}
	s.write("bin/ssh", "#!/bin/sh\nexec "+client+" -F "+s.dir+"/client \"$@\"\n", 0o755)
	s.Environment = []string{"PATH=" + s.dir + "/bin:" + os.Getenv("PATH"), "DOCKER_HOST=" + s.Host(s.Port)}
}

// ShareLogin lets all connections of the client share one login, as docs/engines.md advises.
func (s *SSH) ShareLogin() {
	s.t.Helper()
	dir, err := os.MkdirTemp("", "ssh-") // short: a socket's path is limited to 107 bytes
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s.write("client", s.read(s.dir+"/client")+"ControlMaster auto\nControlPath "+dir+"/%C\nControlPersist 10m\n", 0o600)
}

// Host returns a value for DOCKER_HOST.
func (s *SSH) Host(port string) string { return "ssh://root@127.0.0.1:" + port }

func (s *SSH) read(path string) string {
	s.t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(data)
}

func (s *SSH) write(name, text string, mode fs.FileMode) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), mode); err != nil {
		s.t.Fatal(err)
	}
}

// Start starts the server and waits until it answers. It can be called again after Break.
func (s *SSH) Start() {
	s.t.Helper()
	script := `mount --bind "$1/passwd" /etc/passwd && exec "$2" -D -e -f "$1/server"`
	s.process = exec.Command("sh", "-c", script, "sh", s.dir, s.server)
	s.process.Stdout, s.process.Stderr = &s.log, &s.log
	if libraries, _ := filepath.Glob(filepath.Join(filepath.Dir(s.server), "../lib/*-linux-gnu")); len(libraries) > 0 && s.server != installed {
		s.process.Env = append(os.Environ(), "LD_LIBRARY_PATH="+libraries[0])
	}
	// All connections end with the first process of their own space of processes.
	s.process.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID, Unshareflags: syscall.CLONE_NEWNS}
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer cancel()
	var dialer net.Dialer
	err := labs.Poll(ctx, 50*time.Millisecond, func(error) bool { return false }, func(ctx context.Context) error {
		conn, err := dialer.DialContext(ctx, "tcp", "127.0.0.1:"+s.Port)
		if err == nil {
			_ = conn.Close()
		}
		return err
	})
	if err != nil {
		s.t.Fatalf("the server for SSH does not answer: %v\n%s", err, s.log.String())
	}
}

// Break ends the server and all connections, as a network that fails does.
func (s *SSH) Break() {
	if s.process == nil {
		return
	}
	_ = s.process.Process.Kill()
	_ = s.process.Wait()
	s.process = nil
}
