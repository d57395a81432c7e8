package main

import "github.com/pluggarr/pluggarr/sdk"

func say(*sdk.Context, struct{}) (sdk.Result, error) { return sdk.OK("said"), nil }

func plugin() sdk.Plugin {
	return sdk.Plugin{Name: "Tested", Actions: []sdk.Action{{ID: "say", Label: "Say", Run: sdk.Handle(say)}}}
}

func main() { sdk.Serve(plugin()) }
