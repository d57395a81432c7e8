package registry

import (
	"slices"

	"github.com/pluggarr/pluggarr/host/redact"
	"github.com/pluggarr/pluggarr/host/worker"
)

// keptSecrets is how many secrets of one process are remembered, the latest.
const keptSecrets = 256

// given are the secrets that a process was told. It may say them at any time
// while it lives, also when their run is over or the setting has changed.
type given struct {
	secrets []string
	redact.Redaction
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
	l.given.Redaction = redact.New(l.given.secrets)
}

// hides returns what the plugin's failures are stripped of: the secrets of the
// settings that are saved now, and of the defaults.
func (r *Registry) hides(p *plugin) redact.Redaction {
	f := p.currentForms()
	return redact.New(f.settings.SecretValues(r.effective(p, f)))
}

// heard passes on a line of a version's log without the secrets it was told.
func (r *Registry) heard(p *plugin, l *live, line worker.Line) {
	p.mu.Lock()
	hide := l.given.Redaction
	p.mu.Unlock()
	line.Message, line.Attrs = hide.Text(line.Message), hide.JSON(line.Attrs)
	r.cfg.Line(p.key, line)
}
