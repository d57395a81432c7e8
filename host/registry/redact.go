package registry

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/pluggarr/pluggarr/host/worker"
)

// shortestSecret is the shortest value worth hiding, in bytes: replacing every
// "1" of a result would destroy it and hide nothing.
const shortestSecret = 4

// shortestLine is the shortest line of a secret with several that is worth
// hiding by itself, in bytes.
const shortestLine = 8

// redaction hides the secrets of one plugin in what it says.
type redaction struct {
	secrets *strings.Replacer // nil when there is nothing to hide
}

func redactor(secrets []string) redaction {
	var written []string
	for _, s := range secrets {
		written = append(written, asWritten(s)...)
	}
	secrets = slices.DeleteFunc(written, func(s string) bool { return len(s) < shortestSecret })
	if len(secrets) == 0 {
		return redaction{}
	}
	// The longest first: a shorter one that it begins with would leave its end to be read.
	slices.SortFunc(secrets, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	var pairs []string
	for _, s := range secrets {
		pairs = append(pairs, s, "[secret]")
	}
	return redaction{strings.NewReplacer(pairs...)}
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

// text hides secrets in plain text.
func (r redaction) text(s string) string {
	if r.secrets == nil {
		return s
	}
	return r.secrets.Replace(s)
}

// json hides secrets in the strings of a JSON value, however they are escaped.
// All else stays as it is to the byte: a password of "1234" or "true" must not
// break a number or a word of the language.
func (r redaction) json(raw json.RawMessage) json.RawMessage {
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
func (r redaction) literal(quoted []byte) []byte {
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

// keptSecrets is how many secrets of one process are remembered, the latest.
const keptSecrets = 256

// given are the secrets that a process was told. It may say them at any time
// while it lives, also when their run is over or the setting has changed.
type given struct {
	secrets []string
	redaction
}

// tell notes secrets that l is about to be told.
func (p *plugin) tell(l *live, secrets []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	known := len(l.given.secrets)
	for _, s := range secrets {
		if !slices.Contains(l.given.secrets, s) {
			l.given.secrets = append(l.given.secrets, s)
		}
	}
	if len(l.given.secrets) == known {
		return
	}
	l.given.secrets = l.given.secrets[max(0, len(l.given.secrets)-keptSecrets):]
	l.given.redaction = redactor(l.given.secrets)
}

// hides returns what the plugin's failures are stripped of: the secrets of the
// settings that are saved now, and of the defaults.
func (r *Registry) hides(p *plugin) redaction {
	f := p.currentForms()
	return redactor(f.settings.SecretValues(r.effective(p, f)))
}

// heard passes on a line of a version's log without the secrets it was told.
func (r *Registry) heard(p *plugin, l *live, line worker.Line) {
	p.mu.Lock()
	hide := l.given.redaction
	p.mu.Unlock()
	line.Message, line.Attrs = hide.text(line.Message), hide.json(line.Attrs)
	r.cfg.Line(p.key, line)
}
