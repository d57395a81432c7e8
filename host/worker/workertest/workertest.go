// Package workertest is what every runtime must pass: one plugin, in the
// runtime's own language, that does to its worker all that plugins do.
package workertest

import (
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/worker"
)

// Feature is something a runtime can have. A case that needs one the runtime
// does not have is not run.
type Feature uint

// The features.
const (
	// Suite: Dir holds a plugin with the actions of testdata/suite.
	Suite Feature = 1 << iota
	// Inspect: the process reads a plugin's folder without running it.
	Inspect
	// Progress: plugins can tell how far a run is.
	Progress
	// Background: plugins can work while no action is run.
	Background
	// Interrupt: a busy loop ends when its run is cancelled.
	Interrupt
	// Spawn: plugins can start programs.
	Spawn
	// Limits: a process is given no more than about 1 GiB of memory.
	Limits
)

// Runtime is one way to run plugins.
type Runtime struct {
	// Name is the name of the runtime's subtest.
	Name string
	// Dir is the absolute path of the plugin's folder.
	Dir string
	// Source is the file in Dir whose name a failure's frames tell.
	Source string
	// Features are those the runtime has.
	Features Feature
	// Launch starts a process that has not been greeted.
	Launch func(t testing.TB) worker.Process
}

// short is the grace of workers that use all of it.
const short = 500 * time.Millisecond

// patience is how long a case waits for what has to come, and the grace of
// workers that end by themselves. Reaching it is a failure.
const patience = time.Minute

// testCase is one demand on a runtime.
type testCase struct {
	name  string
	needs Feature
	alone bool // measures the test's own process, so nothing else may run
	run   func(*testing.T, Runtime)
}

// Exercise runs every case that r has the features for.
func Exercise(t *testing.T, r Runtime) {
	t.Helper()
	for _, list := range [][]testCase{protocol(), actions(), failures(), attacks(), endings()} {
		for _, c := range list {
			if c.needs&^r.Features != 0 {
				continue
			}
			t.Run(c.name, func(t *testing.T) {
				if !c.alone {
					t.Parallel()
				}
				c.run(t, r)
			})
		}
	}
}
