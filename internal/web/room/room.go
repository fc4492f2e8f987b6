// Package room is what the rooms of the browser's door share: how they answer requests.
package room

import (
	"html/template"
	"io"
	"net/http"
	"strconv"

	"endstate/internal/web/feed"
	"endstate/internal/web/pages"
	"endstate/labs"
)

// Handler answers a request of somebody who is let in.
type Handler = func(http.ResponseWriter, *http.Request, labs.Learner)

// House answers requests in the same way for all rooms.
type House struct {
	Write func(w http.ResponseWriter, status int, page pages.Page)
	// Fail answers with a problem, and Ask with the question before an act, or its other error. back is
	// the address to go back to.
	Fail, Ask func(w http.ResponseWriter, r *http.Request, who labs.Learner, back string, err error)
	// Done answers a script that an act is done, and leads a page elsewhere.
	Done func(w http.ResponseWriter, r *http.Request, to string)
	// Report answers with a report, which write writes.
	Report func(w http.ResponseWriter, write func(io.Writer) error)
	// Stream streams a feed, and other messages.
	Stream func(w http.ResponseWriter, r *http.Request, who labs.Learner, from *feed.Feed, others <-chan feed.Message)
	// Piece renders a piece of a page. Problem and Warning render what is wrong.
	Piece   func(name string, data any) template.HTML
	Problem func(err error) template.HTML
	Warning func(event labs.Event) template.HTML
}

// Number returns a number in the path of a request; 0, which nothing has, if it is none.
func Number(r *http.Request, name string) int64 {
	n, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// After returns the ID of the last event of a stream that a page has had; 0: none. Browsers send it in a header when
// they connect again by themselves, and pages in the address.
func After(r *http.Request) int64 {
	last := r.Header.Get("Last-Event-ID")
	if last == "" {
		last = r.URL.Query().Get("after")
	}
	id, _ := strconv.ParseInt(last, 10, 64) // 0 if it is not a number
	return id
}
