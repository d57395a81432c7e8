// Package build compiles Go plugins with the Go toolchain of the machine, if
// it has one.
package build

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	buildTime = 10 * time.Minute // for one plugin; the first compiles the standard library too
	endTime   = 5 * time.Second  // for the go command's children to end with it
	mostSaid  = 64 << 10         // bytes of what a compiler said that are kept
)

// Config says how plugins are compiled.
type Config struct {
	// Dir is a folder of the host's own for what was compiled; it is made when
	// absent.
	Dir string
	// Go is the go command; "" to look for it.
	Go string
}

// Builder compiles plugins, one at a time. Its methods may be used concurrently.
type Builder struct {
	cfg  Config
	turn chan struct{} // holds one value; who takes it may compile

	mu    sync.Mutex // guards what follows
	found Toolchain
	fault error // why there is no toolchain
	asked time.Time
}

// Error reports that a plugin's source does not compile.
type Error struct {
	// Output is what the compiler said, with positions from the plugin's folder.
	Output string
}

// Error returns the first line of what the compiler said.
func (e *Error) Error() string {
	for line := range strings.Lines(e.Output) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			return "it does not compile: " + line
		}
	}
	return "it does not compile"
}

// New returns a Builder. Whether there is a toolchain is found out when one is
// needed.
func New(cfg Config) *Builder {
	b := &Builder{cfg: cfg, turn: make(chan struct{}, 1)}
	b.turn <- struct{}{}
	return b
}

// Toolchain returns the Go that compiles, or [ErrNoToolchain]. That there is
// none is believed for a while.
func (b *Builder) Toolchain(ctx context.Context) (Toolchain, error) {
	const believed = 30 * time.Second
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.found.Path != "" || b.fault != nil && time.Since(b.asked) < believed {
		return b.found, b.fault
	}
	found, err := Find(ctx, b.cfg.Go)
	if ctx.Err() == nil { // else it was the caller who waited no longer
		b.found, b.fault, b.asked = found, err, time.Now()
	}
	return found, err
}

// Plugin is the source of a plugin.
type Plugin struct {
	Dir  string // its folder, absolute
	Hash string // of its content
	// Copied is asked when the source has been copied, whether it still is what
	// Hash says; its error ends the build. Nil: it is believed.
	Copied func() error
}

// Cached returns the program of a plugin that was compiled before; "" for none.
func (b *Builder) Cached(ctx context.Context, p Plugin) string {
	tools, err := b.Toolchain(ctx)
	if err != nil {
		return ""
	}
	program := b.program(tools, p)
	now := time.Now()
	if os.Chtimes(program, now, now) != nil { // also says that it is in use
		return ""
	}
	return program
}

// program is where a plugin's program is kept.
func (b *Builder) program(tools Toolchain, p Plugin) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{p.Dir, p.Hash, sdkHash(), tools.Version, runtime.GOOS, runtime.GOARCH}, "\x00")))
	return filepath.Join(b.cfg.Dir, "programs", hex.EncodeToString(sum[:16]))
}

