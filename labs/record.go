package labs

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Record is what stands on a snapshot, and so on every lab that is started from
// it: the facts, and the password of the grader's own account.
type Record struct {
	Facts  map[string]any
	Secret string
}

// What JSON has no type for is written as an object of one member whose name
// begins with "$"; a map that has such a member itself is wrapped in "$map".
const (
	tagInt   = "$int"
	tagUint  = "$uint"
	tagFloat = "$float"
	tagBytes = "$bytes"
	tagTime  = "$time"
	tagMap   = "$map"
)

// Encode writes the record so that [DecodeRecord] gives back equal values of equal types.
func (r Record) Encode() (string, error) {
	text, err := json.Marshal(map[string]any{"facts": tagged(r.Facts), "secret": r.Secret})
	return string(text), err
}

// DecodeRecord reads what [Record.Encode] wrote.
func DecodeRecord(text string) (Record, error) {
	var raw struct {
		Facts  map[string]any `json:"facts"`
		Secret string         `json:"secret"`
	}
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return Record{}, fmt.Errorf("read record: %w", err)
	}
	facts, err := untagged(raw.Facts)
	if err != nil {
		return Record{}, fmt.Errorf("read record: %w", err)
	}
	known, ok := facts.(map[string]any)
	if !ok {
		return Record{}, fmt.Errorf("read record: the facts are not a map")
	}
	return Record{Facts: known, Secret: raw.Secret}, nil
}

func tagged(value any) any {
	switch v := value.(type) {
	case int64:
		return map[string]any{tagInt: strconv.FormatInt(v, 10)}
	case uint64:
		return map[string]any{tagUint: strconv.FormatUint(v, 10)}
	case float64:
		return map[string]any{tagFloat: strconv.FormatFloat(v, 'g', -1, 64)}
	case []byte:
		return map[string]any{tagBytes: base64.StdEncoding.EncodeToString(v)}
	case time.Time:
		return map[string]any{tagTime: v.Format(time.RFC3339Nano)}
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = tagged(v[i])
		}
		return list
	case map[string]any:
		return taggedMap(v)
	}
	return value
}

func taggedMap(v map[string]any) any {
	out, wrap := make(map[string]any, len(v)), false
	for key, item := range v {
		out[key] = tagged(item)
		wrap = wrap || (len(key) > 0 && key[0] == '$')
	}
	if wrap {
		return map[string]any{tagMap: out}
	}
	return out
}

func untagged(value any) (any, error) {
	switch v := value.(type) {
	case []any:
		for i := range v {
			item, err := untagged(v[i])
			if err != nil {
				return nil, err
			}
			v[i] = item
		}
	case map[string]any:
		if len(v) == 1 {
			for key, item := range v {
				if len(key) > 0 && key[0] == '$' {
					return untag(key, item)
				}
			}
		}
		return v, untagMembers(v)
	}
	return value, nil
}

func untagMembers(v map[string]any) error {
	for key := range v {
		item, err := untagged(v[key])
		if err != nil {
			return err
		}
		v[key] = item
	}
	return nil
}

func untag(tag string, value any) (any, error) {
	if inner, ok := value.(map[string]any); ok && tag == tagMap {
		return inner, untagMembers(inner)
	}
	text, ok := value.(string)
	if !ok {
		return nil, fmt.Errorf("the value of %s is not a string", tag)
	}
	switch tag {
	case tagInt:
		return strconv.ParseInt(text, 10, 64)
	case tagUint:
		return strconv.ParseUint(text, 10, 64)
	case tagFloat:
		return strconv.ParseFloat(text, 64)
	case tagBytes:
		return base64.StdEncoding.DecodeString(text)
	case tagTime:
		return time.Parse(time.RFC3339Nano, text)
	}
	return nil, fmt.Errorf("unknown tag %s", tag)
}
