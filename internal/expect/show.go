package expect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// Limits that keep messages readable.
const (
	maxListed = 10   // items of a list
	maxShown  = 2000 // characters of a value
)

// showing adds functions for messages: shown(value) is the text that ${value} shows, and
// toJson(value) is the value as JSON.
func showing() []cel.EnvOption {
	text := func(name string, format func(any) string) cel.EnvOption {
		return cel.Function(name, cel.Overload(name+"_dyn", []*cel.Type{cel.DynType}, cel.StringType,
			cel.UnaryBinding(func(value ref.Val) ref.Val { return types.String(format(plain(value))) })))
	}
	return []cel.EnvOption{text("shown", show), text("toJson", toJSON)}
}

// show formats a value for people. A list is its items, separated by commas; maps, and lists
// in a list, are JSON.
func show(value any) string { return limit(showWhole(value)) }

func showWhole(value any) string {
	switch v := value.(type) {
	case nil:
		return "nothing"
	case string:
		return v
	case time.Time:
		return v.Format("2006-01-02 15:04:05")
	case []byte:
		return fmt.Sprintf("%x", v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		return showList(v)
	case map[string]any:
		return toJSON(v)
	}
	return fmt.Sprint(value)
}

func showList(items []any) string {
	if len(items) == 0 {
		return "nothing"
	}
	var texts []string
	for _, item := range items[:min(len(items), maxListed)] {
		if _, list := item.([]any); list {
			texts = append(texts, toJSON(item))
			continue
		}
		texts = append(texts, showWhole(item))
	}
	return listed(texts, len(items))
}

// listed joins the first texts of a longer list.
func listed(texts []string, all int) string {
	text := strings.Join(texts, ", ")
	if more := all - len(texts); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// limit cuts a text that is too long for a message.
func limit(text string) string {
	if characters := []rune(text); len(characters) > maxShown {
		return string(characters[:maxShown]) + "…"
	}
	return text
}

// toJSON formats a value as JSON on one line, with a space after each comma and colon, so
// that it can be wrapped. Bytes are hexadecimal, and numbers that JSON lacks are strings.
func toJSON(value any) string {
	switch v := value.(type) {
	case []any:
		texts := make([]string, len(v))
		for i := range v {
			texts[i] = toJSON(v[i])
		}
		return "[" + strings.Join(texts, ", ") + "]"
	case map[string]any:
		var texts []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			texts = append(texts, quoteJSON(key)+": "+toJSON(v[key]))
		}
		return "{" + strings.Join(texts, ", ") + "}"
	case []byte:
		return quoteJSON(fmt.Sprintf("%x", v))
	case time.Time:
		return quoteJSON(v.Format(time.RFC3339Nano))
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return quoteJSON(fmt.Sprint(v))
		}
	case nil, bool, int64, uint64, string:
	default:
		return quoteJSON(fmt.Sprint(v))
	}
	return quoteJSON(value)
}

// quoteJSON returns a scalar as JSON.
func quoteJSON(scalar any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(scalar); err != nil {
		return fmt.Sprintf("%q", fmt.Sprint(scalar)) // can't happen: every scalar has a JSON form
	}
	return strings.TrimSpace(out.String())
}
