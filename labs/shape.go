package labs

import "slices"

// A Shape says which keys and items an observation has, whatever the learner did, so
// that an expectation that misspells one is found before it fails everybody. A nil
// shape is anything.
type Shape struct {
	Kind   ShapeKind
	Fields map[string]*Shape // of a record: every key that there can be
	Each   *Shape            // of a list: an item; of a map: a value
	// Alike says that the items of a list are records with the same keys, which are
	// known only once one was seen, as the columns of a query's rows.
	Alike bool
}

// ShapeKind is what kind of value a shape is of.
type ShapeKind string

// The kinds of values.
const (
	TextKind   ShapeKind = "text"
	WholeKind  ShapeKind = "whole number"
	DoubleKind ShapeKind = "double"
	TruthKind  ShapeKind = "bool"
	MomentKind ShapeKind = "timestamp"
	BytesKind  ShapeKind = "value of bytes"
	ListKind   ShapeKind = "list"
	MapKind    ShapeKind = "map"    // its keys are what the learner's system has
	RecordKind ShapeKind = "record" // its keys are what the probe says
)

// Shaped is a [Look] that says what it observes looks like.
type Shaped interface {
	Shape() *Shape
}

// ShapeOf returns the shape of what a look observes, nil if the look does not say.
func ShapeOf(look Look) *Shape {
	if shaped, ok := look.(Shaped); ok {
		return shaped.Shape()
	}
	return nil
}

// Single shapes.
var (
	Text   = &Shape{Kind: TextKind}
	Whole  = &Shape{Kind: WholeKind}
	Truth  = &Shape{Kind: TruthKind}
	Moment = &Shape{Kind: MomentKind}
)

// ListOf returns the shape of a list.
func ListOf(item *Shape) *Shape { return &Shape{Kind: ListKind, Each: item} }

// Alike returns the shape of a list of records that have the same keys.
func Alike() *Shape { return &Shape{Kind: ListKind, Alike: true} }

// MapOf returns the shape of a map whose keys the learner's system decides.
func MapOf(value *Shape) *Shape { return &Shape{Kind: MapKind, Each: value} }

// RecordOf returns the shape of a map whose keys the probe decides.
func RecordOf(fields map[string]*Shape) *Shape { return &Shape{Kind: RecordKind, Fields: fields} }

// Seen returns the shape with what is known of it once a value was seen.
func (s *Shape) Seen(value any) *Shape {
	if s == nil {
		return nil
	}
	switch v := value.(type) {
	case []any:
		if s.Kind == ListKind && s.Alike && len(v) > 0 {
			return ListOf(recordLike(v[0]))
		}
	case map[string]any:
		if s.Kind != RecordKind {
			return s
		}
		seen := RecordOf(map[string]*Shape{})
		for name, field := range s.Fields {
			seen.Fields[name] = field.Seen(v[name])
		}
		return seen
	}
	return s
}

func recordLike(value any) *Shape {
	row, ok := value.(map[string]any)
	if !ok {
		return nil
	}
	fields := make(map[string]*Shape, len(row))
	for name := range row {
		fields[name] = nil
	}
	return RecordOf(fields)
}

// Unnamed returns the keys of a value that its shape does not name: a defect of the
// probe, as expectations that ask for them are refused.
func (s *Shape) Unnamed(value any) []string {
	if s == nil {
		return nil
	}
	switch v := value.(type) {
	case []any:
		if len(v) > 0 {
			return s.Each.Unnamed(v[0])
		}
	case map[string]any:
		return s.unnamed(v)
	}
	return nil
}

func (s *Shape) unnamed(value map[string]any) []string {
	var names []string
	for name, member := range value {
		of, known := s.Fields[name]
		if s.Kind == MapKind {
			of, known = s.Each, true
		}
		if !known {
			names = append(names, name)
		}
		names = append(names, of.Unnamed(member)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
