package registry

import (
	"fmt"
	"slices"
)

// State is where a plugin is in its life.
type State string

// The states of a plugin. Which may follow which is [State.Next].
const (
	Missing  State = "missing"  // it is known from the database, its folder is gone
	Disabled State = "disabled" // the user has not switched it on; nothing of it runs
	Idle     State = "idle"     // on, without a process: the first call starts one
	Starting State = "starting" // its process is being started and described
	Running  State = "running"  // its process answers calls
	Waiting  State = "waiting"  // its process died; the next one starts after a pause, or with the next call
	Stopping State = "stopping" // its process is being ended
	Failed   State = "failed"   // on, and cannot run until its code or the host changes, or the user tries again
)

// States lists all states in the order of a plugin's life.
func States() []State {
	return []State{Missing, Disabled, Idle, Starting, Running, Waiting, Stopping, Failed}
}

// Next lists the states that may follow s. This is the one place that says so;
// every change goes through it.
func (s State) Next() []State {
	switch s {
	case Missing: // the folder is back
		return []State{Disabled, Idle}
	case Disabled: // switched on; or removed
		return []State{Idle, Missing}
	case Idle: // called, switched off, found unusable, or removed
		return []State{Starting, Disabled, Failed, Missing}
	case Starting: // described, or not
		return []State{Running, Failed, Waiting, Stopping}
	case Running: // being ended, died, or died too often
		return []State{Stopping, Waiting, Failed, Idle}
	case Waiting: // the pause is over, switched off, changed, or removed
		return []State{Starting, Disabled, Idle, Failed, Missing}
	case Stopping: // for the reason given
		return []State{Idle, Disabled, Starting, Failed, Missing}
	case Failed: // tried again, switched off, changed, or removed
		return []State{Starting, Idle, Disabled, Missing}
	}
	return nil
}

// loaded says that calls can be expected to work in s.
func (s State) loaded() bool {
	return slices.Contains([]State{Idle, Starting, Running, Waiting}, s)
}

// change checks one step of a life.
func change(from, to State) error {
	if from == to || slices.Contains(from.Next(), to) {
		return nil
	}
	return fmt.Errorf("a plugin that is %s cannot become %s", from, to)
}
