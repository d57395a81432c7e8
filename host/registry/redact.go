package registry

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/host/worker"
)

// shortestSecret is the shortest value worth hiding, in bytes: replacing every
// "1" of a result would destroy it and hide nothing.
const shortestSecret = 4

// redaction hides the secrets of one plugin in what it says.
type redaction struct {
	inText *strings.Replacer // nil when there is nothing to hide
	inJSON *strings.Replacer
}

func redactor(secrets []string) redaction {
	var plain, encoded []string
	for _, s := range secrets {
		if len(s) < shortestSecret {
			continue
		}
		const word = "[secret]"
		plain = append(plain, s, word)
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if enc.Encode(s) == nil {
			encoded = append(encoded, strings.Trim(b.String(), "\"\n"), word)
		}
	}
	if plain == nil {
		return redaction{}
	}
	return redaction{inText: strings.NewReplacer(plain...), inJSON: strings.NewReplacer(encoded...)}
}

// text hides secrets in plain text.
func (r redaction) text(s string) string {
	if r.inText == nil {
		return s
	}
	return r.inText.Replace(s)
}

// json hides secrets in the strings of a JSON value.
func (r redaction) json(raw json.RawMessage) json.RawMessage {
	if r.inJSON == nil || raw == nil {
		return raw
	}
	return json.RawMessage(r.inJSON.Replace(string(raw)))
}

// hiding is a redaction with what it was made of, so that it is made anew only
// when that has changed.
type hiding struct {
	form   *settings.Form
	stored json.RawMessage // as in the plugin's row
	redaction
}

// heard passes on a line of a version's log, without the secrets of the
// settings that are saved now.
func (r *Registry) heard(p *plugin, l *live, line worker.Line) {
	p.mu.Lock()
	form, stored, known := l.forms.settings, p.row.Settings, l.hiding
	if form == nil {
		form = p.read.forms.settings // it has not described itself yet
	}
	p.mu.Unlock()
	if form != nil && (known.form != form || !bytes.Equal(known.stored, stored)) {
		values, _ := form.Open(stored, p.key, r.cfg.Sealer) // what cannot be opened, the plugin does not know either
		known = hiding{form, stored, redactor(form.SecretValues(values))}
		p.mu.Lock()
		l.hiding = known
		p.mu.Unlock()
	}
	line.Message, line.Attrs = known.text(line.Message), known.json(line.Attrs)
	r.cfg.Line(p.key, line)
}
