package main

import "github.com/pluggarr/pluggarr/sdk"

type Settings struct{}

func noop(*sdk.Context, Settings) (sdk.Result, error) { return sdk.OK("version 22"), nil }

func main() {
	sdk.Serve(sdk.Plugin{Name: "Edit", Actions: []sdk.Action{{ID: "noop", Label: "Noop", Run: sdk.Handle(noop)}}})
}
