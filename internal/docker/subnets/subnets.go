// Package subnets picks subnets for the networks of labs from a range.
package subnets

import (
	"fmt"
	"math/rand/v2"
	"net/netip"

	"endstate/labs"
)

// Default is a range that few machines use.
const Default = "10.213.0.0/16"

// Bits is the length of the prefix of a network. It has room for 13 hosts.
const Bits = 28

// Parse parses the range from which labs get their subnets.
func Parse(text string) (netip.Prefix, error) {
	prefix, err := netip.ParsePrefix(text)
	if err != nil || !prefix.Addr().Is4() || prefix.Bits() > Bits || prefix.Bits() < 8 {
		return netip.Prefix{}, labs.Misuse(fmt.Sprintf("%q is not a range of IPv4 subnets", text),
			"Set ENDSTATE_SUBNETS to a range with a prefix of 8 to 28 bits, such as 10.213.0.0/16.")
	}
	return prefix.Masked(), nil
}

// Free picks a subnet of a range that overlaps none of those taken, and reports whether there is
// one. It picks at random, so that concurrent processes rarely collide.
func Free(all netip.Prefix, taken []netip.Prefix) (netip.Prefix, bool) {
	count := uint32(1) << (Bits - all.Bits())
	first := rand.Uint32N(count)
	for i := range count {
		subnet := nth(all, (first+i)%count)
		if !overlapsAny(subnet, taken) {
			return subnet, true
		}
	}
	return netip.Prefix{}, false
}

func nth(all netip.Prefix, n uint32) netip.Prefix {
	address := all.Masked().Addr().As4()
	base := uint32(address[0])<<24 | uint32(address[1])<<16 | uint32(address[2])<<8 | uint32(address[3])
	base += n << (32 - Bits)
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(base >> 24), byte(base >> 16), byte(base >> 8), byte(base)}), Bits)
}

func overlapsAny(subnet netip.Prefix, taken []netip.Prefix) bool {
	for _, other := range taken {
		if subnet.Overlaps(other) {
			return true
		}
	}
	return false
}
