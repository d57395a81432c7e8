// Command noop is a plugin whose only action does nothing.
package main

import "github.com/pluggarr/pluggarr/sdk"

type Settings struct {
	Limit int    `json:"limit" label:"Item limit" min:"1" max:"500"`
	Mode  string `json:"mode" label:"Mode" options:"safe=Safe,fast=Fast"`
}

func noop(_ *sdk.Context, _ Settings) (sdk.Result, error) { return sdk.Result{}, nil }

func main() {
	sdk.Serve(sdk.Plugin{
		Name:     "Noop",
		Settings: Settings{Limit: 5, Mode: "safe"},
		Actions:  []sdk.Action{{ID: "noop", Label: "Noop", Run: sdk.Handle(noop)}},
	})
}
