package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/pluggarr/pluggarr/host/proc"
	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/services"
	"github.com/pluggarr/pluggarr/host/web"
)

// Limits of a plugin's process, unless the operator chose otherwise.
const (
	defaultMemory    = 1 << 30
	defaultFiles     = 1024
	defaultProcesses = 256
)

// Config is all there is to configure. Only Data is required.
type Config struct {
	// Listen is the address of the REST API, as in "127.0.0.1:9191"; port 0 takes
	// any free one. "" means 127.0.0.1:9191.
	Listen string
	// Data is the folder for all that is kept: plugins, files, and in host/ the
	// database, keys and caches. It is made when it is not there.
	Data string
	// Plugins is the plugins folder. "" means plugins inside Data.
	Plugins string
	// Database is "" for SQLite in Data, or a PostgreSQL URL.
	Database string
	// Python is the interpreter for Python plugins. "" means the best of PATH.
	Python string
	// Go is the go command that compiles Go plugins. "" means that of PATH, if
	// there is one.
	Go string
	// AllowHosts are names under which a browser may reach a host that listens
	// on loopback, besides localhost.
	AllowHosts []string
	// AllowExecutables lets plugins run compiled programs that they bring along.
	AllowExecutables bool
	// Limits bound each plugin's process. Zero values mean 1 GiB, 1,024 files
	// and 256 processes, negative ones no limit.
	Limits proc.Limits
	// Times are waits and limits; zero values mean the defaults.
	Times registry.Times
	// Services bound what plugins may ask of the host; zero values mean the
	// defaults.
	Services services.Limits
	// Self is the program that interprets Go plugins as "Self worker". "" means
	// the one that runs, also when another is put in its place meanwhile.
	Self string
	// Version is the host's own, for users. "" means "dev".
	Version string
	// Log hears what the host does. Nil means silence.
	Log *slog.Logger
	// Examine says what the machine can do, for admins who ask. Nil: nobody does.
	Examine func(ctx context.Context) []web.Finding
	// Report hears what becomes of plugins. It must not wait. Nil: nobody.
	Report func(registry.Report)
	// Ready hears, once, which plugins there are when the host has read them.
	// Nil: nobody.
	Ready func([]registry.Entry)
}

// withDefaults returns a copy in which every zero value is replaced.
func (c Config) withDefaults() (Config, error) {
	if c.Data == "" {
		return c, errors.New("no data folder was given: name one with --data")
	}
	abs, err := filepath.Abs(c.Data)
	if err != nil {
		return c, fmt.Errorf("find the data folder: %w", err)
	}
	c.Data = abs
	for to, standard := range map[*string]string{
		&c.Listen: "127.0.0.1:9191", &c.Plugins: filepath.Join(abs, "plugins"), &c.Version: "dev",
	} {
		if *to == "" {
			*to = standard
		}
	}
	if c.Self == "" {
		if c.Self, err = os.Executable(); err != nil {
			return c, fmt.Errorf("find this program to start workers from: %w", err)
		}
	}
	if c.Limits.Memory == 0 {
		c.Limits.Memory = defaultMemory
	}
	if c.Limits.Files == 0 {
		c.Limits.Files = defaultFiles
	}
	if c.Limits.Processes == 0 {
		c.Limits.Processes = defaultProcesses
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

// hostDir is where the host keeps what nobody else may read.
func (c Config) hostDir() string { return filepath.Join(c.Data, "host") }

// VenvDir is where the packages for Python plugins are, for a data folder.
func VenvDir(data string) string { return filepath.Join(data, "host", "venv") }

// filesDir is where plugins may write.
func (c Config) filesDir() string { return filepath.Join(c.Data, "files") }

// rootDir is empty; inside a container the root folder is put together there.
func (c Config) rootDir() string { return filepath.Join(c.hostDir(), "root") }

// makeFolders makes the data folder and what belongs in it.
func (c Config) makeFolders() error {
	for dir, mode := range map[string]os.FileMode{
		c.filesDir(): 0o755, filepath.Join(c.filesDir(), "plugins"): 0o755, c.hostDir(): 0o700, c.rootDir(): 0o700,
	} {
		if err := os.MkdirAll(dir, mode); err != nil {
			return fmt.Errorf("make the data folder: %w", err)
		}
	}
	if err := os.Chmod(c.hostDir(), 0o700); err != nil { //nolint:gosec // a folder: only its owner may enter
		return fmt.Errorf("close the host's folder to others: %w", err)
	}
	return nil
}
