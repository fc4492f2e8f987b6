package door

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/report"
	"endstate/internal/report/wrap"
	"endstate/labs"
)

// Output says where a command writes its result, and in which format. Its flags are the same for
// all commands: see [Door.OutputVar].
type Output struct {
	door   *Door
	able   []report.Format // what the command can write
	format report.Format   // "" until it is chosen
	file   string          // "" or "-": standard output
}

// Forms are the functions that write a result, by format. Without one for JSON, Value is encoded.
// Gist is a part of Text that is shown even if a user skips the rest; it may be nil.
type Forms struct {
	Value any
	Text  Text
	Gist  Text
	Other map[report.Format]func(io.Writer) error
}

// OutputVar adds the flags for the output to a command: -o FILE, --format, and --json as a short
// form. Every command can write text and JSON; more says what else it can.
func (d *Door) OutputVar(c *cobra.Command, o *Output, more ...report.Format) {
	o.door, o.able = d, append([]report.Format{report.FormatText, report.FormatJSON}, more...)
	flags := c.Flags()
	flags.StringVarP(&o.file, "output", "o", "", "write to this `file`; its extension says the format: "+o.extensions())
	flags.Var(&formatFlag{output: o}, "format", o.names("|")+", whatever the extension says")
	for _, format := range o.able {
		usage := map[report.Format]string{report.FormatJSON: "as JSON", report.FormatJUnit: "as JUnit XML"}[format]
		if usage != "" {
			flags.Var(&formatFlag{output: o, only: format}, string(format), usage)
			flags.Lookup(string(format)).NoOptDefVal = "true"
		}
	}
	c.PreRunE = func(*cobra.Command, []string) error { return o.choose() }
	_ = c.RegisterFlagCompletionFunc("format", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return strings.Split(o.names("\n"), "\n"), cobra.ShellCompDirectiveNoFileComp
	})
}

// FileVar adds the flag for the file to a command that writes one format only.
func (d *Door) FileVar(c *cobra.Command, o *Output) {
	o.door = d
	c.Flags().StringVarP(&o.file, "output", "o", "", "write to this `file` (default: standard output)")
}

// formatFlag is the value of a flag that chooses a format.
type formatFlag struct {
	output *Output
	only   report.Format // of a short form such as --json
}

func (f *formatFlag) String() string { return "" }

func (f *formatFlag) Type() string {
	if f.only != "" {
		return "bool"
	}
	return "format"
}

// Takes says what values the flag takes.
func (f *formatFlag) Takes() string {
	return "It takes one of " + f.output.names(", ") + "."
}

func (f *formatFlag) Set(text string) error {
	format := f.only
	switch {
	case format == "":
		format = report.Format(text)
	case text == "false":
		return nil
	case text != "true":
		return &ValueError{"It is a switch and takes no value."}
	}
	o := f.output
	if !slices.Contains(o.able, format) {
		return &ValueError{"Choose one of " + o.names(", ") + "."}
	}
	if o.format != "" && o.format != format {
		return &ValueError{fmt.Sprintf("Choose one format, %s or %s.", o.format, format)}
	}
	o.format = format
	return nil
}

// names lists the formats, and extensions lists their files' extensions.
func (o *Output) names(separator string) string {
	var names []string
	for _, format := range o.able {
		names = append(names, string(format))
	}
	return strings.Join(names, separator)
}

func (o *Output) extensions() string {
	var all []string
	for _, format := range o.able {
		all = append(all, format.Extension())
	}
	return strings.Join(all, ", ")
}

// choose derives the format from the file's extension if no flag says it.
func (o *Output) choose() error {
	if o.format != "" {
		return nil
	}
	o.format = report.FormatText
	if !o.toFile() {
		return nil
	}
	format, known := report.FormatOf(o.file)
	if !known || !slices.Contains(o.able, format) {
		return labs.Misuse(fmt.Sprintf("This can't be written as %s, the extension of %s", filepath.Ext(o.file), o.file),
			"Choose one of "+o.extensions()+", or say the format: --format "+o.names("|"))
	}
	o.format = format
	return nil
}

func (o *Output) toFile() bool { return o.file != "" && o.file != "-" }

// Format is the chosen format.
func (o *Output) Format() report.Format { return o.format }

// AsJSON reports whether standard output gets JSON: then a program reads it, and progress is JSON
// too.
func (o *Output) AsJSON() bool { return o.format == report.FormatJSON && !o.toFile() }

// ToScreen reports whether people read the result on standard output.
func (o *Output) ToScreen() bool { return o.format == report.FormatText && !o.toFile() }

// Write writes a result to the file or to standard output, in the chosen format.
func (o *Output) Write(forms Forms) error {
	return o.To(func(w io.Writer) error {
		other := forms.Other[o.format]
		switch {
		case other != nil:
			return other(wrap.Behind(w))
		case o.format == report.FormatJSON:
			return report.JSON(w, forms.Value)
		}
		return forms.Text(w, o.door.Style(w))
	})
}

// To calls a function that writes to the file or to standard output.
func (o *Output) To(write func(io.Writer) error) error {
	if !o.toFile() {
		return write(o.door.Out)
	}
	if err := writeFile(o.file, write); err != nil {
		return err
	}
	fmt.Fprintf(o.door.Err, "Written: %s\n", o.file)
	return nil
}

// writeFile writes a file completely or not at all. Devices and pipes are written to directly.
func writeFile(name string, write func(io.Writer) error) error {
	cannot := func(err error) error {
		return &labs.Problem{Code: labs.CodeFile, What: name + " can't be written", Advice: "Choose a file in a folder that you can write to.", Err: err}
	}
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	if strings.ContainsRune(name, 0) {
		return cannot(errors.New("the name has a character that no file name may have"))
	}
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		file, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return cannot(err)
		}
		return errors.Join(write(file), file.Close())
	}
	file, err := os.CreateTemp(filepath.Dir(name), ".endstate-*")
	if err != nil {
		return cannot(err)
	}
	// What is written is about a person, so CreateTemp leaves it readable by its owner only.
	err = errors.Join(write(file), file.Close())
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	if err := os.Rename(file.Name(), name); err != nil {
		return cannot(errors.Join(err, os.Remove(file.Name())))
	}
	return nil
}
