package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/pluggarr/pluggarr/host/proc"
)

func lookMemory(_ context.Context, cfg *config) finding {
	if cfg.memory == 0 {
		return warn("none: a plugin may take all there is", "give --memory 1GiB")
	}
	var limit unix.Rlimit
	if err := unix.Prlimit(0, unix.RLIMIT_DATA, nil, &limit); err != nil {
		return warn("plugins cannot be limited: "+err.Error(), "")
	}
	if uint64(cfg.memory) > limit.Max {
		return ok(fmt.Sprintf("%d MiB of data a plugin, which is what this user may have at most", limit.Max>>20))
	}
	return ok(cfg.memory.String() + " of data a plugin (RLIMIT_DATA)")
}

func lookCgroup(context.Context, *config) finding {
	const root = "/sys/fs/cgroup"
	const instead = "; memory is limited process by process instead"
	if _, err := os.Stat(filepath.Join(root, "cgroup.controllers")); err != nil {
		return ok("not on this machine" + instead)
	}
	raw, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return ok("unknown: " + err.Error())
	}
	own := ""
	for line := range strings.Lines(string(raw)) {
		if path, found := strings.CutPrefix(line, "0::"); found {
			own = filepath.Join(root, strings.TrimSpace(path))
		}
	}
	if own == "" || unix.Access(own, unix.W_OK) != nil {
		return ok("may not be changed by this user" + instead)
	}
	return ok(own + " may be changed by this user")
}

func lookContainers(_ context.Context, cfg *config) finding {
	const next = "allow user namespaces (sysctl user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns), or leave it"
	self, err := os.Executable()
	if err != nil {
		return warn(err.Error(), "")
	}
	scratch, err := os.MkdirTemp("", "pluggarr-doctor-")
	if err != nil {
		return warn(err.Error(), "")
	}
	defer func() { _ = os.Remove(scratch) }() // empty: only a container saw what was in it
	starter := proc.NewStarter("")
	defer starter.Close()
	whole := &proc.Container{Keeper: []string{self, "keeper"}, Scratch: scratch, Binds: []proc.Bind{{From: scratch, To: "/data"}, {From: scratch, To: "/app/data"}}}
	err = starter.Try(whole)
	if err == nil {
		return ok("a Python plugin sees the host's files at /data and /app/data, no process of others, and what it starts ends with it")
	}
	if starter.Try(&proc.Container{Keeper: whole.Keeper}) == nil {
		return warn("what a plugin starts ends with it, but it does not see the host's files at /data: "+err.Error(), "name "+filepath.Join(cfg.data, "files")+" in the plugin's settings, or link /data to it")
	}
	return warn("not allowed: what a plugin starts and lets go of may live until the next start of the host, and /data is the machine's: "+err.Error(), next)
}
