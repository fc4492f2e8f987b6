package rehearse

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk/rehearse"
	"endstate/internal/rehearsal"
	"endstate/internal/report"
)

// companyOptions are the options of rehearse company.
type companyOptions struct {
	options
	output door.Output
	notes  rehearsal.Company
}

func companyCommand(d *door.Door) *cobra.Command {
	o := &companyOptions{options: options{Door: d}}
	c := &cobra.Command{
		Use:   "company [NAME]",
		Short: "Note what you found out about a company; without a name, list your notes",
		Long: "Note what you found out about a company, for the question why you want to work there: in your editor, or by flags. " +
			"Without a name, list your notes.",
		Example: "  endstate rehearse company \"Kestrel Ltd\" --does \"billing for small shops\" --values curiosity --sources https://example.com",
		Args:    door.AtMost(1, "one company at most"),
		RunE:    func(c *cobra.Command, args []string) error { return o.run(c.Context(), strings.Join(args, "")) },
	}
	for _, field := range fields(&o.notes) {
		c.Flags().StringVar(field.value, field.name, "", "a `text`: "+field.usage)
	}
	d.OutputVar(c, &o.output)
	return c
}

// field is a field of the notes.
type field struct {
	name, usage string
	value       *string
}

func fields(c *rehearsal.Company) []field {
	return []field{
		{"does", "what it does", &c.Does},
		{"projects", "its projects and products", &c.Projects},
		{"values", "its values", &c.Values},
		{"sources", "where you found this", &c.Sources},
	}
}

func (o *companyOptions) run(ctx context.Context, name string) error {
	at, err := o.Desk()
	if err != nil {
		return err
	}
	o.room = rehearse.New(at)
	all, err := o.room.Companies(ctx, o.Who())
	if err != nil {
		return err
	}
	if name == "" {
		return o.list(all)
	}
	notes := &rehearsal.Company{Name: name}
	for _, c := range all {
		if c.Name == name {
			notes = c
		}
	}
	if err := o.change(ctx, notes); err != nil {
		return err
	}
	if err := o.room.WriteCompany(ctx, o.Who(), notes); err != nil {
		return err
	}
	return o.list([]*rehearsal.Company{notes})
}

// change changes the notes by the flags, or in an editor if there are none.
func (o *companyOptions) change(ctx context.Context, notes *rehearsal.Company) error {
	given := false
	for i, f := range fields(&o.notes) {
		if *f.value != "" {
			*fields(notes)[i].value, given = *f.value, true
		}
	}
	if given {
		return nil
	}
	text, err := o.Compose(ctx, form(notes), strings.TrimRight(form(notes), "\n")+"\nWrite your notes below these headings; finish with Ctrl-D on a new line.")
	if err == nil {
		parse(notes, text)
	}
	return err
}

// form is the notes as a text to be filled in, with a heading for each field.
func form(notes *rehearsal.Company) string {
	out := &strings.Builder{}
	fmt.Fprintf(out, "# What you found out about %s. Keep the headings.\n\n", notes.Name)
	for _, f := range fields(notes) {
		fmt.Fprintf(out, "## %s\n%s\n\n", f.usage, *f.value)
	}
	return out.String()
}

// parse reads a form. What stands above the first heading belongs to the first field.
func parse(notes *rehearsal.Company, text string) {
	all := fields(notes)
	for _, f := range all {
		*f.value = ""
	}
	at := all[0].value
	for line := range strings.Lines(text) {
		heading, isHeading := strings.CutPrefix(strings.TrimSpace(line), "## ")
		for _, f := range all {
			if isHeading && heading == f.usage {
				at = f.value
			}
		}
		if !isHeading {
			*at += line
		}
	}
	for _, f := range all {
		*f.value = strings.TrimSpace(*f.value)
	}
}

func (o *companyOptions) list(all []*rehearsal.Company) error {
	return o.output.Write(door.Forms{
		Value: append([]*rehearsal.Company{}, all...),
		Text:  func(w io.Writer, style report.Style) error { return writeCompanies(w, style, all) },
	})
}

func writeCompanies(w io.Writer, style report.Style, all []*rehearsal.Company) error {
	out := &strings.Builder{}
	for _, c := range all {
		fmt.Fprintln(out, style.Bold(report.Visible(c.Name)))
		for _, f := range fields(c) {
			if *f.value != "" {
				fmt.Fprintf(out, "  %s\n", strings.TrimSpace(style.Paragraph(f.usage+": "+*f.value, 4)))
			}
		}
	}
	if len(all) == 0 {
		fmt.Fprintln(out, "There are no notes yet. Write some: endstate rehearse company NAME")
	}
	_, err := io.WriteString(w, out.String())
	return err
}
