package pages

import (
	"net/url"
	"strconv"

	"endstate/internal/rehearsal"
)

// SubjectPath returns the address of what a script is for: a question, or the debriefing of a scenario.
// The script's page and its forms are below it.
func SubjectPath(which rehearsal.Which) string {
	if which.Scenario != "" {
		return "/scenarios/" + url.PathEscape(which.Scenario)
	}
	return "/questions/" + strconv.Itoa(which.Question)
}

// RehearsalPath returns the address of the page of a script, with one more field of its query if that
// has a name.
func RehearsalPath(which rehearsal.Which, name, value string) string {
	query := url.Values{}
	for field, text := range map[string]string{"company": which.Company, "tone": which.Tone, name: value} {
		if field != "" && text != "" {
			query.Set(field, text)
		}
	}
	address := SubjectPath(which) + "/rehearse"
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	return address
}
