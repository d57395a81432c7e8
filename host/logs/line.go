package logs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pluggarr/pluggarr/host/worker"
)

// What one line may be, in bytes.
const (
	maxLine    = 64 << 10 // stored, with its newline
	maxMessage = 48 << 10
	// escapedMessage is a message that fits whatever it holds: a byte becomes at
	// most six, as in \u0000.
	escapedMessage = 10 << 10
	maxRun         = 128 // a run's id has 36; a plugin may say anything
)

// levels from the least to the most serious.
func levels() []string { return []string{"debug", "info", "warning", "error"} }

// bounded makes a line small enough to wait in memory.
func bounded(l worker.Line) worker.Line {
	if l.Time.IsZero() {
		l.Time = now()
	}
	l.Time = l.Time.Round(0).UTC()
	if !slices.Contains([]string{"log", "stdout", "stderr", SourceHost}, l.Source) {
		l.Source = "log"
	}
	if !slices.Contains(levels(), l.Level) {
		l.Level = "info"
	}
	if len(l.Run) > maxRun {
		l.Run = ""
	}
	if len(l.Message) > maxMessage {
		l.Message = cut(l.Message, maxMessage)
	}
	if len(l.Attrs) > maxLine {
		l.Attrs = leftOut(l.Attrs)
	}
	return l
}

// cut returns the first n bytes of a text, less when a character would be cut,
// and says so.
func cut(s string, n int) string {
	end := n
	for end > n-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "… (the rest was cut)"
}

// leftOut stands for attributes that cannot be stored.
func leftOut(attrs json.RawMessage) json.RawMessage {
	if len(attrs) == 0 || len(attrs) < 64 && json.Valid(attrs) {
		return attrs // they are not in the way, or stand for others already
	}
	return fmt.Appendf(nil, `{"left_out":"attributes of %d bytes"}`, len(attrs))
}

// encode appends a line as it is stored, with its newline. What does not fit is
// taken from the line too. The line must be bounded.
func encode(to *bytes.Buffer, l *worker.Line) {
	start := to.Len()
	enc := json.NewEncoder(to)
	enc.SetEscapeHTML(false)
	// The first attempt is good unless attributes are long or no JSON.
	for _, shorten := range []func(){
		func() {},
		func() { l.Attrs = leftOut(l.Attrs) },
		func() {
			if len(l.Message) > escapedMessage {
				l.Message = cut(l.Message, escapedMessage)
			}
			if y := l.Time.Year(); y < 0 || y > 9999 {
				l.Time = now() // RFC 3339 has four digits for the year
			}
		},
	} {
		shorten()
		if err := enc.Encode(l); err == nil && to.Len()-start <= maxLine {
			return
		}
		to.Truncate(start)
	}
}

// decode reads a stored line, without its newline. It is false for anything
// that is none, such as the half of one that a killed host left.
func decode(raw []byte) (worker.Line, bool) {
	var l worker.Line
	if len(raw) < 2 || raw[0] != '{' || json.Unmarshal(raw, &l) != nil || l.Time.IsZero() {
		return worker.Line{}, false
	}
	if string(l.Attrs) == "null" {
		l.Attrs = nil
	}
	return l, true
}

// AppendText appends a line as people read it, with a newline: time (UTC),
// level, [run] if there is one, message and attributes. Further lines of a
// message are indented, and control characters are spelled out, so that no
// plugin can forge a line or command a terminal.
func AppendText(b []byte, l worker.Line) []byte {
	b = l.Time.UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z07:00")
	b = appendPlain(append(b, ' '), l.Level)
	if l.Run != "" {
		b = append(appendPlain(append(b, " ["...), l.Run), ']')
	}
	b = appendPlain(append(b, ' '), strings.TrimRight(l.Message, "\r\n"))
	if len(l.Attrs) > 0 {
		b = appendPlain(append(b, ' '), string(l.Attrs))
	}
	return append(b, '\n')
}

func appendPlain(b []byte, s string) []byte {
	for _, r := range s {
		switch {
		case r == '\n':
			b = append(b, "\n    "...)
		case r == '\t' || !unicode.IsControl(r):
			b = utf8.AppendRune(b, r)
		default:
			b = fmt.Appendf(b, `\x%02x`, r)
		}
	}
	return b
}
