package registry

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

type reached struct{}

func (reached) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(""))}, nil
}

func TestOnlyThisMachineMayDoWithoutTLS(t *testing.T) {
	for address, ok := range map[string]bool{
		"http://127.0.0.1:5000/v2/": true, "http://127.8.9.1/": true, "http://[::1]:5000/v2/": true, "http://localhost:5000/v2/": true,
		"https://10.1.2.3/v2/": true, "http://10.1.2.3/v2/": false, "http://192.168.1.1:5000/": false, "http://registry.local/": false,
		"http://localhost.example.org/": false, "http://127.0.0.1.example.org/": false, "http://registry.example.org/v2/": false,
	} {
		for _, plain := range []bool{false, true} {
			request, err := http.NewRequest(http.MethodGet, address, nil)
			if err != nil {
				t.Fatal(err)
			}
			response, err := guard{plain: plain, next: reached{}}.RoundTrip(request)
			if (err == nil) != (ok || plain) {
				t.Errorf("%s, allowed %v: %v", address, plain, err)
			}
			if err == nil {
				response.Body.Close()
			}
		}
	}
}
