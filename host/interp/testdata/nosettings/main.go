package main

import "github.com/pluggarr/pluggarr/sdk"

func main() {
	sdk.Serve(sdk.Plugin{Name: "None", Actions: []sdk.Action{{
		ID: "run", Label: "Run",
		Run: sdk.Handle(func(ctx *sdk.Context, _ struct{}) (sdk.Result, error) { return sdk.OK(""), nil }),
	}}})
}
