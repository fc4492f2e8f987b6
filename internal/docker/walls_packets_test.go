//go:build engine && linux && amd64

package docker_test

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"endstate/internal/enginetest"
	"endstate/labs"
)

// routed returns a lab of two machines on networks of their own, which may send any packet.
func routed(t *testing.T, r *enginetest.Runner, id string) *labs.Lab {
	t.Helper()
	images, err := r.Library.Ensure(t.Context(), []string{"router"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	plan := labs.Plan{Lab: labs.Lab{
		ID: "scratch-" + id + r.Owner, Role: labs.RoleScratch, Owner: r.Owner, Started: time.Now(), Expires: r.Engine.Now().Add(10 * time.Minute),
	}}
	for _, name := range []string{"a", "b"} {
		plan.Hosts = append(plan.Hosts, labs.HostPlan{
			Name: name, Image: images["router"].Ref, Family: "router", Networks: []string{"mgmt", "lan"},
			CapAdd: []string{"NET_ADMIN", "NET_RAW", "SETGID", "SETUID"}, Memory: 128 << 20, CPUs: 1, PIDs: 64,
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
	for i, name := range []string{"a", "b"} {
		status, out := r.Root(lab, name, fmt.Sprintf(`
			until [ -e /run/booted ]; do sleep 0.05; done
			ip address add 10.9.9.%d/24 dev lan && ip link set lan up`, i+1))
		if status != 0 {
			t.Fatalf("%s does not start: %s", name, out)
		}
	}
	return lab
}

// flood sends datagrams to addresses of the machine, as frames for everybody on the network, from
// every interface that a host has or can make on what lies at the other end of its own.
const flood = `
exec 2> /dev/null
for index in $(seq 60); do
	for id in 0 1 2; do
		ip link add link "if$index" link-netnsid $id name "x$index-$id" type macvlan mode bridge 2>/dev/null
	done
done
sent=0
for device in $(ls /sys/class/net); do
	[ $device = lo ] && continue
	ip link set $device up promisc on
	ip address add 10.77.0.2/24 dev $device 2>/dev/null
	for to in $ADDRESSES; do
		ip route replace $to dev $device scope link && ip neigh replace $to lladdr ff:ff:ff:ff:ff:ff dev $device || continue
		echo leak > /dev/udp/$to/$PORT && sent=$((sent + 1))
		arping -q -b -c 1 -w 1 -I $device $to &
	done
done
wait
echo $sent
`

func TestPacketsStayInALab(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	mine, theirs := routed(t, r, "a"), routed(t, r, "b")
	h := hear(t)
	before := interfaces(t)
	listens := `timeout 20 tcpdump -Z root -l -n -i any -c 1 arp and dst host ` + ownAddresses(t)[0] + ` 2>&1 | grep -c Request`
	heard, own := make(chan string, 1), make(chan string, 1)
	go func() { _, out := r.Root(theirs, "b", listens); heard <- strings.TrimSpace(out) }()
	go func() { _, out := r.Root(mine, "b", listens); own <- strings.TrimSpace(out) }()
	time.Sleep(3 * time.Second) // until they listen
	status, out := r.Root(mine, "a", fmt.Sprintf("ADDRESSES='%s' PORT=%d\n%s", strings.Join(ownAddresses(t), " "), h.port, flood))
	sent, err := strconv.Atoi(lastLine(out))
	if status != 0 || err != nil || sent == 0 {
		t.Fatalf("nothing was sent, so this test shows nothing (%d):\n%s", status, out)
	}
	if n := h.leaks(t); n > 0 {
		t.Errorf("%d of %d datagrams came out of the lab", n, sent)
	}
	if got := <-own; got == "0" {
		t.Error("the lab's own second host hears nothing, so this test shows nothing")
	}
	if got := <-heard; got != "0" {
		t.Errorf("another lab hears %s", got)
	}
	for name := range interfaces(t) {
		if strings.HasPrefix(name, "x") && !before[name] {
			t.Errorf("the machine has a new interface %s", name)
		}
	}
}

// Of the machine's interfaces, none is changed from a lab, in whatever way it is named there.
func TestALabChangesNoInterfaceOfTheMachine(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	lab := routed(t, r, "c")
	status, out := r.Root(lab, "a", `
		ip link show type bridge
		for id in $(seq 0 20); do ip link add victim link-netnsid $id type veth peer name mine$id 2>&1; done
		ip link set lan netns 1 2>&1
		ip netns exec x true 2>&1
		unshare --net true 2>&1 && echo unshared
		nsenter --target 1 --mount true 2>&1 && echo entered
		mount -t sysfs none /mnt 2>&1 && echo mounted
		sysctl -w net.ipv4.ip_forward=1 2>&1 | grep -c "= 1"
		true`)
	if status != 0 {
		t.Fatalf("status %d: %s", status, out)
	}
	for _, word := range []string{"unshared", "entered", "mounted"} {
		if strings.Contains(out, "\n"+word+"\n") {
			t.Errorf("in the lab, something was %s:\n%s", word, out)
		}
	}
	if interfaces(t)["victim"] {
		t.Error("the machine has an interface that a lab made")
	}
	_, learners := r.Root(lab, "a", "find / -xdev -type f -perm /6000 2>/dev/null; grep CapBnd /proc/self/status")
	if want := "CapBnd:\t00000000000030c0"; strings.TrimSpace(learners) != want {
		t.Errorf("programs with the setuid bit, or other capabilities than planned:\n%s", learners)
	}
}

// A host is connected again after its restart, with the same interfaces.
func TestRestartedHostIsConnected(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	lab := routed(t, r, "d")
	look := "until [ -e /run/booted ]; do sleep 0.05; done; for i in lan mgmt; do cat /sys/class/net/$i/address; done; ip -4 -o address show mgmt | grep -c 198.51.100.2"
	_, before := r.Root(lab, "b", look)
	// For a connection that can't be closed, the kernel keeps the network namespace that b has now.
	if status, out := r.Root(lab, "b", `perl -MIO::Socket::INET -e '
		my $s = IO::Socket::INET->new(PeerAddr => "a", PeerPort => 22) or die "$!";
		exec qw(ip neigh replace), $s->peerhost, qw(lladdr 02:00:00:00:00:99 dev mgmt nud permanent) if !fork;
		wait; die if $?; syswrite $s, "x" or die'`); status != 0 {
		t.Fatal(out)
	}
	if err := r.Engine.Restart(t.Context(), lab); err != nil {
		t.Fatal(err)
	}
	_, after := r.Root(lab, "b", look)
	if before != after || !strings.HasSuffix(strings.TrimSpace(after), "\n1") {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
	if status, out := r.Root(lab, "a", "ping -c 1 -W 5 b"); status != 0 {
		t.Errorf("b is not reached by its name: %s", out)
	}
}

func interfaces(t *testing.T) map[string]bool {
	t.Helper()
	all, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, one := range all {
		names[one.Name] = true
	}
	return names
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
