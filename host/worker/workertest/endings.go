package workertest

import (
	"context"
	"errors"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/pluggarr/pluggarr/sdk/wire"
)

// endings is how workers go.
func endings() []testCase {
	return []testCase{
		{name: "stop tells the reason and ends the process", needs: Suite, run: stops},
		{name: "a stop that never returns is ended", needs: Suite, run: deafStop},
		{name: "stop cancels runs that listen", needs: Suite, run: stopWhileRunning},
		{name: "quiesce lets runs go on", needs: Suite, run: quiesce},
		{name: "programs the plugin started end with it", needs: Suite | Spawn, run: leftBehind},
	}
}

func stops(t *testing.T, r Runtime) {
	s := begin(t, r)
	pid := s.pid(t, "pid")
	if err := s.Stop(limited(t), &wire.StopParams{Reason: "reload", Settings: settings(1)}); err != nil {
		t.Errorf("stop: %v", err)
	}
	s.endedItself(t)
	if s.heard.count("stopping: reload") != 1 {
		t.Error("the plugin did not hear why it has to end")
	}
	reaped(t, pid)
	if err := s.Stop(limited(t), &wire.StopParams{Reason: "reload"}); err != nil {
		t.Errorf("stop once more: %v", err)
	}
}

func deafStop(t *testing.T, r Runtime) {
	s := beginWithin(t, r, short)
	pid := s.pid(t, "pid")
	s.must(t, "arm", input{})
	err := s.Stop(limited(t), &wire.StopParams{Reason: "reload", Settings: settings(1)})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("stop returned %v, not that its time was over", err)
	}
	s.ends(t)
	if s.heard.count("stopping: reload") != 1 {
		t.Error("the plugin did not hear why it has to end")
	}
	reaped(t, pid)
}

func stopWhileRunning(t *testing.T, r Runtime) {
	s := begin(t, r)
	ended := make(chan error, 1)
	go func() {
		_, err := s.try(limited(t), "wait", input{})
		ended <- err
	}()
	s.heard.await(t, 1, "waiting")
	if err := s.Stop(limited(t), &wire.StopParams{Reason: "shutdown", Settings: settings(1)}); err != nil {
		t.Errorf("stop: %v", err)
	}
	if err := <-ended; err == nil {
		t.Error("the run succeeded")
	}
	s.endedItself(t)
}

func quiesce(t *testing.T, r Runtime) {
	s := begin(t, r)
	ctx, cancel := context.WithCancel(limited(t))
	ended := make(chan error, 1)
	go func() {
		_, err := s.try(ctx, "wait", input{})
		ended <- err
	}()
	s.heard.await(t, 1, "waiting")
	if err := s.Quiesce(limited(t), wire.StopParams{Reason: "reload", Settings: settings(1)}); err != nil {
		t.Errorf("quiesce: %v", err)
	}
	select {
	case err := <-ended:
		t.Errorf("the run ended with it: %v", err)
	default:
	}
	s.works(t)
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the run ended with %v, not with its cancellation", err)
	}
}

func leftBehind(t *testing.T, r Runtime) {
	for _, action := range []string{"spawn", "release"} {
		endsWithItsPlugin(t, r, action)
	}
}

// endsWithItsPlugin looks whether the program that an action starts ends when
// the plugin is stopped.
func endsWithItsPlugin(t *testing.T, r Runtime, action string) {
	t.Helper()
	s := begin(t, r)
	child, err := unix.PidfdOpen(s.pid(t, action), 0)
	if err != nil {
		t.Fatalf("open the program: %v", err)
	}
	defer func() { _ = unix.Close(child) }() // nothing can be lost by it
	if err := s.Stop(limited(t), nil); err != nil {
		t.Errorf("stop: %v", err)
	}
	fds := []unix.PollFd{{Fd: int32(child), Events: unix.POLLIN}}
	for {
		n, err := unix.Poll(fds, int(patience.Milliseconds()))
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if n != 1 || err != nil {
			t.Errorf("%s: the program outlived its plugin: %v", action, err)
		}
		return
	}
}
