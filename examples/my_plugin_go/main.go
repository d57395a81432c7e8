// The plugin of ../my_plugin in Go: the same form, the same action, the same
// answers.
package main

import (
	"fmt"

	"github.com/pluggarr/pluggarr/sdk"
)

// Settings is the form on the plugin's page.
type Settings struct {
	Enabled bool   `json:"enabled" label:"Enabled"`
	Limit   int    `json:"limit" label:"Item limit"`
	Mode    string `json:"mode" label:"Mode" options:"safe=Safe,fast=Fast"`
	Note    string `json:"note" label:"Note"`
}

func doWork(ctx *sdk.Context, s Settings) (sdk.Result, error) {
	ctx.Log.Info(fmt.Sprintf("My Plugin running with limit=%d, mode=%s", s.Limit, s.Mode))
	return sdk.Result{}.With("processed", s.Limit).With("mode", s.Mode), nil
}

func plugin() sdk.Plugin {
	return sdk.Plugin{
		Name:        "My Plugin",
		Version:     "0.1.0",
		Description: "Does something useful",
		Settings:    Settings{Enabled: true, Limit: 5, Mode: "safe"},
		Actions: []sdk.Action{
			{ID: "do_work", Label: "Do Work", Description: "Process items", Run: sdk.Handle(doWork)},
		},
	}
}

func main() { sdk.Serve(plugin()) }
