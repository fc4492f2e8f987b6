package session

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/alexedwards/scs/v2/memstore"

	"endstate/internal/web/openid"
)

// What a browser has begun can be taken once, by that browser, with a cookie that another site's redirect carries.
func TestFlows(t *testing.T) {
	f := NewFlows("cookie", true, memstore.New(), nil)
	in := func(cookie *http.Cookie, do func(r *http.Request)) (set *http.Cookie) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if cookie != nil {
			r.AddCookie(cookie)
		}
		w := httptest.NewRecorder()
		f.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { do(r) })).ServeHTTP(w, r)
		for _, c := range w.Result().Cookies() {
			set = c
		}
		return set
	}
	take := func(cookie *http.Cookie) (flow Flow) {
		in(cookie, func(r *http.Request) {
			var err error
			if flow, err = f.Take(r.Context()); err != nil {
				t.Error(err)
			}
		})
		return flow
	}
	want := Flow{Flow: openid.Flow{State: "state", Nonce: "nonce", Verifier: "verifier"}, To: "/attempts", Key: "key", Name: "ada"}
	cookie := in(&http.Cookie{Name: "cookie", Value: "planted"}, func(r *http.Request) {
		if err := f.Begin(r.Context(), want); err != nil {
			t.Error(err)
		}
	})
	if cookie == nil || cookie.Value == "planted" || !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteLaxMode || cookie.MaxAge > 10*60 || cookie.MaxAge <= 0 {
		t.Fatalf("the cookie is %v", cookie)
	}
	for what, other := range map[string]*http.Cookie{"no cookie": nil, "a planted one": {Name: "cookie", Value: "planted"}} {
		if got := take(other); got != (Flow{}) {
			t.Errorf("with %s, %+v is taken", what, got)
		}
	}
	if got := take(cookie); got != want {
		t.Errorf("taken is %+v, want %+v", got, want)
	}
	if got := take(cookie); got != (Flow{}) {
		t.Errorf("taken twice is %+v", got)
	}
}
