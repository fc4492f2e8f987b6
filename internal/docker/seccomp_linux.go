package docker

import (
	"encoding/json"
	"slices"
	"sync"

	"github.com/moby/profiles/seccomp"
	"github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/sys/unix"
)

// seccompProfile is Docker's own profile, as an engine of today has it, with two changes.
//
// A lab speaks TCP, and nothing else that a packet could carry out of it: an engine's bridge
// answers for all addresses of its machine, and whoever names the bridge's device reaches
// them past every route. TCP gets no answer back; a datagram needs none. Neither is there a
// socket of another kind: to the machine below a virtual one, say.
//
// And a process has one way to ask the kernel, its own architecture's, as the calls of older
// ones can't be told apart by what they ask for.
var seccompProfile = sync.OnceValues(func() (string, error) {
	profile := seccomp.DefaultProfile()
	for i := range profile.ArchMap {
		profile.ArchMap[i].SubArches = nil
	}
	for _, rule := range profile.Syscalls {
		rule.Names = slices.DeleteFunc(rule.Names, func(name string) bool { return name == "socket" || name == "socketcall" })
	}
	profile.Syscalls = slices.DeleteFunc(profile.Syscalls, func(rule *seccomp.Syscall) bool { return len(rule.Names) == 0 })
	profile.Syscalls = append(profile.Syscalls, sockets()...)
	text, err := json.Marshal(profile)
	return string(text), err
})

// sockets are the rules for those sockets that a lab may make.
func sockets() []*seccomp.Syscall {
	const kind, domain, protocol = 1, 0, 2 // the arguments
	is := func(argument uint, value uint64) specs.LinuxSeccompArg {
		return specs.LinuxSeccompArg{Index: argument, Value: value, Op: specs.OpEqualTo}
	}
	// Flags stand beside the kind.
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
