package registry

import (
	"context"
	"fmt"
)

// changed has a version that serves describe itself anew: settings that list
// channels, for one, are others after a run. However often it is told
// meanwhile, it asks one question at a time, and the last one after the last
// change.
func (r *Registry) changed(p *plugin, l *live) {
	p.mu.Lock()
	due := p.live == l && l.asks == 0
	if p.live == l {
		l.asks = min(l.asks+1, 2)
	}
	p.mu.Unlock()
	if due {
		r.inBackground(func() { r.askAnew(p, l) })
	}
}

// askAnew asks for the description until nothing has changed since. What it
// said before stays when it cannot answer, or not in a form that can be shown.
func (r *Registry) askAnew(p *plugin, l *live) {
	for again := true; again; {
		ctx, cancel := context.WithTimeout(l.ctx, r.cfg.Times.Load)
		err := r.describe(ctx, p, l)
		cancel()
		if err != nil && l.ctx.Err() == nil {
			r.tellLog(p, fmt.Sprintf("its settings and actions are shown as they were, for they could not be read again: %v", err))
		}
		p.mu.Lock()
		l.asks--
		again = l.asks > 0 && l.ctx.Err() == nil
		p.mu.Unlock()
	}
}
