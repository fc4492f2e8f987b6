package advice

import (
	"fmt"
	"strings"
)

// WrongType says what kind of value is needed. The tag is YAML's name for the kind that was found,
// value its text, and wanted the name of a Go type.
func WrongType(tag, value, wanted string) string {
	need, fix := typeName(wanted), ""
	switch {
	case need == "a list" && value != "":
		fix = fmt.Sprintf(": write [%s]", value)
	case need == "a string" && tag == "!!map":
		fix = ": a text that begins with { or {{ must be in quotes"
	case need == "a string" && tag == "!!seq":
		fix = ": a text that begins with [ must be in quotes"
	case strings.HasPrefix(need, "a mapping") && tag == "!!seq":
		fix = ", without hyphens"
	}
	switch tag {
	case "!!map":
		return "this must be " + need + ", not a mapping" + fix
	case "!!seq":
		return "this must be " + need + ", not a list" + fix
	}
	if value == "" {
		return "this must be " + need + fix
	}
	return fmt.Sprintf("%q is not %s%s", value, need, fix)
}

// typeName describes a Go type in an author's terms.
func typeName(name string) string {
	switch {
	case strings.HasPrefix(name, "[]"):
		return "a list"
	case strings.HasPrefix(name, "int"), strings.HasPrefix(name, "uint"):
		return "a whole number"
	case strings.HasPrefix(name, "float"):
		return "a number"
	case name == "bool":
		return "true or false"
	case name == "string":
		return "a string"
	}
	return "a mapping, name: value"
}
