// A plugin with a mistake.
package main

import "github.com/pluggarr/pluggarr/sdk"

func greet(ctx *sdk.Context, _ struct{}) (sdk.Result, error) {
	ctx.Log.Info("hello")
	return sdk.OK("Hello, %s!", nmae), nil
}

func main() {
	sdk.Serve(sdk.Plugin{
		Name:        "Half Done",
		Version:     "0.1.0",
		Author:      "Ada Example",
		Description: "Somebody is still writing it.",
		Actions:     []sdk.Action{{ID: "greet", Label: "Greet", Run: sdk.Handle(greet)}},
	})
}
