package proc

import (
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"syscall"
	"time"
)

// Container is a world of its own for a process and all it will ever start: it
// sees no other processes, and when it ends they end, whatever they did to be
// let go of. A small process of the host's, the keeper, is the first in it.
type Container struct {
	// Keeper is a program with its first arguments that calls [Keep] with the
	// one argument that is added.
	Keeper []string
	// Binds are folders that are seen at other places inside. Nil: none.
	Binds []Bind
	// Scratch is an empty folder that exists. It is needed when a place of
	// Binds does not exist: the root folder is put together anew over it, seen
	// inside only.
	Scratch string
}

// Bind is one folder, seen at another place.
type Bind struct {
	From string `json:"from"` // the absolute path of a folder that exists
	To   string `json:"to"`   // the absolute path at which it is seen
}

// job is what a keeper is told.
type job struct {
	Path    string   `json:"path"` // "" to start nothing: only to try
	Args    []string `json:"args"`
	Dir     string   `json:"dir"`
	Memory  int64    `json:"memory"`
	Files   int      `json:"files"`
	Binds   []Bind   `json:"binds"`
	Scratch string   `json:"scratch"`
}

// command returns the keeper that will start what spec says.
func (c *Container) command(spec Spec) (*exec.Cmd, error) {
	path := spec.Path
	if path != "" {
		var err error
		if path, err = exec.LookPath(path); err != nil {
			path = spec.Path // the keeper will say it
		}
	}
	told, err := json.Marshal(job{
		Path: path, Args: spec.Args, Dir: spec.Dir, Memory: spec.Limits.Memory, Files: spec.Limits.Files,
		Binds: c.Binds, Scratch: c.Scratch,
	})
	if err != nil {
		return nil, fmt.Errorf("write what a keeper does: %w", err)
	}
	args := append(append([]string{}, c.Keeper[1:]...), string(told))
	cmd := exec.Command(c.Keeper[0], args...) //nolint:noctx // the host's own program; its end is Kill's and Wait's
	cmd.SysProcAttr = containing()
	return cmd, nil
}

// tryTime is for a keeper to furnish a container, which takes milliseconds; a
// file system that does not answer can keep it for ever.
const tryTime = 10 * time.Second

// Try says why processes cannot have this container on this machine; nil when
// they can. It starts the keeper and nothing in it.
func (s *Starter) Try(c *Container) error {
	p, err := s.Start(Spec{Container: c})
	if err != nil {
		return err
	}
	defer time.AfterFunc(tryTime, func() { _ = p.Kill() }).Stop() // Wait reports it
	said := make([]byte, 1024)                                    // a keeper says one line and ends
	n, _ := p.Stderr.Read(said)
	err = p.Wait()
	p.closeOurs()
	if err != nil && n > 0 {
		return fmt.Errorf("%s", said[:n-1])
	}
	return err
}

// signalled is what a keeper adds to the number of the signal that ended its
// process, as a shell does.
const signalled = 128

// keptError says how the process in a container ended, from how its keeper did.
func keptError(err error) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	if n := exit.ExitCode(); n > signalled {
		return errors.New("signal: " + syscall.Signal(n-signalled).String())
	}
	return err
}
