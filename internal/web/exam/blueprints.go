package exam

import (
	"errors"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"endstate/internal/desk"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/report"
	"endstate/internal/web/pages"
	"endstate/labs"
)

// mostForm limits a form with a blueprint, in bytes.
const mostForm = 1 << 20

// kept is a blueprint in the list of those that an examiner keeps.
type kept struct {
	Name    string
	Changed time.Time
}

// blueprintPage is a blueprint that is being written, with what was found in it.
type blueprintPage struct {
	Own        []kept // of the list; none elsewhere
	Name, Text string
	Kept       bool             // the text is the one that is kept
	Notice     template.HTML    // why the text can't be kept or drawn
	Review     *examdesk.Review // nil: nothing was written yet, or there is a notice
	Topics     []string         // that can be chosen to see its questions
}

func blueprintPath(name string) string { return "/blueprints/" + url.PathEscape(name) }

// blueprints lists the blueprints that an examiner keeps, and takes a new one.
func (m *Room) blueprints(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	own, err := m.desk.Own(r.Context(), who)
	if err != nil {
		m.Fail(w, r, who, "/exams", err)
		return
	}
	page := blueprintPage{}
	for _, b := range own {
		page.Own = append(page.Own, kept{b.Name, b.Changed})
	}
	m.Write(w, http.StatusOK, pages.Page{Title: "Your blueprints", Owner: who, Main: "blueprints", Data: page})
}

// ownBlueprint shows a blueprint that an examiner keeps.
func (m *Room) ownBlueprint(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	own, err := m.desk.OwnBlueprint(r.Context(), who, r.PathValue("name"))
	page := blueprintPage{Kept: true}
	if err == nil {
		page.Name, page.Text = own.Name, own.Text
		page.Review, err = m.desk.Lint(r.Context(), who, own.Name+".yaml", []byte(own.Text))
	}
	m.writeBlueprint(w, r, who, page, err)
}

// writeBlueprint shows a blueprint with what was found in it. A problem that is about the text is shown with
// it, so that the text is not lost.
func (m *Room) writeBlueprint(w http.ResponseWriter, r *http.Request, who labs.Learner, page blueprintPage, err error) {
	var problem *labs.Problem
	switch {
	case errors.As(err, &problem) && (problem.Code == labs.CodeMisuse || problem.Code == labs.CodeBlueprint):
		page.Notice, page.Review = m.Problem(err), nil
	case err != nil:
		m.Fail(w, r, who, "/blueprints", err)
		return
	default:
		page.Topics = page.topics()
	}
	title := "A new blueprint"
	if page.Name != "" {
		title = "Blueprint " + page.Name
	}
	m.Write(w, http.StatusOK, pages.Page{Title: title, Owner: who, Main: "blueprint", Data: page})
}

// topics returns the topics of an exam about one, which were surveyed.
func (p blueprintPage) topics() []string {
	var all []string
	for _, survey := range p.Review.Surveys {
		if survey.Topic != "" {
			all = append(all, survey.Topic)
		}
	}
	return all
}

// keepBlueprint shows what is wrong with a blueprint, and keeps it if that was asked for and nothing is.
func (m *Room) keepBlueprint(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	name, text, err := written(r)
	if err != nil {
		m.Fail(w, r, who, "/blueprints", err)
		return
	}
	page := blueprintPage{Name: name, Text: text}
	if r.PostFormValue("keep") == "" {
		page.Review, err = m.desk.Review(r.Context(), who, name, text)
		m.writeBlueprint(w, r, who, page, err)
		return
	}
	page.Review, err = m.desk.KeepBlueprint(r.Context(), who, name, text, agreed(r))
	var asks *desk.Unconfirmed
	switch {
	case errors.As(err, &asks):
		r.PostForm.Set("name", name)
		r.PostForm.Set("text", text)
		m.Ask(w, r, who, "/blueprints", err)
	case err == nil && len(page.Review.Mistakes) == 0:
		http.Redirect(w, r, blueprintPath(name), http.StatusSeeOther)
	default:
		m.writeBlueprint(w, r, who, page, err)
	}
}

// written returns the blueprint that a form has, as a file or as a text. A name that is left out is the
// file's.
func written(r *http.Request) (name, text string, err error) {
	name, text = r.PostFormValue("name"), r.PostFormValue("text")
	file, header, err := r.FormFile("file")
	if err == nil && header.Size > 0 {
		defer file.Close()
		data, err := io.ReadAll(file)
		if err != nil {
			return "", "", labs.Misuse("The file can't be read", "Send it once more, or paste its text.")
		}
		text = string(data)
		if name == "" {
			name = strings.TrimSuffix(header.Filename, filepath.Ext(header.Filename))
		}
	}
	if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
		return "", "", labs.Misuse("The file is too long", "A blueprint has at most 64 KiB.")
	}
	return name, strings.ReplaceAll(text, "\r\n", "\n"), nil
}

func (m *Room) removeBlueprint(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	name := r.PathValue("name")
	if err := m.desk.RemoveBlueprint(r.Context(), who, name, agreed(r)); err != nil {
		m.Ask(w, r, who, blueprintPath(name), err)
		return
	}
	http.Redirect(w, r, "/blueprints", http.StatusSeeOther)
}

// draftPage is an exam as it would be drawn.
type draftPage struct {
	*examdesk.Draft
	Name, Topic string
	Rules       []string
}

// drawBlueprint shows what an exam would ask.
func (m *Room) drawBlueprint(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	page := draftPage{Name: r.PathValue("name"), Topic: r.URL.Query().Get("topic")}
	chosen := examdesk.Choice{Topic: page.Topic}
	var err error
	if text := r.URL.Query().Get("seed"); text != "" {
		seed, wrong := strconv.ParseUint(text, 10, 64)
		if chosen.Seed = &seed; wrong != nil {
			err = labs.Misuse("\""+text+"\" is not a seed", "A seed is a whole number.")
		}
	}
	if err == nil {
		if _, err = m.desk.OwnBlueprint(r.Context(), who, page.Name); err == nil {
			page.Draft, err = m.desk.RehearseNamed(r.Context(), who, page.Name, chosen)
		}
	}
	if err != nil {
		m.Fail(w, r, who, blueprintPath(page.Name), err)
		return
	}
	page.Rules = report.Rules(page.Exam)
	m.Write(w, http.StatusOK, pages.Page{Title: "What " + page.Name + " asks", Owner: who, Main: "draft", Data: page})
}
