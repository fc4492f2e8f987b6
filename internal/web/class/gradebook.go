package class

import (
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"endstate/internal/classes"
	"endstate/internal/desk/class"
	"endstate/internal/report"
	"endstate/internal/web/pages"
	"endstate/internal/web/room"
	"endstate/labs"
)

func (o *Room) gradebook(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	book, err := o.class.Gradebook(r.Context(), who, room.Number(r, "group"))
	if err != nil {
		o.Fail(w, r, who, "/groups", err)
		return
	}
	o.Write(w, http.StatusOK, pages.Page{Title: "Gradebook of " + book.Group.Name, Owner: who, Main: "gradebook", Data: book})
}

// report answers a teacher with the report of a member's attempt.
func (o *Room) report(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	found, err := o.class.Report(r.Context(), who, room.Number(r, "group"), room.Number(r, "attempt"))
	if err != nil {
		o.Fail(w, r, who, "/groups", err)
		return
	}
	o.Report(w, func(to io.Writer) error { return report.AttemptPage(to, found) })
}

// examReport answers a teacher with the report of a member's exam.
func (o *Room) examReport(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	found, err := o.class.ExamReport(r.Context(), who, room.Number(r, "group"), room.Number(r, "exam"))
	if err != nil {
		o.Fail(w, r, who, "/groups", err)
		return
	}
	o.Report(w, func(to io.Writer) error { return report.ExamPage(to, found) })
}

// csv answers with the gradebook for a spreadsheet.
func (o *Room) csv(w http.ResponseWriter, r *http.Request, who labs.Learner) {
	book, err := o.class.Gradebook(r.Context(), who, room.Number(r, "group"))
	if err != nil {
		o.Fail(w, r, who, "/groups", err)
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="gradebook-%d.csv"`, book.Group.ID))
	_ = writeCSV(w, book) // it fails if the browser is gone
}

// mark tells Excel that a file is UTF-8: otherwise it takes names for another encoding.
const mark = "\ufeff"

// writeCSV writes a gradebook as RFC 4180 says: a row for each member and each part of an assignment.
func writeCSV(w io.Writer, book *class.Gradebook) error {
	if _, err := io.WriteString(w, mark); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	rows := [][]string{{"member", "assignment", "lab or exam", "seed", "due", "best score", "last score", "attempts", "seconds at work", "hints", "late"}}
	for _, row := range book.Rows {
		for i, column := range book.Columns {
			rows = append(rows, cells(row.Member, column, row.Works[i]))
		}
	}
	for _, row := range rows {
		for i := range row {
			row[i] = report.Inert(row[i])
		}
	}
	return out.WriteAll(rows)
}

func cells(member string, column class.Column, work classes.Work) []string {
	a, due, late := column.Assignment, "", ""
	if !a.Due.IsZero() {
		due = a.Due.UTC().Format(time.RFC3339)
	}
	if work.Best != nil {
		late = strconv.FormatBool(work.Late)
	}
	return []string{
		member, a.Title, column.Name(), strconv.FormatUint(column.SeedFor(member), 10), due, score(work.Best), score(work.Last),
		strconv.Itoa(work.Attempts), strconv.Itoa(int(work.Spent.Round(time.Second).Seconds())), strconv.Itoa(work.Hints), late,
	}
}

func score(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}
