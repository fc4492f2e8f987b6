package labs

import "slices"

// Shape describes the keys and items that an observation has whatever the learner did. With
// it, a misspelt key in an expectation is found before it fails every learner. A nil shape
// allows any value.
type Shape struct {
	Kind   ShapeKind
	Fields map[string]*Shape // every possible key of a record
	Each   *Shape            // the items of a list, or the values of a map
	// Alike means that the items of a list are records with the same keys, which only the
	// first item shows: the columns of a query's rows, for example.
	Alike bool
}

// ShapeKind is the kind of value that a shape describes.
type ShapeKind string

// The kinds of values.
const (
	TextKind   ShapeKind = "string"
	WholeKind  ShapeKind = "whole number"
	DoubleKind ShapeKind = "double"
	TruthKind  ShapeKind = "bool"
	MomentKind ShapeKind = "timestamp"
	BytesKind  ShapeKind = "byte string"
	ListKind   ShapeKind = "list"
	MapKind    ShapeKind = "map"    // the learner's system decides the keys
	RecordKind ShapeKind = "record" // the probe decides the keys
)

// Shaped is a [Look] that describes its observations.
type Shaped interface {
	Shape() *Shape
}

// ShapeOf returns the shape of a look's observations, or nil if the look does not describe them.
func ShapeOf(look Look) *Shape {
	if shaped, ok := look.(Shaped); ok {
		return shaped.Shape()
	}
	return nil
}

// The shapes of simple values.
var (
	Text   = &Shape{Kind: TextKind}
	Whole  = &Shape{Kind: WholeKind}
	Truth  = &Shape{Kind: TruthKind}
	Moment = &Shape{Kind: MomentKind}
)

// ListOf returns the shape of a list.
func ListOf(item *Shape) *Shape { return &Shape{Kind: ListKind, Each: item} }

// Alike returns the shape of a list of records that all have the same keys.
func Alike() *Shape { return &Shape{Kind: ListKind, Alike: true} }

// MapOf returns the shape of a map whose keys the learner's system decides.
func MapOf(value *Shape) *Shape { return &Shape{Kind: MapKind, Each: value} }

// RecordOf returns the shape of a map whose keys the probe decides.
func RecordOf(fields map[string]*Shape) *Shape { return &Shape{Kind: RecordKind, Fields: fields} }

// Refine returns the shape with the keys that a value reveals: those of [Alike] records.
func (s *Shape) Refine(value any) *Shape {
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
		refined := RecordOf(map[string]*Shape{})
		for name, field := range s.Fields {
			refined.Fields[name] = field.Refine(v[name])
		}
		return refined
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

// Unnamed returns the keys of a value that its shape does not declare. They are a defect of
// the probe, because expectations can't use them.
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
		of, declared := s.Fields[name]
		if s.Kind == MapKind {
			of, declared = s.Each, true
		}
		if !declared {
			names = append(names, name)
		}
		names = append(names, of.Unnamed(member)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
