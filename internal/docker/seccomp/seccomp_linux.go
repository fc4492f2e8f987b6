// Package seccomp holds the profile that walls in the hosts of a lab.
package seccomp

import (
	"encoding/json"
	"slices"
	"sync"

	"github.com/moby/profiles/seccomp"
	"github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/sys/unix"
)

// Profile is Docker's current default profile, with two changes.
//
// A lab can open TCP sockets and local ones, but no others that could carry a packet out of
// it: an engine's bridge answers for all addresses of its machine, and a packet sent to the
// bridge's device by name reaches them regardless of any route. TCP gets no answer back,
// but a datagram needs none. Other socket types, such as those to a virtual machine's host,
// are blocked as well.
//
// And a process can make system calls only in its own architecture's way, because the
// filter can't tell apart the arguments of the older calls.
var Profile = sync.OnceValues(func() (string, error) { return profile(sockets()) })

// Packets is like Profile, for hosts whose networks lead nowhere: there they may send any packet.
var Packets = sync.OnceValues(func() (string, error) { return profile(append(sockets(), packets()...)) })

func profile(sockets []*seccomp.Syscall) (string, error) {
	profile := seccomp.DefaultProfile()
	for i := range profile.ArchMap {
		profile.ArchMap[i].SubArches = nil
	}
	for _, rule := range profile.Syscalls {
		rule.Names = slices.DeleteFunc(rule.Names, func(name string) bool { return name == "socket" || name == "socketcall" })
	}
	profile.Syscalls = slices.DeleteFunc(profile.Syscalls, func(rule *seccomp.Syscall) bool { return len(rule.Names) == 0 })
	profile.Syscalls = append(profile.Syscalls, sockets...)
	text, err := json.Marshal(profile)
	return string(text), err
}

// sockets returns the rules for the sockets that a lab may open.
func sockets() []*seccomp.Syscall {
	const kind, domain, protocol = 1, 0, 2 // the arguments
	is := func(argument uint, value uint64) specs.LinuxSeccompArg {
		return specs.LinuxSeccompArg{Index: argument, Value: value, Op: specs.OpEqualTo}
	}
	// The type argument may also contain flags.
	stream := specs.LinuxSeccompArg{Index: kind, Value: 0xf, ValueTwo: unix.SOCK_STREAM, Op: specs.OpMaskedEqual}
	var rules []*seccomp.Syscall
	allow := func(args ...specs.LinuxSeccompArg) {
		rules = append(rules, &seccomp.Syscall{LinuxSyscall: specs.LinuxSyscall{Names: []string{"socket"}, Action: specs.ActAllow, Args: args}})
	}
	for _, local := range []uint64{unix.AF_UNIX, unix.AF_NETLINK} {
		allow(is(domain, local))
	}
	for _, internet := range []uint64{unix.AF_INET, unix.AF_INET6} {
		for _, tcp := range []uint64{0, unix.IPPROTO_TCP} {
			allow(is(domain, internet), stream, is(protocol, tcp))
		}
	}
	return rules
}

// packets returns the rules for the sockets that a host may open besides, if its networks lead
// nowhere: all of IPv4, and whole frames.
func packets() []*seccomp.Syscall {
	var rules []*seccomp.Syscall
	for _, domain := range []uint64{unix.AF_INET, unix.AF_PACKET} {
		rules = append(rules, &seccomp.Syscall{LinuxSyscall: specs.LinuxSyscall{
			Names: []string{"socket"}, Action: specs.ActAllow,
			Args: []specs.LinuxSeccompArg{{Index: 0, Value: domain, Op: specs.OpEqualTo}},
		}})
	}
	return rules
}
