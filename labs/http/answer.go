package http

import (
	"net/http"
	"strings"
	"unicode/utf8"
)

// describe returns the observation of an answer, without its redirects and time.
func describe(response *http.Response, body []byte) map[string]any {
	cookies := []any{}
	for _, cookie := range response.Cookies() {
		cookies = append(cookies, describeCookie(cookie))
	}
	answer := map[string]any{
		"status": response.StatusCode, "headers": describeHeaders(response.Header), "cookies": cookies,
		"kind": "empty", "body": "", "json": nil, "xml": nil,
	}
	if len(body) > 0 {
		describeBody(answer, body)
	}
	return answer
}

func describeBody(answer map[string]any, body []byte) {
	if !utf8.Valid(body) {
		answer["kind"], answer["body"] = "bytes", body
		return
	}
	answer["kind"], answer["body"] = "text", string(body)
	if value, ok := parseJSON(body); ok {
		answer["kind"], answer["json"] = "json", value
	} else if root, ok := parseXML(body); ok {
		answer["kind"], answer["xml"] = "xml", root
	}
}

// describeHeaders returns the headers, without those that are observed in another form or differ
// each time.
func describeHeaders(headers http.Header) map[string]any {
	described := map[string]any{}
	for name, values := range headers {
		if name != "Date" && name != "Set-Cookie" {
			described[strings.ToLower(name)] = strings.Join(values, ", ")
		}
	}
	return described
}

// The names of SameSite's values; empty if an answer gives none.
var sameSites = map[http.SameSite]string{http.SameSiteLaxMode: "Lax", http.SameSiteStrictMode: "Strict", http.SameSiteNoneMode: "None"}

func describeCookie(cookie *http.Cookie) map[string]any {
	described := map[string]any{
		"name": cookie.Name, "value": cookie.Value, "path": cookie.Path, "domain": cookie.Domain, "secure": cookie.Secure,
		"httponly": cookie.HttpOnly, "samesite": sameSites[cookie.SameSite], "expires": nil, "max_age": nil,
	}
	if !cookie.Expires.IsZero() {
		described["expires"] = cookie.Expires
	}
	if cookie.MaxAge != 0 { // negative: the answer says 0 or less
		described["max_age"] = max(0, cookie.MaxAge)
	}
	return described
}
