//go:build !linux

package main

import "context"

func lookMemory(context.Context, *config) finding {
	return warn("this system has none for other processes: a plugin may take all there is", "run the host on Linux, or in a container with a limit")
}

func lookCgroup(context.Context, *config) finding { return ok("not on this system") }

func lookContainers(context.Context, *config) finding {
	return warn("not on this system: what a plugin starts and lets go of may outlive it", "run the host on Linux")
}
