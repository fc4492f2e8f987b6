package subnets

import (
	"net/netip"
	"testing"
)

func TestFreeFindsTheLastFreeSubnet(t *testing.T) {
	all := netip.MustParsePrefix("10.9.0.0/26")
	taken := []netip.Prefix{netip.MustParsePrefix("10.9.0.0/28"), netip.MustParsePrefix("10.9.0.16/28"), netip.MustParsePrefix("10.9.0.48/30")}
	for range 20 {
		subnet, ok := Free(all, taken)
		if want := netip.MustParsePrefix("10.9.0.32/28"); !ok || subnet != want {
			t.Fatalf("it picks %v, %v, not %v", subnet, ok, want)
		}
	}
	if subnet, ok := Free(all, append(taken, netip.MustParsePrefix("10.9.0.0/16"))); ok {
		t.Errorf("it picks %v of a range that is taken", subnet)
	}
}
