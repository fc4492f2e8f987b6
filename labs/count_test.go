package labs

import (
	"slices"
	"testing"
)

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0 hints", 1: "1 hint", 2: "2 hints"} {
		if got := Count(n, "hint"); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
}

func TestSize(t *testing.T) {
	for bytes, want := range map[int64]string{
		0: "0 B", 900: "900 B", 1023: "1023 B", 1024: "1 KiB", 1_228_800: "1.2 MiB", 10_200_000: "9.7 MiB", 10_480_000: "10 MiB",
		1<<30 - 1: "1 GiB", 2 << 30: "2 GiB", 190 << 20: "190 MiB", 7 << 50: "7168 TiB",
	} {
		if got := Size(bytes); got != want {
			t.Errorf("%d: %q, want %q", bytes, got, want)
		}
	}
}

func TestEasiestFirst(t *testing.T) {
	want := []Scenario{
		{Topic: "git", Level: 1, Minutes: 9, Name: "z"},
		{Topic: "git", Level: 1, Minutes: 10, Name: "a"},
		{Topic: "git", Level: 1, Minutes: 10, Name: "b"},
		{Topic: "git", Level: 2, Minutes: 5, Name: "a"},
		{Topic: "mysql", Level: 1, Minutes: 5, Name: "a"},
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, EasiestFirst)
	for i := range want {
		if got[i].Topic != want[i].Topic || got[i].Level != want[i].Level || got[i].Name != want[i].Name {
			t.Fatalf("the order is %+v", got)
		}
	}
}
