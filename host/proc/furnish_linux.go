package proc

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// furnish gives the container its own /proc and its folders.
func (j *job) furnish() error {
	// What the machine mounts later is seen inside; what is mounted inside is not seen outside.
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SLAVE, ""); err != nil {
		return fmt.Errorf("keep mounts apart: %w", err)
	}
	if j.rootLacks() {
		if err := j.newRoot(); err != nil {
			return fmt.Errorf("put together a root folder: %w", err)
		}
	}
	for _, b := range j.Binds {
		if err := unix.Mount(b.From, b.To, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
			return fmt.Errorf("show %s at %s: %w", b.From, b.To, err)
		}
	}
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	return nil
}

// rootLacks says that a place of Binds does not exist.
func (j *job) rootLacks() bool {
	return slices.ContainsFunc(j.Binds, func(b Bind) bool {
		_, err := os.Stat(b.To)
		return errors.Is(err, fs.ErrNotExist)
	})
}

// newRoot makes a root folder that shows everything of the old one and has the
// places of Binds. Nothing is made in the old one.
func (j *job) newRoot() error {
	if err := unix.Mount("tmpfs", j.Scratch, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=0755,size=1m"); err != nil {
		return fmt.Errorf("mount a folder in memory: %w", err)
	}
	if err := j.mirror("/"); err != nil {
		return err
	}
	// The From of a bind may be below a folder that is only shown: it is reached by its old path in the new root.
	if err := os.Chdir(j.Scratch); err != nil {
		return fmt.Errorf("enter the new root folder: %w", err)
	}
	// The old root is put under the new one, at the same place, and taken off: pivot_root(2) describes this.
	if err := unix.PivotRoot(".", "."); err != nil {
		return fmt.Errorf("change the root folder: %w", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("let go of the old root folder: %w", err)
	}
	if err := os.Chdir("/"); err != nil {
		return fmt.Errorf("enter the new root folder: %w", err)
	}
	return nil
}

// mirror shows in the new root what the old one has in dir, and makes the
// places of Binds that dir has not.
func (j *job) mirror(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read %s: %w", dir, err)
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if e.IsDir() && j.lacksBelow(path) {
			if err := os.Mkdir(j.inside(path), 0o755); err != nil { //nolint:gosec // as root folders are
				return fmt.Errorf("make %s: %w", path, err)
			}
			if err := j.mirror(path); err != nil {
				return err
			}
			continue
		}
		if err := j.show(path, e); err != nil {
			return fmt.Errorf("show %s: %w", path, err)
		}
	}
	for _, b := range j.Binds {
		if rel, err := filepath.Rel(dir, b.To); err == nil && filepath.IsLocal(rel) {
			if err := os.MkdirAll(j.inside(b.To), 0o755); err != nil { //nolint:gosec // as above
				return fmt.Errorf("make %s: %w", b.To, err)
			}
		}
	}
	return nil
}

// lacksBelow says that a place of Binds belongs somewhere below dir and does
// not exist.
func (j *job) lacksBelow(dir string) bool {
	return slices.ContainsFunc(j.Binds, func(b Bind) bool {
		_, err := os.Stat(b.To)
		return strings.HasPrefix(b.To, dir+"/") && errors.Is(err, fs.ErrNotExist)
	})
}

// show makes one entry of the old root visible in the new one.
func (j *job) show(path string, e fs.DirEntry) error {
	to := j.inside(path)
	switch {
	case e.Type()&fs.ModeSymlink != 0:
		target, err := os.Readlink(path)
		if err != nil {
			return err
		}
		return os.Symlink(target, to)
	case e.IsDir():
		if err := os.Mkdir(to, 0o755); err != nil { //nolint:gosec // hidden by the mount
			return err
		}
	default:
		if err := os.WriteFile(to, nil, 0o600); err != nil {
			return err
		}
	}
	return unix.Mount(path, to, "", unix.MS_BIND|unix.MS_REC, "") //nolint:wrapcheck // mirror says what for
}

// inside is where a path of the new root is until it is the root.
func (j *job) inside(path string) string { return filepath.Join(j.Scratch, path) }
