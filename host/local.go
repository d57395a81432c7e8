package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/pluggarr/pluggarr/host/store"
)

// Local is what the command line on the same machine needs to reach a host:
// the file local.json in its folder, readable by its owner only.
type Local struct {
	// URL is where the host listens, as in "http://127.0.0.1:9191".
	URL string `json:"url"`
	// Key is an API key with all rights.
	Key string `json:"key"`
	// Pid is the process that wrote the file; it may have ended since.
	Pid int `json:"pid"`
}

// ReadLocal returns what the host of a data folder left there. The error is
// [os.ErrNotExist] when none ever ran.
func ReadLocal(data string) (Local, error) {
	var l Local
	raw, err := os.ReadFile(localFile(data))
	if err == nil {
		err = json.Unmarshal(raw, &l)
	}
	if err != nil {
		return Local{}, fmt.Errorf("read how to reach the host of %s: %w", data, err)
	}
	return l, nil
}

func localFile(data string) string { return filepath.Join(data, "host", "local.json") }

// writeLocal leaves the file for url. The key of the last time is used again
// while it is good, so that keys do not pile up.
func writeLocal(ctx context.Context, data, url string, db *store.Store) error {
	l, err := ReadLocal(data)
	if err == nil {
		_, err = db.KeyByHash(ctx, store.HashKey(l.Key))
	}
	if err != nil {
		if l.Key, _, err = db.CreateKey(ctx, store.NewKey{Name: "command line on this machine", Scope: store.ScopeAdmin}); err != nil {
			return fmt.Errorf("make a key for the command line: %w", err)
		}
	}
	l.URL, l.Pid = url, os.Getpid()
	raw, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("encode how to reach the host: %w", err)
	}
	next := localFile(data) + ".new"
	if err := os.WriteFile(next, append(raw, '\n'), 0o600); err != nil {
		return fmt.Errorf("say how to reach the host: %w", err)
	}
	if err := os.Rename(next, localFile(data)); err != nil {
		return fmt.Errorf("say how to reach the host: %w", err)
	}
	return nil
}

// lock takes the data folder for this process until the file is closed: two
// hosts would end each other's runs.
func lock(dir string) (*os.File, error) {
	path := filepath.Join(dir, "lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == nil {
		return f, nil
	}
	_ = f.Close() // nothing was written
	if errors.Is(err, unix.EWOULDBLOCK) {
		return nil, fmt.Errorf("another host uses %s: stop it, or give this one another --data", filepath.Dir(dir))
	}
	return nil, fmt.Errorf("lock %s: %w: --data wants a file system with locks, as a local disk has them", path, err)
}

// unlock lets go of the data folder. Closing alone would leave the lock with a
// process that is being started just now.
func unlock(f *os.File) error {
	return errors.Join(unix.Flock(int(f.Fd()), unix.LOCK_UN), f.Close())
}
