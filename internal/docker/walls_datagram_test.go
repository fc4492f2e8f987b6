//go:build engine && linux && amd64

package docker_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"endstate/internal/enginetest"
	"endstate/labs"
)

// datagrams sends packets from a host to every address of the machine below, in every way
// past the routes that needs no privilege, and prints how many were sent.
const datagrams = `
use Socket;
my ($port, @to) = @ARGV;
my $taken = 0;
for my $to (@to) {
	for my $way ([], ["device"], ["device", "route"], ["source"], ["device", "route", "source"]) {
		socket(my $s, PF_INET, SOCK_DGRAM, 17) or next;
		my %way = map { $_ => 1 } @$way;
		setsockopt($s, SOL_SOCKET, SO_BROADCAST, 1);
		setsockopt($s, SOL_SOCKET, 25, "eth0\0") if $way{device};
		setsockopt($s, SOL_SOCKET, SO_DONTROUTE, 1) if $way{route};
		if ($way{source}) {
			my $own = (gethostbyname(qx(hostname) =~ s/\s//gr))[4];
			bind($s, sockaddr_in(0, $own)) if $own;
		}
		for my $flags (0, 4) {
			$taken++ if defined send($s, "leak", $flags, sockaddr_in($port, inet_aton($to)));
		}
	}
}
print "$taken\n";
sleep 1;
`

// heard collects the datagrams that reach the machine, until the test ends.
type heard struct {
	conn *net.UDPConn
	port int
}

func hear(t *testing.T) *heard {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	address, ok := conn.LocalAddr().(*net.UDPAddr)
	if !ok {
		t.Fatalf("listening at %v", conn.LocalAddr())
	}
	return &heard{conn, address.Port}
}

// leaks returns how many datagrams came out of a lab. It finally sends one from here: once
// that arrives, the earlier ones would have arrived, too.
func (h *heard) leaks(t *testing.T) (n int) {
	t.Helper()
	last, err := net.Dial("udp4", fmt.Sprintf("127.0.0.1:%d", h.port))
	if err != nil {
		t.Fatal(err)
	}
	defer last.Close()
	if _, err := last.Write([]byte("last")); err != nil {
		t.Fatal(err)
	}
	if err := h.conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	for text := make([]byte, 16); ; n++ {
		size, _, err := h.conn.ReadFromUDP(text)
		if err != nil {
			t.Fatal(err)
		}
		if string(text[:size]) == "last" {
			return n
		}
	}
}

// sends sends datagrams from a host, as root.
func (h *heard) sends(t *testing.T, r *enginetest.Runner, lab *labs.Lab, host string) (taken string) {
	t.Helper()
	to := append(ownAddresses(t), "255.255.255.255", "224.0.0.1", "224.0.0.251", "127.0.0.1")
	script := fmt.Sprintf("echo %s | base64 -d > /tmp/send.pl; perl /tmp/send.pl %d %s", base64.StdEncoding.EncodeToString([]byte(datagrams)), h.port, strings.Join(to, " "))
	status, out := r.Root(lab, host, script)
	if status != 0 {
		t.Fatalf("sending from %s ends with %d:\n%s", host, status, out)
	}
	return out
}

func TestNoDatagramLeavesALab(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	h := hear(t)
	open := unsealed(t, r)
	h.sends(t, r, open, "a")
	t.Logf("without our profile %d datagrams reach the machine", h.leaks(t))
	lab := r.Lab(r.Variant(enginetest.MySQL, enginetest.Seed))
	for _, host := range []string{labs.Workspace, "db"} {
		if taken := h.sends(t, r, lab, host); taken != "0" {
			t.Errorf("%s datagrams were taken from %s", taken, host)
		}
		if n := h.leaks(t); n > 0 {
			t.Errorf("%d datagrams came out of %s", n, host)
		}
	}
}

// unsealed returns a lab of two hosts with the engine's own profile, unlike a learner's.
func unsealed(t *testing.T, r *enginetest.Runner) *labs.Lab {
	t.Helper()
	images, err := r.Library.Ensure(t.Context(), []string{"git"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	plan := labs.Plan{Network: true, Lab: labs.Lab{
		ID: "scratch-" + r.Owner, Role: labs.RoleScratch, Owner: r.Owner, Started: time.Now(), Expires: r.Engine.Now().Add(10 * time.Minute),
	}}
	for _, name := range []string{"a", "b"} {
		plan.Hosts = append(plan.Hosts, labs.HostPlan{
			Name: name, Image: images["git"].Ref, Family: "git", Command: []string{"sleep", "600"}, Memory: 64 << 20, CPUs: 1, PIDs: 32, Trusted: true,
		})
	}
	lab, err := r.Engine.Launch(t.Context(), plan, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Engine.Remove(context.WithoutCancel(t.Context()), lab); err != nil {
			t.Error(err)
		}
	})
	return lab
}

// Sockets other than TCP, local and netlink ones can't be opened, nor can io_uring, which
// would bypass the profile.
func TestSocketsThatALabMayMake(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	lab := r.Lab(r.Variant(enginetest.MySQL, enginetest.Seed))
	for _, test := range []struct {
		name string
		call string // of the kernel
		may  bool
	}{
		{"a local stream", "41, 1, 1, 0", true},
		{"a local datagram", "41, 1, 2, 0", true},
		{"netlink", "41, 16, 3, 0", true},
		{"TCP", "41, 2, 1, 6", true},
		{"TCP that is closed on exec", "41, 2, 02000001, 0", true},
		{"UDP", "41, 2, 2, 17", false},
		{"UDP that is closed on exec", "41, 2, 02000002, 0", false},
		{"UDP of IPv6", "41, 10, 2, 0", false},
		{"UDP, asked for in more bits than there are", "41, (1<<32)+2, (1<<32)+2, 0", false},
		{"ping", "41, 2, 2, 1", false},
		{"raw", "41, 2, 3, 255", false},
		{"SCTP", "41, 2, 1, 132", false},
		{"packets", "41, 17, 3, 768", false},
		{"the machine that runs this one", "41, 40, 1, 0", false},
		{"the kernel's ciphers", "41, 38, 5, 0", false},
		{"a ring of calls", "425, 8, $ring", false},
	} {
		script := `perl -e 'my $ring = "\0" x 120; exit(syscall(` + test.call + `) < 0)'`
		for _, host := range []string{labs.Workspace, "db"} {
			if status, out := r.Root(lab, host, script); (status == 0) != test.may {
				t.Errorf("%s in %s: status %d: %s", test.name, host, status, out)
			}
		}
	}
}
