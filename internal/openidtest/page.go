package openidtest

import (
	"html/template"
	"net/http"
	"net/url"
)

// page asks who signs in. What the provider was asked with goes along.
var page = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><title>The provider</title><link rel="icon" href="data:,"><h1>Who are you?</h1>
<form>{{range $name, $values := .}}<input type="hidden" name="{{$name}}" value="{{index $values 0}}">{{end}}
<label>E-mail <input name="email"></label> <label><input type="checkbox" name="verified" checked> verified</label>
<button name="as" value="somebody">It's me</button> <button name="as" value="">I won't say</button></form></html>`))

// told returns what a person filled in on the page; the subject is missing if they declined. Before the page was
// shown, it answers with the page and returns nil.
func told(w http.ResponseWriter, asked url.Values) Claims {
	if !asked.Has("as") {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = page.Execute(w, asked) // whoever does not get it fails
		return nil
	}
	subject := asked.Get("email")
	if asked.Get("as") == "" {
		subject = ""
	}
	return Claims{"sub": subject, "email": asked.Get("email"), "email_verified": asked.Has("verified")}
}
