package http

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

const (
	// maxNesting limits how deeply a body may nest to be read as JSON or XML.
	maxNesting = 200
	// maxElements limits how many elements a body may have to be read as XML.
	maxElements = 50_000
	// exactDigits is how many decimal digits any double holds.
	exactDigits = 15
)

var errLarge = errors.New("it nests too deeply, or has too many elements")

// parseJSON returns the value of a body, and whether it is one JSON value.
func parseJSON(body []byte) (value any, ok bool) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil {
		return nil, false
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, false
	}
	value, err := typedJSON(value, 0)
	return value, err == nil
}

// typedJSON gives numbers the type that holds them exactly.
func typedJSON(value any, depth int) (_ any, err error) {
	if depth > maxNesting {
		return nil, errLarge
	}
	switch v := value.(type) {
	case json.Number:
		return typedNumber(v.String()), nil
	case []any:
		for i := range v {
			if v[i], err = typedJSON(v[i], depth+1); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for key := range v {
			if v[key], err = typedJSON(v[key], depth+1); err != nil {
				return nil, err
			}
		}
	}
	return value, nil
}

func typedNumber(text string) any {
	if number, err := strconv.ParseInt(text, 10, 64); err == nil {
		return number
	}
	mantissa, _, _ := strings.Cut(strings.ToLower(text), "e")
	digits := strings.Trim(strings.NewReplacer("-", "", ".", "").Replace(mantissa), "0")
	if number, err := strconv.ParseFloat(text, 64); err == nil && len(digits) <= exactDigits {
		return number
	}
	return map[string]any{"number": text}
}

// parseXML returns the root element of a body, and whether it is XML.
func parseXML(body []byte) (map[string]any, bool) {
	reader := xmlReader{Decoder: xml.NewDecoder(bytes.NewReader(body))}
	var root map[string]any
	for {
		token, err := reader.Token()
		if errors.Is(err, io.EOF) {
			return root, root != nil
		}
		start, isElement := token.(xml.StartElement)
		switch {
		case err != nil, isElement && root != nil:
			return nil, false
		case isElement:
			if root, err = reader.element(start, 0); err != nil {
				return nil, false
			}
		}
	}
}

// xmlReader reads elements, and counts them.
type xmlReader struct {
	*xml.Decoder
	elements int
}

// element reads an element whose start was read.
func (r *xmlReader) element(start xml.StartElement, depth int) (map[string]any, error) {
	if r.elements++; depth > maxNesting || r.elements > maxElements {
		return nil, errLarge
	}
	var text strings.Builder
	children := []any{}
	for {
		token, err := r.Token()
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.CharData:
			if len(children) == 0 {
				text.Write(token)
			}
		case xml.StartElement:
			child, err := r.element(token, depth+1)
			if err != nil {
				return nil, err
			}
			children = append(children, child)
		case xml.EndElement:
			return map[string]any{
				"name": start.Name.Local, "space": start.Name.Space, "attributes": attributes(start),
				"text": strings.TrimSpace(text.String()), "children": children,
			}, nil
		}
	}
}

func attributes(start xml.StartElement) map[string]any {
	values := map[string]any{}
	for _, attribute := range start.Attr {
		name := attribute.Name.Local
		if attribute.Name.Space != "" {
			name = attribute.Name.Space + ":" + name
		}
		values[name] = attribute.Value
	}
	return values
}
