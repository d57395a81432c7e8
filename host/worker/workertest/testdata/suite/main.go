// Command suite does, action by action, what plugins do to their workers.
// suite_python/plugin.py behaves the same as far as the languages allow.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"runtime"
	"strings"
	"sync/atomic"

	"github.com/pluggarr/pluggarr/sdk"
)

type Settings struct {
	Limit int    `json:"limit" label:"Limit"`
	Mode  string `json:"mode" label:"Mode" options:"safe=Safe,fast=Fast"`
}

type Params struct {
	Text  string `json:"text" label:"Text"`
	Count int    `json:"count" label:"Count"`
}

func echo(_ *sdk.Context, s Settings, p Params) (sdk.Result, error) {
	return sdk.Result{}.With("zeta", p.Text).With("alpha", s.Limit).With("mode", s.Mode), nil
}

func event(ctx *sdk.Context, _ Settings) (sdk.Result, error) {
	if ctx.Event == nil {
		return sdk.Failed("no event"), nil
	}
	return sdk.Result{}.With("event", ctx.Event.Name).With("payload", ctx.Event.Payload), nil
}

func pid(_ *sdk.Context, _ Settings) (sdk.Result, error) {
	return sdk.Result{}.With("pid", os.Getpid()), nil
}

func report(ctx *sdk.Context, _ Settings, p Params) (sdk.Result, error) {
	ctx.Log.Debug("not so important")
	ctx.Log.Warn("looking at " + p.Text)
	ctx.Progress(1, 2, "half of "+p.Text)
	ctx.Progress(2, 2, "all of "+p.Text)
	return sdk.OK("looked"), nil
}

func show(_ *sdk.Context, _ Settings, p Params) (sdk.Result, error) {
	fmt.Println("out: " + p.Text)
	fmt.Fprintln(os.Stderr, "err: "+p.Text)
	return sdk.Result{}, nil
}

// flood prints p.Count bytes, newlines included, to each output.
func flood(_ *sdk.Context, _ Settings, p Params) (sdk.Result, error) {
	line := strings.Repeat("x", 999) + "\n"
	for left := p.Count; left > 0; left -= len(line) {
		fmt.Print(line)
		fmt.Fprint(os.Stderr, line)
	}
	return sdk.Result{}, nil
}

func fail(_ *sdk.Context, _ Settings) (sdk.Result, error) {
	return sdk.Result{}, errors.New("the tuner is on fire")
}

func crash(_ *sdk.Context, _ Settings, p Params) (sdk.Result, error) {
	switch p.Text {
	case "missing":
		see(nil) // missing is called here
	case "range":
		return sdk.Result{}.With("last", last([]int{}, p.Count)), nil // range is called here
	case "exit":
		os.Exit(7)
	case "fatal":
		log.Fatal("there is no way on")
	case "goexit":
		runtime.Goexit()
	case "stray":
		go func() { panic("a stray bullet") }()
		select {} // the process dies around it
	case "stack":
		return sdk.Result{}.With("deep", dig(1)), nil
	case "memory":
		all := [][]byte{}
		for i := 0; i < 10<<10; i++ {
			all = append(all, []byte(strings.Repeat("x", 1<<20)))
		}
		return sdk.Result{}.With("held", len(all)), nil
	case "huge":
		return sdk.Result{}.With("all", strings.Repeat("x", 100<<20)), nil
	case "cycle":
		loop := map[string]any{}
		loop["self"] = loop
		return sdk.Result{}.With("loop", loop), nil
	}
	panic("boom") // boom is here
}

func see(seen map[string]int) {
	delete(seen, "nothing")
	seen["first"] = 1 // missing is here
}

func last(list []int, after int) int {
	after += len(list)
	return list[after-1] // range is here
}

func dig(depth int) int { return dig(depth+1) + 1 }

func wait(ctx *sdk.Context, _ Settings) (sdk.Result, error) {
	ctx.Log.Info("waiting")
	<-ctx.Done()
	return sdk.Result{}, ctx.Err()
}

func deaf(ctx *sdk.Context, _ Settings, p Params) (sdk.Result, error) {
	ctx.Log.Info("waiting")
	if p.Text == "block" {
		select {}
	}
	n := 0
	for {
		n++
	}
}

func garbled(_ *sdk.Context, _ Settings) (sdk.Result, error) {
	return sdk.Result{}.With("channel", make(chan int)), nil
}

func vandalise(_ *sdk.Context, _ Settings) (sdk.Result, error) {
	for fd := uintptr(0); fd <= 10; fd++ {
		if f := os.NewFile(fd, "not mine"); f != nil {
			fmt.Fprintln(f, "garbage")
			f.Close()
		}
	}
	return sdk.Result{}, nil
}

// stopDeaf makes the plugin's stop hook hang.
var stopDeaf atomic.Bool

func arm(_ *sdk.Context, _ Settings) (sdk.Result, error) {
	stopDeaf.Store(true)
	return sdk.Result{}, nil
}

func start(ctx *sdk.Context, s Settings) error {
	ctx.Log.Info("working", "limit", s.Limit)
	<-ctx.Done()
	ctx.Log.Info("worked", "limit", s.Limit)
	return ctx.Err()
}

func stop(ctx *sdk.Context, reason sdk.StopReason) error {
	ctx.Log.Info("stopping: " + string(reason))
	if stopDeaf.Load() {
		select {}
	}
	return nil
}

func main() {
	sdk.Serve(sdk.Plugin{
		Name:        "Suite",
		Version:     "1.2.3",
		Description: "Does what plugins do to workers.",
		Author:      "Pluggarr",
		HelpURL:     "https://example.org/suite",
		Settings:    Settings{Limit: 5, Mode: "safe"},
		Actions: []sdk.Action{
			{ID: "echo", Label: "Echo", Run: sdk.HandleParams(echo)},
			{ID: "event", Label: "Event", Events: []string{"m3u_refresh"}, Run: sdk.Handle(event)},
			{ID: "pid", Label: "Pid", Run: sdk.Handle(pid)},
			{ID: "report", Label: "Report", Run: sdk.HandleParams(report)},
			{ID: "print", Label: "Print", Run: sdk.HandleParams(show)},
			{ID: "flood", Label: "Flood", Run: sdk.HandleParams(flood)},
			{ID: "fail", Label: "Fail", Run: sdk.Handle(fail)},
			{ID: "crash", Label: "Crash", Run: sdk.HandleParams(crash)},
			{ID: "wait", Label: "Wait", Run: sdk.Handle(wait)},
			{ID: "deaf", Label: "Deaf", Run: sdk.HandleParams(deaf)},
			{ID: "garbled", Label: "Garbled", Run: sdk.Handle(garbled)},
			{ID: "vandalise", Label: "Vandalise", Run: sdk.Handle(vandalise)},
			{ID: "arm", Label: "Arm", Run: sdk.Handle(arm)},
		},
		Start: sdk.Background(start),
		Stop:  stop,
	})
}
