package room

import (
	"net/http/httptest"
	"testing"
)

func TestNumber(t *testing.T) {
	for text, want := range map[string]int64{"12": 12, "": 0, "twelve": 0, "99999999999999999999": 0} {
		r := httptest.NewRequest("GET", "/", nil)
		r.SetPathValue("group", text)
		if got := Number(r, "group"); got != want {
			t.Errorf("%q is %d, want %d", text, got, want)
		}
	}
}

func TestAfter(t *testing.T) {
	for _, test := range []struct {
		address, header string
		want            int64
	}{{"/", "", 0}, {"/?after=7", "", 7}, {"/?after=7", "9", 9}, {"/?after=x", "", 0}} {
		r := httptest.NewRequest("GET", test.address, nil)
		r.Header.Set("Last-Event-ID", test.header)
		if got := After(r); got != test.want {
			t.Errorf("%+v: %d", test, got)
		}
	}
}
