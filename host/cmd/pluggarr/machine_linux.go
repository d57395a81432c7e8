package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/pluggarr/pluggarr/host"
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

// lookCgroup speaks of the host that runs for the data folder, else of one that
// is started as this command was.
func lookCgroup(_ context.Context, cfg *config) finding {
	pid := os.Getpid()
	if local, err := host.ReadLocal(cfg.data); err == nil && alive(local.Pid) {
		pid = local.Pid
	}
	used, err := proc.LookCgroups(pid)
	switch {
	case err != nil:
		return finding{
			Result: isOK, Detail: "not used, each process is limited by itself: " + err.Error(),
			Next: "to have the memory of a plugin counted with that of all it starts, give the host a cgroup of its own, as systemd does with Delegate=yes",
		}
	case !used:
		return ok("a host that is started like this counts the memory of a plugin with that of all it starts")
	}
	return ok("used: the memory of a plugin is counted with that of all it starts")
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
