package compat

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Files of a virtual environment that are ours.
const (
	readyFile = "pluggarr.json"      // written last: what is not there is not finished
	fromFile  = "pluggarr-made-from" // the Python it was made from
)

// Environment is a virtual environment with the packages that plugins import.
type Environment struct {
	// Python is the interpreter in it.
	Python Python `json:"python"`
	// Base is the program of the Python it was made from.
	Base string `json:"base"`
	// Requirements names the requirements that were installed.
	Requirements string `json:"requirements"`
	// Missing are the packages that could not be installed.
	Missing []Missing `json:"missing,omitempty"`
}

// Missing is a package that could not be installed, and what comes of it.
type Missing struct {
	Package string `json:"package"` // as in "gevent"
	Without string `json:"without"` // what does not work, a sentence without its full stop
	Why     string `json:"why"`     // what pip said last
}

// ErrNotSetUp reports that there is no finished environment in a folder.
var ErrNotSetUp = errors.New("the packages for Python plugins are not installed; run 'pluggarr python setup'")

// OpenEnvironment returns the environment that [Setup] finished in dir, else an
// [ErrNotSetUp].
func OpenEnvironment(dir string) (Environment, error) {
	raw, err := os.ReadFile(filepath.Join(dir, readyFile))
	if errors.Is(err, fs.ErrNotExist) {
		return Environment{}, ErrNotSetUp
	}
	if err != nil {
		return Environment{}, fmt.Errorf("read the environment of Python plugins: %w", err)
	}
	var env Environment
	if err := json.Unmarshal(raw, &env); err != nil {
		return Environment{}, fmt.Errorf("read the environment of Python plugins: %w: %w", ErrNotSetUp, err)
	}
	env.Python.Path = programIn(dir) // the data folder may have been moved
	if _, err := os.Stat(env.Python.Path); err != nil {
		return Environment{}, fmt.Errorf("%w: its Python is gone: %w", ErrNotSetUp, err)
	}
	return env, nil
}

// Old says that another release of the host installed the packages.
func (e Environment) Old() bool { return e.Requirements != requirementsName() }

// programIn is the interpreter of the environment in dir.
func programIn(dir string) string { return filepath.Join(dir, "bin", "python") }

// finish marks the environment in dir as complete.
func (e Environment) finish(dir string) error {
	raw, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return fmt.Errorf("describe the environment: %w", err)
	}
	staged := filepath.Join(dir, readyFile+".new")
	if err := os.WriteFile(staged, append(raw, '\n'), 0o600); err != nil {
		return fmt.Errorf("mark the environment as complete: %w", err)
	}
	if err := os.Rename(staged, filepath.Join(dir, readyFile)); err != nil {
		return fmt.Errorf("mark the environment as complete: %w", err)
	}
	return nil
}
