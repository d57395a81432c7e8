// Command pluggarr is the plugin host and its command line.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/pluggarr/pluggarr/host/interp"
	"github.com/pluggarr/pluggarr/host/proc"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// Exit codes.
const (
	done   = 0 // what was asked for is done
	failed = 1 // it failed
	misuse = 2 // it was asked for wrongly
)

func main() {
	// Each Go plugin's process comes this way. It pays for nothing but this.
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		os.Exit(work())
	}
	if len(os.Args) == 3 && os.Args[1] == "keeper" {
		os.Exit(proc.Keep(os.Args[2], os.Stderr))
	}
	if len(os.Args) >= 4 && os.Args[1] == "tester" {
		interp.TestPackage(os.Args[2], os.Args[3], os.Args[4:])
	}
	os.Exit(command())
}

// work interprets one Go plugin for the host that started this process. The
// host names the plugin over the stream; the folder in the arguments, if any,
// is for whoever reads the list of processes.
func work() int {
	stream, err := wire.WorkerStream()
	if err != nil {
		fmt.Fprintln(os.Stderr, "pluggarr: only a host starts a worker (pluggarr serve does): "+err.Error())
		return misuse
	}
	if err := interp.ServeWorker(context.Background(), stream); err != nil {
		fmt.Fprintln(os.Stderr, "pluggarr worker: "+err.Error())
		return failed
	}
	return done
}

// command runs the command line until it is done or interrupted.
func command() int {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // under nohup the end of the terminal is no reason to end
		signals = append(signals, syscall.SIGHUP)
	}
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, signals...)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-caught:
			signal.Stop(caught) // the next one ends the process at once
			cancel()
		case <-ctx.Done():
		}
	}()
	return run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
}
