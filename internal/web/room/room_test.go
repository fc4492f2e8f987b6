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
