package labs

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Record is what grading needs beside the lab itself. [Snapshots] stores it with a snapshot.
type Record struct {
	Facts  map[string]any
	Secret string         // the password of the grader's own account
	Seals  map[string]any // what the image's Seal returned, by host
}

// A value without a JSON type is encoded as an object with one member whose name starts
// with "$". A map that itself has such a member is wrapped in "$map".
const (
	tagInt   = "$int"
	tagUint  = "$uint"
	tagFloat = "$float"
	tagBytes = "$bytes"
	tagText  = "$text"  // a string that is not UTF-8
	tagTime  = "$time"  // RFC 3339; found in older snapshots only
	tagUnix  = "$unix"  // seconds and nanoseconds, in any year
	tagMap   = "$map"   // a map with keys that start with "$"
	tagPairs = "$pairs" // a map with keys that are not UTF-8
)

// Encode encodes the record as JSON, from which [DecodeRecord] restores equal values of the
// same types.
func (r Record) Encode() (string, error) {
	whole := map[string]any{"facts": encodeValue(r.Facts), "secret": r.Secret}
	if r.Seals != nil {
		whole["seals"] = encodeValue(r.Seals)
	}
	text, err := json.Marshal(whole)
	return string(text), err
}

// DecodeRecord decodes a record that [Record.Encode] encoded.
func DecodeRecord(text string) (Record, error) {
	var raw struct {
		Facts  map[string]any `json:"facts"`
		Secret string         `json:"secret"`
		Seals  map[string]any `json:"seals"`
	}
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return Record{}, fmt.Errorf("read record: %w", err)
	}
	facts, err := decodeValue(raw.Facts)
	if err != nil {
		return Record{}, fmt.Errorf("read record: %w", err)
	}
	factMap, ok := facts.(map[string]any)
	if !ok {
		return Record{}, fmt.Errorf("read record: the facts are not a map")
	}
	if err := decodeMembers(raw.Seals); err != nil {
		return Record{}, fmt.Errorf("read record: %w", err)
	}
	return Record{Facts: factMap, Secret: raw.Secret, Seals: raw.Seals}, nil
}

func encodeValue(value any) any {
	switch v := value.(type) {
	case int64:
		return map[string]any{tagInt: strconv.FormatInt(v, 10)}
	case uint64:
		return map[string]any{tagUint: strconv.FormatUint(v, 10)}
	case float64:
		return map[string]any{tagFloat: strconv.FormatFloat(v, 'g', -1, 64)}
	case []byte:
		return map[string]any{tagBytes: base64.StdEncoding.EncodeToString(v)}
	case string:
		if !utf8.ValidString(v) {
			return map[string]any{tagText: base64.StdEncoding.EncodeToString([]byte(v))}
		}
	case time.Time:
		return map[string]any{tagUnix: fmt.Sprintf("%d %d", v.Unix(), v.Nanosecond())}
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = encodeValue(v[i])
		}
		return list
	case map[string]any:
		return encodeMap(v)
	}
	return value
}

func encodeMap(v map[string]any) any {
	out, wrap := make(map[string]any, len(v)), false
	for key, item := range v {
		if !utf8.ValidString(key) {
			return encodePairs(v)
		}
		out[key] = encodeValue(item)
		wrap = wrap || strings.HasPrefix(key, "$")
	}
	if wrap {
		return map[string]any{tagMap: out}
	}
	return out
}

func encodePairs(v map[string]any) any {
	pairs := make([]any, 0, len(v))
	for _, key := range slices.Sorted(maps.Keys(v)) {
		pairs = append(pairs, []any{encodeValue(key), encodeValue(v[key])})
	}
	return map[string]any{tagPairs: pairs}
}

func decodeValue(value any) (any, error) {
	switch v := value.(type) {
	case []any:
		for i := range v {
			item, err := decodeValue(v[i])
			if err != nil {
				return nil, err
			}
			v[i] = item
		}
	case map[string]any:
		for key, item := range v {
			if len(v) == 1 && strings.HasPrefix(key, "$") {
				return decodeTag(key, item)
			}
		}
		return v, decodeMembers(v)
	}
	return value, nil
}

func decodeMembers(v map[string]any) error {
	for key := range v {
		item, err := decodeValue(v[key])
		if err != nil {
			return err
		}
		v[key] = item
	}
	return nil
}

func decodeTag(tag string, value any) (any, error) {
	if inner, ok := value.(map[string]any); ok && tag == tagMap {
		return inner, decodeMembers(inner)
	}
	if pairs, ok := value.([]any); ok && tag == tagPairs {
		return decodePairs(pairs)
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
	case tagText:
		bytes, err := base64.StdEncoding.DecodeString(text)
		return string(bytes), err
	case tagTime:
		return time.Parse(time.RFC3339Nano, text)
	case tagUnix:
		return decodeUnix(text)
	}
	return nil, fmt.Errorf("unknown tag %s", tag)
}

func decodePairs(pairs []any) (any, error) {
	out := make(map[string]any, len(pairs))
	for i := range pairs {
		pair, err := decodeValue(pairs[i])
		if err != nil {
			return nil, err
		}
		two, ok := pair.([]any)
		if !ok || len(two) != 2 {
			return nil, fmt.Errorf("a member of %s is not a pair", tagPairs)
		}
		key, ok := two[0].(string)
		if !ok {
			return nil, fmt.Errorf("a key in %s is not a string", tagPairs)
		}
		out[key] = two[1]
	}
	return out, nil
}

func decodeUnix(text string) (any, error) {
	var seconds, nanoseconds int64
	if _, err := fmt.Sscanf(text, "%d %d", &seconds, &nanoseconds); err != nil {
		return nil, fmt.Errorf("the value of %s is not a time: %w", tagUnix, err)
	}
	return time.Unix(seconds, nanoseconds).UTC(), nil
}
