// A plugin with one setting and one action.
package main

import "github.com/pluggarr/pluggarr/sdk"

// Settings is the form on the plugin's page.
type Settings struct {
	Name string `json:"name" label:"Name" help:"Whom to greet." required:"true"`
}

func greet(ctx *sdk.Context, s Settings) (sdk.Result, error) {
	ctx.Log.Info("greeting", "name", s.Name)
	return sdk.OK("Hello, %s!", s.Name), nil
}

func plugin() sdk.Plugin {
	return sdk.Plugin{
		Name:        "Hello",
		Version:     "1.0.0",
		Description: "Greets somebody.",
		Settings:    Settings{Name: "world"},
		Actions:     []sdk.Action{{ID: "greet", Label: "Greet", Run: sdk.Handle(greet)}},
	}
}

func main() { sdk.Serve(plugin()) }
