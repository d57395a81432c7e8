package main

import (
	"example.org/dep"
	"example.org/packages/internal/deep"
	"example.org/packages/text"
	"github.com/pluggarr/pluggarr/sdk"
)

var order = deep.Note("main var")

func init() { order = deep.Note("main init") }

func main() {
	sdk.Serve(sdk.Plugin{Name: "Packages", Settings: settings, Version: version, Actions: []sdk.Action{
		{ID: "run", Label: "Run", Run: sdk.Handle(run)},
	}})
}

func run(ctx *sdk.Context, s Settings) (sdk.Result, error) {
	return sdk.OK("%s", text.Upper(s.Text)).With("order", order).With("dep", dep.Double(21)), nil
}
