package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/registry"
)

// Checker says of plugins what a host would, without running them and without
// a host.
type Checker struct {
	launcher *launcher
	temp     string
}

// NewChecker returns a Checker; of cfg only Python and Self count. Call Close
// when no plugin is to be checked any more.
func NewChecker(cfg Config) (*Checker, error) {
	temp, err := os.MkdirTemp("", "pluggarr-check-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for what is needed to check plugins: %w", err)
	}
	cfg.Data = temp
	if cfg, err = cfg.withDefaults(); err == nil {
		err = cfg.makeFolders()
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(temp))
	}
	return &Checker{launcher: newLauncher(cfg), temp: temp}, nil
}

// Check reads the plugin in dir. The error says why dir is no plugin's folder,
// or is ctx's.
func (c *Checker) Check(ctx context.Context, dir string) (registry.Verdict, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return registry.Verdict{}, fmt.Errorf("find %s: %w", dir, err)
	}
	found, err := plugindir.Look(dir)
	if err != nil {
		return registry.Verdict{}, err
	}
	return registry.Judge(ctx, c.launcher.Launch, found)
}

// Close ends the processes that have read plugins.
func (c *Checker) Close() error {
	return errors.Join(c.launcher.Close(), os.RemoveAll(c.temp))
}
