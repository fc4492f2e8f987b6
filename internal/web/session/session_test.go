package session

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/alexedwards/scs/v2/memstore"

	"endstate/labs"
)

// A key becomes a session once, under a token that the browser did not have before.
func TestRedeem(t *testing.T) {
	s := New("cookie", false, memstore.New(), nil)
	ada := labs.Learner{Name: "ada", Role: labs.RoleAdmin}
	key := s.NewKey(ada)
	redeem := func(key, cookie string) (valid bool, set *http.Cookie) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if cookie != "" {
			r.AddCookie(&http.Cookie{Name: "cookie", Value: cookie})
		}
		w := httptest.NewRecorder()
		s.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			var err error
			if valid, err = s.Redeem(r.Context(), key); err != nil {
				t.Error(err)
			}
		})).ServeHTTP(w, r)
		for _, c := range w.Result().Cookies() {
			set = c
		}
		return valid, set
	}
	who := func(cookie string) (found labs.Learner, ok bool) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.AddCookie(&http.Cookie{Name: "cookie", Value: cookie})
		s.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { found, ok = s.Who(r.Context()) })).ServeHTTP(httptest.NewRecorder(), r)
		return found, ok
	}
	if valid, _ := redeem(key+"A", ""); valid {
		t.Error("a wrong key is valid")
	}
	valid, cookie := redeem(key, "planted")
	if !valid || cookie == nil || cookie.Value == "planted" || len(cookie.Value) < 32 || !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode {
		t.Fatalf("the key is valid: %v; the cookie is %v", valid, cookie)
	}
	if found, ok := who(cookie.Value); !ok || found != ada {
		t.Errorf("the session is that of %v, %v", found, ok)
	}
	if valid, _ := redeem(key, ""); valid {
		t.Error("a key is valid twice")
	}
	for _, other := range []string{"", "planted", key} {
		if found, ok := who(other); ok {
			t.Errorf("%q is a session of %v", other, found)
		}
	}
}
