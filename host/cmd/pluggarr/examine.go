package main

import (
	"context"

	"github.com/pluggarr/pluggarr/host/web"
)

// examine makes doctor's checks for the page of a host that runs.
func examine(cfg *config) func(ctx context.Context) []web.Finding {
	return func(ctx context.Context) []web.Finding {
		var findings []web.Finding
		for _, c := range checks() {
			if ctx.Err() != nil { // nobody waits any more
				break
			}
			f := c.look(ctx, cfg)
			findings = append(findings, web.Finding{Check: c.name, Result: f.Result, Detail: f.Detail, Next: f.Next})
		}
		return findings
	}
}
