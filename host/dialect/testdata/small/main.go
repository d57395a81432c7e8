// Counts things, as small as a plugin gets.
package main

import (
	"strings"

	"github.com/pluggarr/pluggarr/sdk"
)

// Settings are the counter's settings.
type Settings struct {
	Enabled bool   `json:"enabled" label:"Enabled"`
	Limit   int    `json:"limit" label:"Item limit" min:"1" max:"500"`
	Mode    string `json:"mode" label:"Mode" options:"safe=Safe,fast=Fast"`
}

// Params are asked for before a run.
type Params struct {
	Text string `json:"text" label:"Text"`
}

func count(ctx *sdk.Context, s Settings, p Params) (sdk.Result, error) {
	words := strings.Fields(p.Text)
	if len(words) > s.Limit {
		words = words[:s.Limit]
	}
	ctx.Log.Info("counted", "words", len(words), "mode", s.Mode)
	return sdk.OK("%d words", len(words)).With("words", words), nil
}

func main() {
	sdk.Serve(sdk.Plugin{
		Name:     "Small",
		Version:  "0.1.0",
		Settings: Settings{Enabled: true, Limit: 5, Mode: "safe"},
		Actions: []sdk.Action{{
			ID: "count", Label: "Count words", Run: sdk.HandleParams(count),
		}},
	})
}