// Build returns the program of a plugin, compiling it if need be. The error is
// [ErrNoToolchain], an [*Error] for the plugin's author, or the host's own
// trouble. That the folder has not changed meanwhile is for the caller to see.
func (b *Builder) Build(ctx context.Context, p Plugin) (string, error) {
	tools, err := b.Toolchain(ctx)
	if err != nil {
		return "", err
	}
	select {
	case <-b.turn:
		defer func() { b.turn <- struct{}{} }()
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	if program := b.Cached(ctx, p); program != "" {
		return program, nil
	}
	if err := b.prepare(); err != nil {
		return "", err
	}
	work, err := os.MkdirTemp(b.cfg.Dir, "work-")
	if err != nil {
		return "", fmt.Errorf("make a folder to compile in: %w", err)
	}
	defer func() { _ = os.RemoveAll(work) }() // left behind it would be cleared away by the next prepare
	if err := b.compile(ctx, tools, p, work); err != nil {
		return "", err
	}
	b.prune()
	return b.program(tools, p), nil
}

// sdkDir is where the SDK is unpacked.
func (b *Builder) sdkDir() string { return filepath.Join(b.cfg.Dir, "sdk-"+sdkHash()) }

// prepare makes the folders and unpacks the SDK.
func (b *Builder) prepare() error {
	if err := os.MkdirAll(filepath.Join(b.cfg.Dir, "programs"), 0o700); err != nil {
		return fmt.Errorf("make a folder for compiled plugins: %w", err)
	}
	old, err := filepath.Glob(filepath.Join(b.cfg.Dir, "work-*"))
	if err != nil {
		return fmt.Errorf("look for what was left behind: %w", err)
	}
	for _, dir := range old {
		_ = os.RemoveAll(dir) // of a host that was killed; it harms nobody
	}
	if _, err := os.Stat(filepath.Join(b.sdkDir(), "go.mod")); !errors.Is(err, fs.ErrNotExist) {
		return nil // go.mod is written last
	}
	if err := os.RemoveAll(b.sdkDir()); err != nil {
		return fmt.Errorf("unpack the SDK: %w", err)
	}
	return UnpackSDK(b.sdkDir())
}

// compile runs the go command and puts the program in its place.
func (b *Builder) compile(ctx context.Context, tools Toolchain, p Plugin, work string) error {
	ctx, cancel := context.WithTimeout(ctx, buildTime)
	defer cancel()
	source, err := b.source(p, work)
	if err != nil {
		return err
	}
	made := filepath.Join(work, "program")
	cmd := b.command(ctx, tools, source, "build", "-mod=vendor", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", made, ".")
	said := &limited{most: mostSaid}
	cmd.Stdout, cmd.Stderr = said, said
	err = cmd.Start()
	if err == nil {
		_ = syscall.Setpriority(syscall.PRIO_PGRP, cmd.Process.Pid, 10) // plugins that run come first
		err = cmd.Wait()
	}
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("compile the plugin: %w", context.Cause(ctx))
	case err != nil && said.Len() > 0:
		here := strings.NewReplacer("\n./", "\n", source+string(filepath.Separator), "")
		return &Error{Output: strings.TrimPrefix(here.Replace("\n"+said.String()), "\n")}
	case err != nil:
		return fmt.Errorf("compile the plugin: %w", err)
	}
	if err := os.Rename(made, b.program(tools, p)); err != nil {
		return fmt.Errorf("keep the compiled plugin: %w", err)
	}
	return nil
}

// source copies a plugin with all it needs into a folder in work.
func (b *Builder) source(p Plugin, work string) (string, error) {
	plugin, err := filepath.EvalSymlinks(p.Dir)
	if err != nil {
		return "", fmt.Errorf("find the plugin's folder: %w", err)
	}
	source := filepath.Join(work, "source")
	if err := assemble(plugin, source, b.sdkDir()); err != nil {
		return "", err
	}
	if p.Copied != nil {
		return source, p.Copied()
	}
	return source, nil
}

// command is the go command in a folder. Its end is that of all it started.
func (b *Builder) command(ctx context.Context, tools Toolchain, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, tools.Path, args...)
	cmd.Dir, cmd.Env = dir, append(environment(b.goCache()), "PWD="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) } // the compilers too
	cmd.WaitDelay = endTime
	return cmd
}

// goCache is the folder of what the go command keeps; "" for the user's own,
// which has the standard library in it already.
func (b *Builder) goCache() string {
	if dir, err := os.UserCacheDir(); err == nil {
		if os.MkdirAll(filepath.Join(dir, "go-build"), 0o755) == nil { //nolint:gosec // as the go command makes it
			return ""
		}
	}
	return filepath.Join(b.cfg.Dir, "go")
}

// prune removes the programs that were not used for the longest time.
func (b *Builder) prune() {
	const kept, old = 200, 30 * 24 * time.Hour
	programs := filepath.Join(b.cfg.Dir, "programs")
	entries, err := os.ReadDir(programs)
	if err != nil {
		return // the next build tries again
	}
	used := map[string]time.Time{}
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			used[e.Name()] = info.ModTime()
		}
	}
	names := slices.SortedFunc(maps.Keys(used), func(a, b string) int { return used[b].Compare(used[a]) })
	for i, name := range names {
		if i >= kept || time.Since(used[name]) > old {
			_ = os.Remove(filepath.Join(programs, name)) // as above
		}
	}
}

// limited keeps the beginning of what is written to it.
type limited struct {
	bytes.Buffer

	most int
}

// Write takes everything and keeps what there is room for.
func (l *limited) Write(p []byte) (int, error) {
	if room := l.most - l.Len(); room > 0 {
		l.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}
