package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
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

func lookNamespaces(ctx context.Context, _ *config) finding {
	// A program that does next to nothing and is always there, in a namespace of its own.
	cmd := exec.CommandContext(ctx, "/proc/self/exe", "version")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWPID,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	if err := cmd.Run(); err != nil {
		return warn("not allowed: what a plugin starts and lets go of may outlive it",
			"allow user namespaces (sysctl user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns), or leave it")
	}
	return ok("allowed")
}
