package sdk

import (
	"fmt"
	"io"
	"log/slog"
	"time"
)

// Secret is a setting that is stored encrypted and never sent back to a page.
// Printed, logged or encoded it reads "[secret]"; string(s) is its clear text.
// Package fmt cannot know a Secret in an unexported field of a struct, and
// prints that one: do not print such structs.
type Secret string

// String returns "[secret]", or "" for an empty Secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "[secret]"
}

// Format writes what [Secret.String] returns, for every verb: fmt would show
// the clear text where a verb does not fit.
func (s Secret) Format(f fmt.State, verb rune) {
	_, _ = io.WriteString(f, fmt.Sprintf(fmt.FormatString(f, verb), s.String())) // fmt's own buffer takes everything
}

// LogValue keeps the clear text out of log records.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText keeps the clear text out of results and of all that is encoded.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Duration is a [time.Duration] that is written "1m30s" in settings and JSON.
type Duration time.Duration

// Std returns d as the standard library's type.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// String returns d as in "1m30s".
func (d Duration) String() string { return time.Duration(d).String() }

// MarshalText writes d as in "1m30s".
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what [time.ParseDuration] understands.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("read a duration: %w", err)
	}
	*d = Duration(v)
	return nil
}

// Info is text in a settings form: a heading with an explanation, without an
// input. Its value is the text; nothing of it is stored.
type Info string
