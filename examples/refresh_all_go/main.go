// A plugin that has every playlist and every guide refreshed.
package main

import "github.com/pluggarr/pluggarr/sdk"

// Settings is the form on the plugin's page.
type Settings struct {
	Confirm bool `json:"confirm" label:"Require confirmation" help:"If enabled, the UI should ask before running."`
}

// refreshAll queues the refreshes all at once: when one cannot be queued, none
// is. They run one after the other, and go on when the host is started anew.
func refreshAll(ctx *sdk.Context, _ Settings) (sdk.Result, error) {
	var accounts, sources int
	err := ctx.Host.Tx(ctx, func(tx *sdk.Host) error {
		var err error
		if accounts, err = tx.M3U.RefreshAll(ctx); err != nil {
			return err
		}
		sources, err = tx.EPG.RefreshAll(ctx)
		return err
	})
	if err != nil {
		return sdk.Result{}, err
	}
	ctx.Log.Info("queued", "accounts", accounts, "sources", sources)
	return sdk.OK("Refresh jobs queued").With("status", "queued"), nil
}

func plugin() sdk.Plugin {
	return sdk.Plugin{
		Name:        "Refresh All Sources",
		Version:     "1.0.0",
		Description: "Force refresh all M3U accounts and EPG sources.",
		Settings:    Settings{Confirm: true},
		Actions: []sdk.Action{{
			ID: "refresh_all", Label: "Refresh All M3Us and EPGs",
			Description: "Queues background refresh for all active M3U accounts and EPG sources.",
			Run:         sdk.Handle(refreshAll),
		}},
	}
}

func main() { sdk.Serve(plugin()) }
