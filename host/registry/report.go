package registry

import (
	"time"

	"github.com/pluggarr/pluggarr/host/store"
)

// What a [Report] is about.
const (
	Found    = "found"    // its folder has come while the host runs
	Removed  = "removed"  // its folder has gone
	Loaded   = "loaded"   // a worker answers calls
	Reloaded = "reloaded" // a newer version answers calls
	Compiled = "compiled" // the same version, as a program, answers calls
	Stopped  = "stopped"  // the worker was ended by the host
	Died     = "died"     // the worker ended by itself; Failure says how
	Broken   = "broken"   // the plugin cannot run; Failure says why
	Trouble  = "trouble"  // the host could not do something around a plugin; Failure says what
)

// Report is one thing that became of a plugin.
type Report struct {
	Plugin  string        // the plugin's key
	What    string        // one of the constants above
	State   State         // with Found: where the plugin is in its life now
	Took    time.Duration // from the edit, else from the start of the process, to its readiness; zero when nothing was started
	Failure *Failure      // what is wrong; nil when nothing is
}

func (r *Registry) trouble(key string, err error) {
	r.cfg.Report(Report{Plugin: key, What: Trouble, Failure: &Failure{Message: err.Error(), Fault: store.FaultHost, cause: err}})
}
