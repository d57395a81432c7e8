package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/pluggarr/pluggarr/sdk"
)

type Settings struct {
	Enabled bool         `json:"enabled" label:"Enabled"`
	Limit   int          `json:"limit" label:"Item limit" min:"1" max:"500"`
	Ratio   float64      `json:"ratio"`
	Wait    sdk.Duration `json:"wait"`
	Key     sdk.Secret   `json:"key"`
	Tags    []string     `json:"tags"`
	Rows    []Row        `json:"rows"`
	More    More         `json:"more"`
}

type Row struct {
	Name string `json:"name"`
	On   bool   `json:"on"`
}

type More struct {
	Deep uint8 `json:"deep"`
}

type Params struct {
	Group string `json:"group" label:"Group" widget:"group"`
	Count int64  `json:"count"`
}

var errBroken = errors.New("broken on purpose")

func plain(ctx *sdk.Context, s Settings) (sdk.Result, error) {
	ctx.Log.Info("plain", "limit", s.Limit, "key", s.Key, "wait", s.Wait)
	return sdk.OK("%d %s %v", s.Limit, s.Wait, s.Tags).With("rows", s.Rows).With("deep", s.More.Deep).With("key", string(s.Key)), nil
}

func params(ctx *sdk.Context, s Settings, p Params) (sdk.Result, error) {
	for i := 0; i < 3; i++ {
		ctx.Progress(i+1, 3, fmt.Sprintf("step %d", i+1))
	}
	ctx.Log.With("group", p.Group).Warn("params")
	return sdk.OK("%s %d", p.Group, p.Count).With("run", ctx.Run.Action), nil
}

func event(ctx *sdk.Context, s Settings) (sdk.Result, error) {
	if ctx.Event == nil {
		return sdk.Failed("no event"), nil
	}
	var payload struct {
		Account int `json:"account"`
	}
	if err := ctx.Event.Decode(&payload); err != nil {
		return sdk.Result{}, err
	}
	return sdk.OK("%s %d", ctx.Event.Name, payload.Account), nil
}

func fail(ctx *sdk.Context, s Settings) (sdk.Result, error) {
	return sdk.Result{}, fmt.Errorf("fail: %w", errBroken)
}

type worker struct{ name string }

func (w *worker) greet(ctx *sdk.Context, s Settings) (sdk.Result, error) {
	return sdk.OK("I am %s", w.name), nil
}

func wait(ctx *sdk.Context, s Settings) (sdk.Result, error) {
	ctx.Log.Info("waiting")
	<-ctx.Done()
	return sdk.Result{}, ctx.Err()
}

func background(ctx *sdk.Context, s Settings) error {
	ctx.Log.Info("background begins", "limit", s.Limit)
	<-ctx.Done()
	ctx.Log.Info("background ends")
	return nil
}

func main() {
	fmt.Println("printed")
	fmt.Fprintln(os.Stdout, "written")
	println("builtin")
	log.SetFlags(0)
	log.Print("logged")
	w := &worker{name: "a method"}
	sdk.Serve(sdk.Plugin{
		Name:        "Basic",
		Version:     "1.2.3",
		Description: "Has actions of all kinds.",
		Author:      "Somebody",
		HelpURL:     "https://example.org/basic",
		Settings:    Settings{Enabled: true, Limit: 5, Wait: sdk.Duration(90 * time.Second), Tags: []string{"a"}, Rows: []Row{{"x", true}}},
		Actions: []sdk.Action{
			{ID: "plain", Label: "Plain", Run: sdk.Handle(plain)},
			{
				ID: "params", Label: "Params", Run: sdk.HandleParams(params), Timeout: sdk.Duration(5 * time.Minute), Schedule: "0 4 * * *",
				Confirm: &sdk.Confirm{Title: "Sure?", Message: "Really?"}, Background: true,
			},
			{ID: "event", Label: "Event", Run: sdk.Handle(event), Events: []string{"m3u_refresh"}},
			{ID: "fail", Label: "Fail", Run: sdk.Handle(fail)},
			{ID: "panic", Label: "Panic", Run: sdk.Handle(func(ctx *sdk.Context, s Settings) (sdk.Result, error) { panic("boom") })},
			{ID: "greet", Label: "Greet", Run: sdk.Handle(w.greet)},
			{ID: "wait", Label: "Wait", Run: sdk.Handle(wait)},
		},
		Start: sdk.Background(background),
		Stop: func(ctx *sdk.Context, reason sdk.StopReason) error {
			ctx.Log.Info("stop", "reason", string(reason), "reload", reason == sdk.StopReload)
			return nil
		},
		Options: func(ctx *sdk.Context, field string) ([]sdk.Option, error) {
			return []sdk.Option{{Value: field, Label: "The " + field}}, nil
		},
	})
	fmt.Println("main ends")
}
