//go:build engine

package docker_test

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"

	"endstate/internal/enginetest"
	"endstate/labs"
)

// reached returns the addresses, HOST/PORT, to which the learner can connect.
func reached(r *enginetest.Runner, lab *labs.Lab, addresses ...string) []string {
	_, out := r.Learner(lab, `
		for address in `+strings.Join(addresses, " ")+`; do
			timeout 5 bash -c "exec 3<>/dev/tcp/$address" 2>/dev/null && echo $address &
		done
		wait`)
	return strings.Fields(out)
}

// inspect returns what the engine knows about a host.
func inspect(t *testing.T, r *enginetest.Runner, lab *labs.Lab, name string) container.InspectResponse {
	t.Helper()
	host, err := lab.Host(name)
	if err != nil {
		t.Fatal(err)
	}
	found, err := r.API.ContainerInspect(t.Context(), host.ID)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// address returns a host's address on its lab's network.
func address(t *testing.T, r *enginetest.Runner, lab *labs.Lab, name string) string {
	t.Helper()
	for _, endpoint := range inspect(t, r, lab, name).NetworkSettings.Networks {
		return endpoint.IPAddress
	}
	t.Fatalf("the host %s has no network", name)
	return ""
}

func TestLabHasNoWayOut(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	lab := r.Lab(r.Variant(enginetest.MySQL, enginetest.Seed))
	if len(reached(r, lab, "db/3306")) != 1 {
		t.Fatal("the lab's own server is not reached, so this test shows nothing")
	}
	var addresses []string
	for _, ip := range append(ownAddresses(t), gateway(t, r, lab), "1.1.1.1", "172.17.0.1", "169.254.169.254") {
		for _, port := range []int{listen(t), 53, 443, 2375} {
			addresses = append(addresses, fmt.Sprintf("%s/%d", ip, port))
		}
	}
	if found := reached(r, lab, addresses...); len(found) > 0 {
		t.Errorf("reached from the workspace: %v", found)
	}
	for _, question := range []string{
		"cat /proc/net/if_inet6 2>/dev/null || true",
		"getent ahosts deb.debian.org || true",
		"getent ahosts host.docker.internal || true",
		"getent ahosts localhost.localdomain.example || true",
	} {
		if status, out := r.Learner(lab, question); out != "" || status != 0 {
			t.Errorf("%s answers in the workspace (%d):\n%s", question, status, out)
		}
	}
}

// gateway returns the address reserved for the network's gateway; nothing may answer there.
func gateway(t *testing.T, r *enginetest.Runner, lab *labs.Lab) string {
	t.Helper()
	for _, endpoint := range inspect(t, r, lab, "db").NetworkSettings.Networks {
		found, err := r.API.NetworkInspect(t.Context(), endpoint.NetworkID, network.InspectOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if !found.Internal {
			t.Errorf("the network %s is not internal", found.Name)
		}
		return netip.MustParsePrefix(found.IPAM.Config[0].Subnet).Addr().Next().String()
	}
	t.Fatal("the lab has no network")
	return ""
}

// ownAddresses returns the addresses of this machine, which is also the engine's if that is
// local.
func ownAddresses(t *testing.T) []string {
	t.Helper()
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	var own []string
	for _, a := range all {
		if ip, ok := a.(*net.IPNet); ok && ip.IP.To4() != nil && !ip.IP.IsLoopback() {
			own = append(own, ip.IP.String())
		}
	}
	return own
}

// listen answers on every address of the machine, until the test ends.
func listen(t *testing.T) (port int) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_ = conn.Close()
		}
	}()
	where, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatalf("listening at %v", listener.Addr())
	}
	return where.Port
}

func TestLabsDoNotReachEachOther(t *testing.T) {
	t.Parallel()
	r, other := enginetest.Open(t), enginetest.Open(t)
	mine := r.Lab(r.Variant(enginetest.MySQL, enginetest.Seed))
	theirs := other.Lab(other.Variant(enginetest.MySQL, enginetest.Seed))
	for _, name := range []string{"db", labs.Workspace} {
		from := address(t, r, mine, name)
		to := address(t, other, theirs, name)
		if from == to {
			t.Fatalf("two labs have the same address %s", to)
		}
		if found := reached(r, mine, to+"/3306", to+"/22"); len(found) > 0 {
			t.Errorf("%s of another lab is reached at %v", name, found)
		}
		known := inspect(t, other, theirs, name)
		for _, name := range []string{strings.TrimPrefix(known.Name, "/"), known.ID[:12]} {
			if _, out := r.Learner(mine, "getent ahosts "+name+" || true"); out != "" {
				t.Errorf("the name %s of another lab is known:\n%s", name, out)
			}
		}
	}
	if _, out := r.Learner(mine, "getent hosts db"); !strings.HasPrefix(out, address(t, r, mine, "db")+" ") {
		t.Errorf("db is %q, not the lab's own", out)
	}
	// The server's host is not a way out either: it is on the same network only.
	to := address(t, other, theirs, "db")
	if status, _ := r.Root(mine, "db", "timeout 3 bash -c 'exec 3<>/dev/tcp/"+to+"/3306'"); status == 0 {
		t.Errorf("a lab's server reaches another's at %s", to)
	}
}

func TestLabPublishesNothing(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	lab := r.Lab(r.Variant(enginetest.MySQL, enginetest.Seed))
	for _, host := range lab.Hosts {
		found := inspect(t, r, lab, host.Name)
		if len(found.HostConfig.PortBindings) > 0 || found.HostConfig.PublishAllPorts {
			t.Errorf("%s publishes %v", host.Name, found.HostConfig.PortBindings)
		}
		if len(found.NetworkSettings.Networks) != 1 {
			t.Errorf("%s stands on %d networks", host.Name, len(found.NetworkSettings.Networks))
		}
	}
	if said := greeting(t, address(t, r, lab, "db")); said != "" {
		t.Errorf("the server is reached from the machine: %q", said)
	}
}

// greeting returns the first bytes of a MySQL server at an address. A proxy might accept
// any connection, but can't send those.
func greeting(t *testing.T, ip string) string {
	t.Helper()
	conn, err := net.DialTimeout("tcp", net.JoinHostPort(ip, "3306"), 2*time.Second)
	if err != nil {
		return ""
	}
	defer conn.Close()
	_ = conn.SetReadDeadline(time.Now().Add(2 * time.Second))
	said := make([]byte, 64)
	n, _ := conn.Read(said)
	return string(said[:n])
}
