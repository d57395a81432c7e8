package host

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/pluggarr/pluggarr/compat"
	"github.com/pluggarr/pluggarr/host/kv"
	"github.com/pluggarr/pluggarr/host/worker"
)

// fork makes a Python worker, starting the server it is forked from first.
func (l *launcher) fork(ctx context.Context) (worker.Process, error) {
	server, err := l.pythonServer(ctx)
	if err != nil {
		return worker.Process{}, err
	}
	c, err := server.Fork(ctx, l.cfg.Limits)
	if err != nil {
		return worker.Process{}, err
	}
	return worker.Process{Stream: c.Stream, Stdout: c.Stdout, Stderr: c.Stderr, Child: c}, nil
}

func (l *launcher) pythonServer(ctx context.Context) (*compat.Server, error) {
	l.python.Lock()
	defer l.python.Unlock()
	if l.server != nil && l.equipped {
		return l.server, nil
	}
	env, noEnv := l.environment(ctx)
	if l.server != nil && noEnv == nil { // set up while the host runs
		l.bare, l.server = append(l.bare, l.server), nil
	}
	switch {
	case l.server != nil:
		return l.server, nil
	case l.noPython != nil && time.Since(l.asked) < askAgain:
		return nil, l.noPython
	}
	l.asked = time.Now()
	python, err := env.Python, noEnv
	if noEnv != nil {
		python, err = compat.Find(ctx, l.cfg.Python)
	}
	if err == nil {
		l.equipped = noEnv == nil
		l.server, err = l.startPython(ctx, python)
	}
	if ctx.Err() == nil { // else it was the caller who waited no longer
		l.noPython = err
	}
	return l.server, err
}

// environment returns the environment that 'pluggarr python setup' made, unless
// the operator names another Python than the one it was made from.
func (l *launcher) environment(ctx context.Context) (compat.Environment, error) {
	env, err := compat.OpenEnvironment(VenvDir(l.cfg.Data))
	if err != nil || l.cfg.Python == "" {
		return env, err
	}
	named, err := compat.Find(ctx, l.cfg.Python)
	if err == nil && named.Path != env.Base && named.Path != env.Python.Path {
		err = fmt.Errorf("it was made from %s: %w", env.Base, compat.ErrNotSetUp)
	}
	return env, err
}

// startPython starts the fork-server.
func (l *launcher) startPython(ctx context.Context, python compat.Python) (*compat.Server, error) {
	secret, err := djangoSecret(filepath.Join(l.cfg.hostDir(), "django.key"))
	if err != nil {
		return nil, err
	}
	database := l.cfg.Database
	if database == "" {
		database = (&url.URL{Scheme: "sqlite", Path: "/" + StoreConfig(l.cfg).Path}).String()
	}
	redis, err := l.redisURL()
	if err != nil {
		return nil, err
	}
	return compat.Start(ctx, compat.Config{
		Starter:    l.starter,
		Python:     python,
		Dir:        filepath.Join(l.cfg.hostDir(), "python"),
		PluginsDir: l.cfg.Plugins,
		Database:   database,
		Data:       l.cfg.filesDir(),
		Secret:     secret,
		Redis:      redis,
		Env:        workerEnv(),
		Container:  l.contained(),
		Log:        l.cfg.Log.With(slog.String("part", "python")),
	})
}

// redisURL is the Redis of plugins: the operator's, in REDIS_URL, else one of
// the host's own; "" when REDIS_URL says "off".
func (l *launcher) redisURL() (string, error) {
	switch named := os.Getenv("REDIS_URL"); {
	case named == "off":
		return "", nil
	case named != "":
		return named, nil
	}
	if l.redis == nil {
		server, err := kv.Start()
		if err != nil {
			return "", err
		}
		l.redis = server
	}
	return l.redis.URL(), nil
}

// djangoSecret returns the key in a file, made when there is none, with which
// Django in plugins signs: tokens for a plugin's own page, for one. The host
// trusts nothing that is signed with it, for every Python plugin knows it.
func djangoSecret(name string) (string, error) {
	secret, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		secret = []byte(rand.Text() + rand.Text())
		err = os.WriteFile(name, secret, 0o600)
	}
	if err != nil {
		return "", fmt.Errorf("get the key for Python plugins: %w", err)
	}
	return string(secret), nil
}
