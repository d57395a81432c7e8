package logs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pluggarr/pluggarr/host/worker"
)

// ErrLevel reports a [Filter.MinLevel] that is no level.
var ErrLevel = errors.New(`a level is "debug", "info", "warning" or "error"`)

// Filter says which lines of a log are wanted: those to which every field
// applies. The zero value means all.
type Filter struct {
	// Run is the id of the run that wrote them. "" means any and none.
	Run string
	// MinLevel is the least serious level: "debug", "info", "warning" or "error".
	// "" means any.
	MinLevel string
	// Contains is a text in the message or in the JSON of the attributes,
	// whatever its case. "" means any.
	Contains string
	// Since is when the host heard of the line, or earlier. Zero means any time.
	Since time.Time
	// Tail is how many of the lines that are there are wanted, the last ones. 0
	// means all, less than 0 none, which leaves Follow with what is to come.
	Tail int
}

// matcher is a filter made ready.
type matcher struct {
	Filter
	rawRun   []byte // Run as it is stored; nil for any
	contains string // Contains in lower case
	least    int    // the rank of MinLevel
}

func newMatcher(f Filter) (*matcher, error) {
	m := &matcher{Filter: f, contains: strings.ToLower(f.Contains)}
	if f.MinLevel != "" {
		if m.least = slices.Index(levels(), f.MinLevel); m.least < 0 {
			return nil, fmt.Errorf("%w, not %q", ErrLevel, f.MinLevel)
		}
	}
	if f.Run != "" {
		var stored bytes.Buffer
		enc := json.NewEncoder(&stored)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(f.Run); err != nil {
			return nil, fmt.Errorf("look for run %q: %w", f.Run, err)
		}
		m.rawRun = bytes.TrimSpace(stored.Bytes())
	}
	return m, nil
}

// decode reads a stored line. It is false when the line is not wanted or none.
func (m *matcher) decode(raw []byte) (worker.Line, bool) {
	if m.rawRun != nil && !bytes.Contains(raw, m.rawRun) {
		return worker.Line{}, false // most lines, and much faster than reading them
	}
	l, ok := decode(raw)
	return l, ok && m.wants(l)
}

func (m *matcher) wants(l worker.Line) bool {
	switch {
	case m.Run != "" && l.Run != m.Run,
		m.least > 0 && slices.Index(levels(), l.Level) < m.least,
		l.Time.Before(m.Since):
		return false
	}
	return m.contains == "" || strings.Contains(strings.ToLower(l.Message), m.contains) ||
		strings.Contains(strings.ToLower(string(l.Attrs)), m.contains)
}
