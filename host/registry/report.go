package registry

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"

	"github.com/pluggarr/pluggarr/sdk/wire"
)

// reports keep what the runs of one worker last said of their progress. It is
// written down when a run ends: a database write for every step of a loop
// would cost more than the loop.
type reports struct {
	mu   sync.Mutex
	runs map[string]*report
}

// report is the progress of one run.
type report struct {
	mu sync.Mutex
	at wire.ProgressParams
}

func newReports() *reports { return &reports{runs: map[string]*report{}} }

// open begins to listen to a run.
func (r *reports) open(run string) *report {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.runs[run] = &report{}
	return r.runs[run]
}

func (r *reports) close(run string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.runs, run)
}

// take notes a report; one of a run that is over, or never was, is dropped.
func (r *reports) take(p wire.ProgressParams) {
	r.mu.Lock()
	run := r.runs[p.Run]
	r.mu.Unlock()
	if run != nil {
		run.mu.Lock()
		run.at = p
		run.mu.Unlock()
	}
}

func (r *report) last() (done, total int64, message string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return int64(r.at.Done), int64(r.at.Total), r.at.Message
}

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
