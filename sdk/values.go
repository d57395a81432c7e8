package sdk

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"time"
)

// Secret is a setting that is stored encrypted and never sent back to a page.
// Printed, logged or encoded it reads "[secret]"; string(s) is its clear text.
type Secret string

// masked is what takes the place of a secret's text.
const masked = "[secret]"

// String returns "[secret]", or "" for an empty Secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return masked
}

// GoString returns what [Secret.String] returns, for %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue keeps the clear text out of log records.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalJSON keeps the clear text out of results.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

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
