// Package redact hides the secrets that a plugin was told in what it says: in
// texts and in JSON.
package redact

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// shortestSecret is the shortest value worth hiding, in bytes: replacing every
// "1" of a result would destroy it and hide nothing.
const shortestSecret = 4

// shortestLine is the shortest line of a secret with several that is worth
// hiding by itself, in bytes.
const shortestLine = 8

// Redaction hides secrets. The zero value hides nothing. It is safe for
// concurrent use.
type Redaction struct {
	secrets *strings.Replacer // nil when there is nothing to hide
}

// New returns a Redaction that writes "[secret]" in the place of each of these
// secrets, in whatever way texts and JSON have it. Those of less than four bytes
// are left as they are.
func New(secrets []string) Redaction {
	var written []string
	for _, s := range secrets {
		written = append(written, asWritten(s)...)
	}
	secrets = slices.DeleteFunc(written, func(s string) bool { return len(s) < shortestSecret })
	if len(secrets) == 0 {
		return Redaction{}
	}
	// The longest first: a shorter one that it begins with would leave its end to be read.
	slices.SortFunc(secrets, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	var pairs []string
	for _, s := range secrets {
		pairs = append(pairs, s, "[secret]")
	}
	return Redaction{strings.NewReplacer(pairs...)}
}

// asWritten returns a secret as it may stand in a text: as it is, as Python's
// repr and JSON write it, and line by line, for a log has one line at a time.
func asWritten(s string) []string {
	repr := strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(s)
	forms := []string{s, repr, strings.ReplaceAll(repr, `"`, `\"`), strings.ReplaceAll(repr, `'`, `\'`)}
	if strings.Contains(s, "\n") {
		for line := range strings.Lines(s) {
			if line = strings.TrimSpace(line); len(line) >= shortestLine {
				forms = append(forms, line)
			}
		}
	}
	slices.Sort(forms)
	return slices.Compact(forms)
}

// Text hides secrets in plain text.
func (r Redaction) Text(s string) string {
	if r.secrets == nil {
		return s
	}
	return r.secrets.Replace(s)
}

// JSON hides secrets in the strings of a JSON value, however they are escaped.
// All else stays as it is to the byte: a password of "1234" or "true" must not
// break a number or a word of the language.
func (r Redaction) JSON(raw json.RawMessage) json.RawMessage {
	if r.secrets == nil || len(raw) == 0 {
		return raw
	}
	out := make([]byte, 0, len(raw))
	for rest := []byte(raw); len(rest) > 0; {
		begin := bytes.IndexByte(rest, '"')
		if begin < 0 {
			return append(out, rest...)
		}
		out, rest = append(out, rest[:begin]...), rest[begin:]
		end := endOfString(rest)
		out, rest = append(out, r.literal(rest[:end])...), rest[end:]
	}
	return out
}

// literal hides secrets in one JSON string with its quotes.
func (r Redaction) literal(quoted []byte) []byte {
	var text string
	if json.Unmarshal(quoted, &text) != nil {
		return quoted // it came through a decoder; this cannot happen
	}
	hidden := r.secrets.Replace(text)
	if hidden == text {
		return quoted
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(hidden) != nil {
		return []byte(`"[secret]"`) // a string always encodes
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// endOfString returns where the JSON string at the beginning of raw ends.
func endOfString(raw []byte) int {
	for i := 1; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(raw)
}
