package registry

import (
	"bytes"
	"encoding/json"
	"strings"
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
