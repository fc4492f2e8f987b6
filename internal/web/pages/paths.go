package pages

import (
	"net/url"
	"strconv"

	"endstate/internal/rehearsal"
)

// RehearsalPath returns the address of the page of a script, with one more field of its query if that
// has a name.
func RehearsalPath(which rehearsal.Which, name, value string) string {
	query := url.Values{}
	for field, text := range map[string]string{"company": which.Company, "tone": which.Tone, name: value} {
		if field != "" && text != "" {
			query.Set(field, text)
		}
	}
	address := url.URL{Path: "/questions/" + strconv.Itoa(which.Question) + "/rehearse", RawQuery: query.Encode()}
	return address.String()
}
