package host

import (
	"context"
	"path/filepath"

	"github.com/pluggarr/pluggarr/host/build"
	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/worker"
)

// compiler compiles the plugins of a plugins folder.
type compiler struct {
	builder *build.Builder
	dir     *plugindir.Dir
}

func newCompiler(cfg Config, dir *plugindir.Dir) *compiler {
	return &compiler{builder: build.New(build.Config{Dir: filepath.Join(cfg.hostDir(), "build"), Go: cfg.Go}), dir: dir}
}

// Ready is registry.Compiler's.
func (c *compiler) Ready(ctx context.Context) error {
	_, err := c.builder.Toolchain(ctx)
	return err
}

// Cached is registry.Compiler's.
func (c *compiler) Cached(ctx context.Context, f plugindir.Found) string {
	return c.builder.Cached(ctx, build.Plugin{Dir: f.Dir, Hash: f.Hash})
}

// Build is registry.Compiler's.
func (c *compiler) Build(ctx context.Context, f plugindir.Found) (string, error) {
	return c.builder.Build(ctx, build.Plugin{Dir: f.Dir, Hash: f.Hash, Copied: func() error {
		if now, err := c.dir.Hash(f); err != nil || now != f.Hash {
			return registry.ErrEdited
		}
		return nil
	}})
}

// program starts a plugin that this host has compiled, in the plugin's folder.
func (l *launcher) program(path, dir string) (worker.Process, error) {
	return l.start(l.spec(path, dir))
}
