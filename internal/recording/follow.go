package recording

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// Piece is a part of a recording that is still being written.
type Piece struct {
	Header *Header // nil unless the piece begins at the beginning
	Events []Event
	Next   int64 // where the next piece begins, in bytes
}

// largestPiece limits a piece, in bytes. It holds the longest line.
const largestPiece = maxLine

// Since reads the complete lines of a recording from a place on.
func Since(path string, at int64) (*Piece, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.NewSectionReader(file, at, largestPiece))
	if err != nil {
		return nil, err
	}
	text = text[:bytes.LastIndexByte(text, '\n')+1]
	piece := &Piece{Next: at + int64(len(text))}
	for line := range bytes.Lines(text) {
		if at == 0 && piece.Header == nil {
			piece.Header = &Header{}
			if err := json.Unmarshal(line, piece.Header); err != nil {
				return nil, fmt.Errorf("not a recording: %w", err)
			}
			continue
		}
		event, err := parse(line)
		if err != nil {
			return nil, err
		}
		piece.Events = append(piece.Events, event)
	}
	return piece, nil
}
