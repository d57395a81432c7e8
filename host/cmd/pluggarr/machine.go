package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/pluggarr/pluggarr/compat"
	"github.com/pluggarr/pluggarr/host"
	compile "github.com/pluggarr/pluggarr/host/build"
	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/host/store"
)

func lookInterpreter(context.Context, *config) finding {
	return ok("run from source by yaegi " + thisBuild().Yaegi)
}

func lookToolchain(ctx context.Context, _ *config) finding {
	found, err := compile.Find(ctx, "")
	if err != nil {
		return ok("none that compiles plugins: they run from source")
	}
	return ok(found.Version + " at " + found.Path + " compiles Go plugins; they run from source without it")
}

func lookPython(ctx context.Context, cfg *config) finding {
	found, err := compat.Find(ctx, cfg.python)
	if err == nil {
		return lookPackages(cfg, found)
	}
	detail, next := err.Error(), ""
	if why, ok := errors.AsType[*compat.PythonError](err); ok {
		detail, next = why.Reason, why.Advice
	}
	if cfg.python != "" {
		return fail(detail, next)
	}
	return warn(detail+": Python plugins will not run", next)
}

// lookPackages says whether the packages are there for a Python that can be used.
func lookPackages(cfg *config, found compat.Python) finding {
	env, err := compat.OpenEnvironment(host.VenvDir(cfg.data))
	switch {
	case errors.Is(err, compat.ErrNotSetUp):
		return warn(fmt.Sprintf("Python %s at %s, without the packages that most plugins import", found.Version, found.Path),
			"run 'pluggarr python setup'")
	case err != nil:
		return warn(err.Error(), "run 'pluggarr python setup'")
	}
	detail := fmt.Sprintf("Python %s at %s, with Django and Celery", env.Python.Version, env.Python.Path)
	if env.Old() {
		return warn(detail+" as another release wants them", "run 'pluggarr python setup'")
	}
	for _, m := range env.Missing {
		detail += "; without " + m.Package + ": " + m.Without
	}
	if len(env.Missing) > 0 {
		return warn(detail, "run 'pluggarr python setup' to try again")
	}
	return ok(detail)
}

func lookData(_ context.Context, cfg *config) finding {
	f := lookFolder(cfg.data)
	if f.Result == isFail {
		f.Next = "make it writable for this user, or name another folder with --data"
		return f
	}
	hostDir := filepath.Join(cfg.data, "host")
	if info, err := os.Stat(hostDir); err == nil && info.Mode().Perm()&0o077 != 0 {
		return warn(fmt.Sprintf("%s can be entered by others (mode %04o)", hostDir, info.Mode().Perm()), "run chmod 700 "+hostDir)
	}
	return f
}

func lookPlugins(_ context.Context, cfg *config) finding {
	dir := pluginsDir(cfg)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		f := lookFolder(dir)
		f.Next = map[string]string{isFail: "make the folder, or name another one with --plugins"}[f.Result]
		return f
	}
	if err != nil {
		return fail(err.Error(), "make it readable for this user, or name another folder with --plugins")
	}
	n := 0
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			n++
		}
	}
	return ok(fmt.Sprintf("%s, folders in it: %d", dir, n))
}

// lookFolder says whether a folder can be written to, or made.
func lookFolder(dir string) finding {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return fail(err.Error(), "")
	}
	for at := abs; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist) && at != filepath.Dir(at):
			continue
		case err != nil:
			return fail(err.Error(), "")
		case !info.IsDir():
			return fail(at+" is no folder", "")
		case unix.Access(at, unix.W_OK|unix.X_OK) != nil:
			return fail(at+" cannot be written to", "")
		case at == abs:
			return ok(abs)
		}
		return ok(abs + " will be made")
	}
}

func lookDatabase(ctx context.Context, cfg *config) finding {
	if cfg.database == "" {
		path := host.StoreConfig(host.Config{Data: cfg.data}).Path
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return ok("SQLite; " + path + " will be made")
		}
	}
	at, latest, err := store.Version(ctx, host.StoreConfig(host.Config{Data: cfg.data, Database: cfg.database}))
	what := "SQLite"
	if cfg.database != "" {
		what = "PostgreSQL"
	}
	switch {
	case err != nil:
		return fail(sentence(err), "")
	case at == 0:
		return ok(what + ", without tables; the host will make them")
	case at < latest:
		return ok(fmt.Sprintf("%s, schema %d; the host will bring it to %d", what, at, latest))
	}
	return ok(what + ", schema up to date")
}

func lookKey(_ context.Context, cfg *config) finding {
	path := filepath.Join(cfg.data, "host", "secret.key")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return ok(path + " will be made")
	}
	sealer, err := settings.NewSealer(path)
	if err != nil {
		return fail(err.Error(), "")
	}
	if err := sealer.Check(); err != nil {
		return warn(err.Error(), "")
	}
	return ok(path + ", only this user can read it")
}

func lookAddress(ctx context.Context, cfg *config) finding {
	if local, err := host.ReadLocal(cfg.data); err == nil && alive(local.Pid) {
		version := askHealth(ctx, strings.TrimPrefix(local.URL, "http://"))
		if version != "" {
			return ok(fmt.Sprintf("the host of this data folder answers at %s (pluggarr %s, process %d)", local.URL, version, local.Pid))
		}
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", cfg.listen)
	switch {
	case err == nil:
		return finding{Result: isOK, Detail: cfg.listen + " is free", Next: closed(l)}
	case errors.Is(err, syscall.EADDRINUSE):
		return fail(taken(ctx, cfg.listen).Error(), "")
	}
	return fail(err.Error(), "give another address with --listen")
}

// closed closes l and says what went wrong; "" for nothing.
func closed(l net.Listener) string {
	if err := l.Close(); err != nil {
		return err.Error()
	}
	return ""
}

func lookFiles(_ context.Context, cfg *config) finding {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return warn(err.Error(), "")
	}
	if wanted := uint64(cfg.files); wanted > limit.Max {
		return warn(fmt.Sprintf("%d a plugin, but this user may open only %d", wanted, limit.Max), "raise it with ulimit -Hn, or give a smaller --files")
	}
	if cfg.files == 0 {
		return ok("none a plugin of its own")
	}
	return ok(fmt.Sprintf("%d a plugin", cfg.files))
}
