package mysql

import (
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// typed restores the type of a value that the driver read, so that different values stay
// different and equal ones equal. kind is the driver's name for the column's type.
func typed(value any, kind string) any {
	switch v := value.(type) {
	case float32:
		// The shortest text that means this number, not its nearest double.
		exact, _ := strconv.ParseFloat(strconv.FormatFloat(float64(v), 'g', -1, 32), 64)
		return exact
	case []byte:
		return typedBytes(v, kind)
	}
	return value
}

// Types of columns that hold bytes, not text.
var binaryKinds = []string{"BINARY", "VARBINARY", "TINYBLOB", "BLOB", "MEDIUMBLOB", "LONGBLOB", "GEOMETRY", "VECTOR"}

func typedBytes(v []byte, kind string) any {
	switch {
	case slices.Contains(binaryKinds, kind):
		return v
	case kind == "BIT":
		var whole [8]byte
		copy(whole[8-min(8, len(v)):], v)
		return binary.BigEndian.Uint64(whole[:])
	case kind == "DATE", kind == "DATETIME", kind == "TIMESTAMP":
		return moment(string(v))
	case kind == "UNSIGNED BIGINT":
		if number, err := strconv.ParseUint(string(v), 10, 64); err == nil {
			return number
		}
	case !utf8.Valid(v):
		return v
	}
	return string(v)
}

// moment returns the timestamp that the server's text means, or the text itself if no
// calendar has that day: 0000-00-00, 2024-00-00, or a year above 9999.
func moment(text string) any {
	layout := time.DateOnly
	if strings.Contains(text, " ") {
		layout = time.DateTime
	}
	at, err := time.Parse(layout, text) // also parses fractions of a second
	if err != nil || at.Year() < 1 {
		return text
	}
	return at
}
