// A plugin with every kind of setting, and actions that end in every way.
package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/pluggarr/pluggarr/sdk"
)

// Settings is the form.
type Settings struct {
	About    sdk.Info     `json:"about" label:"What it does"`
	Enabled  bool         `json:"enabled" label:"Check every night" help:"Looks at the guide while nobody watches."`
	Limit    int          `json:"limit" label:"Channels at once" help:"More is faster and needs more memory." min:"1" max:"500"`
	Ratio    float64      `json:"ratio" label:"How alike names have to be" min:"0" max:"1" step:"0.05"`
	Mode     string       `json:"mode" label:"Mode" options:"safe=Safe,fast=Fast,bold=Bold: changes everything"`
	Workers  int          `json:"workers" label:"Connections" min:"1" max:"16" visible_if:"mode=fast"`
	Every    sdk.Duration `json:"every" label:"Look every"`
	When     string       `json:"when" label:"Or at" widget:"cron"`
	URL      string       `json:"url" label:"Guide" widget:"url" section:"Source" placeholder:"https://guide.example/xmltv.xml"`
	Key      sdk.Secret   `json:"api_key" label:"API key" help:"From the provider's page." section:"Source"`
	Skip     []string     `json:"skip" label:"Skip these names" section:"Source"`
	Days     []string     `json:"days" label:"Days" options:"mon=Monday,tue=Tuesday,wed=Wednesday" section:"Source"`
	Colour   string       `json:"colour" label:"Colour in the guide" widget:"color" section:"Look"`
	Note     string       `json:"note" label:"Note" help:"Stands in the log." widget:"textarea" section:"Look"`
	Rules    []Rule       `json:"rules" label:"Rules" help:"The first one that fits counts." section:"Rules"`
	Delivery Delivery     `json:"delivery" label:"Tell somebody" section:"Rules"`
}

// Rule is a row of a table.
type Rule struct {
	Pattern string `json:"pattern" label:"Pattern" widget:"regex" required:"true"`
	Keep    bool   `json:"keep" label:"Keep"`
	Days    int    `json:"days" label:"Days" min:"1" max:"14"`
}

// Delivery is a section in a section.
type Delivery struct {
	To    string     `json:"to" label:"Address"`
	Token sdk.Secret `json:"token" label:"Token"`
}

// Params are asked for before a run.
type Params struct {
	Count int    `json:"count" label:"How many steps" min:"1" max:"1000" required:"true"`
	Group string `json:"group" label:"Channel group" widget:"group"`
}

func slow(ctx *sdk.Context, _ Settings, p Params) (sdk.Result, error) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for i := 0; i < p.Count; i++ {
		ctx.Progress(i+1, p.Count, fmt.Sprintf("Channel %d", i+1))
		ctx.Log.Info("looked at a channel", "number", i+1)
		select {
		case <-ctx.Done():
			return sdk.Result{}, ctx.Err()
		case <-tick.C:
		}
	}
	return sdk.OK("%d channels looked at", p.Count).With("processed", p.Count).With("changed", []map[string]any{
		{"channel": "News One", "before": "-", "after": "news.one", "sure": 0.97},
		{"channel": "Sport 2", "before": "sport", "after": "sport.two", "sure": 0.91},
	}), nil
}

func quick(ctx *sdk.Context, s Settings) (sdk.Result, error) {
	ctx.Log.Info("checked", "mode", s.Mode, "limit", s.Limit)
	ctx.Log.Warn("two channels have no guide", "channels", 2)
	return sdk.OK("All is well in mode %s", s.Mode).With("channels", 128).With("missing", []map[string]any{
		{"channel": "News One", "group": "News", "since": "2026-11-01"},
		{"channel": "Sport 2", "group": "Sport", "since": "2026-11-19"},
	}), nil
}

func refuse(*sdk.Context, Settings) (sdk.Result, error) {
	return sdk.Failed("The provider does not answer").With("error", "timeout after 10s"), nil
}

func fail(*sdk.Context, Settings) (sdk.Result, error) {
	return sdk.Result{}, errors.New("the guide has no channels: look at its address")
}

func main() {
	sdk.Serve(sdk.Plugin{
		Name:        "Guide Doctor",
		Version:     "1.4.0",
		Author:      "Ada Example",
		HelpURL:     "https://guide.example/doctor",
		Description: "Finds channels without a guide, names the guide that fits them best, and keeps them in order while you sleep.",
		Settings: Settings{
			About: "Compares the names of your channels with those of the guide.", Enabled: true, Limit: 20, Ratio: 0.8,
			Mode: "safe", Workers: 2, Every: sdk.Duration(6 * time.Hour), When: "0 4 * * *", Days: []string{"mon"}, Colour: "#3b5bdb",
			Skip: []string{"Test", "Barker"}, Rules: []Rule{{Pattern: "^News", Keep: true, Days: 7}},
		},
		Actions: []sdk.Action{
			{ID: "check", Label: "Check the guide", Description: "Says which channels have no guide. Changes nothing.", Run: sdk.Handle(quick), Events: []string{"epg_refresh", "m3u_refresh"}},
			{
				ID: "repair", Label: "Repair the guide", Description: "Gives channels without a guide the one that fits best.", ButtonLabel: "Repair", ButtonColor: "orange",
				Confirm: &sdk.Confirm{Title: "Repair the guide now?", Message: "Channels without a guide get the one that fits best."}, Run: sdk.HandleParams(slow),
			},
			{ID: "refuse", Label: "Ask the provider", Description: "Asks the provider for its list.", ButtonVariant: "light", Run: sdk.Handle(refuse)},
			{ID: "fail", Label: "Read the guide", Description: "Reads the whole guide again.", ButtonVariant: "outline", ButtonColor: "red", Run: sdk.Handle(fail)},
		},
	})
}
