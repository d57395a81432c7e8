// A plugin that uses its host: it reads streams, renames channels, and dies in
// the middle of a transaction.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/batch"
	"github.com/pluggarr/pluggarr/sdk/match"
)

// Params say how much.
type Params struct {
	Count int `json:"count" label:"Count"`
}

func read(ctx *sdk.Context, _ struct{}) (sdk.Result, error) {
	streams, err := ctx.Host.Streams.List(ctx, sdk.StreamFilter{Stale: sdk.No})
	if err != nil {
		return sdk.Result{}, err
	}
	return sdk.OK("").With("streams", len(streams)).With("last", streams[len(streams)-1].Name), nil
}

func pages(ctx *sdk.Context, _ struct{}) (sdk.Result, error) {
	n := 0
	err := ctx.Host.Streams.Each(ctx, sdk.StreamFilter{}, func(page []sdk.Stream) error {
		n += len(page)
		return nil
	})
	return sdk.OK("").With("streams", n), err
}

func rename(ctx *sdk.Context, _ struct{}, p Params) (sdk.Result, error) {
	channels, err := ctx.Host.Channels.List(ctx, sdk.ChannelFilter{Limit: p.Count})
	if err != nil {
		return sdk.Result{}, err
	}
	for i, channel := range channels {
		channel.Name = fmt.Sprintf("Renamed %d", i)
		channels[i] = channel
	}
	err = ctx.Host.Tx(ctx, func(tx *sdk.Host) error {
		ctx.Log.Info("renaming", "channels", len(channels))
		ctx.Progress(0, len(channels), "renaming")
		if err := ctx.Host.Storage.Set(ctx, "renamed", len(channels)); err != nil {
			return err
		}
		return tx.Channels.UpdateMany(ctx, channels, "name")
	})
	return sdk.OK("").With("renamed", len(channels)), err
}

func die(ctx *sdk.Context, _ struct{}) (sdk.Result, error) {
	err := ctx.Host.Tx(ctx, func(tx *sdk.Host) error {
		if _, err := tx.Channels.Create(ctx, sdk.Channel{Name: "half"}); err != nil {
			return err
		}
		os.Exit(3)
		return nil
	})
	return sdk.Result{}, err
}

func missing(ctx *sdk.Context, _ struct{}) (sdk.Result, error) {
	_, err := ctx.Host.Channels.Get(ctx, 999999)
	if !errors.Is(err, sdk.ErrNotFound) {
		return sdk.Result{}, fmt.Errorf("a channel that is not there: %v", err)
	}
	return sdk.OK("%v", err), nil
}

// Own is a row of the plugin's own.
type Own struct {
	Name string
	At   int
}

func compare(ctx *sdk.Context, _ struct{}) (sdk.Result, error) {
	channels, err := ctx.Host.Channels.List(ctx, sdk.ChannelFilter{})
	if err != nil {
		return sdk.Result{}, err
	}
	if err := batch.Sort(channels, "-Name"); err != nil {
		return sdk.Result{}, err
	}
	names, err := batch.Texts(channels, "Name")
	if err != nil {
		return sdk.Result{}, err
	}
	own := []Own{{"b", 2}, {"a", 3}, {"b", 1}}
	if err := batch.Sort(own, "Name", "At"); err != nil {
		return sdk.Result{}, err
	}
	found, _ := match.NewIndex(names).Best("UK: channel 12 HD", 0.8)
	return sdk.OK("").With("first", names[0]).With("found", found.Name).With("own", fmt.Sprint(own)), nil
}

func override(ctx *sdk.Context, _ struct{}) (sdk.Result, error) {
	channels, err := ctx.Host.Channels.List(ctx, sdk.ChannelFilter{Limit: 1})
	if err != nil {
		return sdk.Result{}, err
	}
	if err := ctx.Host.Channels.SetOverrides(ctx, sdk.ChannelOverride{ChannelID: channels[0].ID, Name: "By hand"}); err != nil {
		return sdk.Result{}, err
	}
	seen, err := ctx.Host.Channels.Get(ctx, channels[0].ID)
	if err != nil {
		return sdk.Result{}, err
	}
	before := channels[0].Override == nil
	return sdk.OK("%s", seen.Effective().Name).With("own", seen.Name == channels[0].Name).With("before", before), nil
}

func main() {
	sdk.Serve(sdk.Plugin{
		Name: "Lineup",
		Actions: []sdk.Action{
			{ID: "read", Label: "Read", Run: sdk.Handle(read)},
			{ID: "pages", Label: "Pages", Run: sdk.Handle(pages)},
			{ID: "rename", Label: "Rename", Run: sdk.HandleParams(rename)},
			{ID: "die", Label: "Die", Run: sdk.Handle(die)},
			{ID: "compare", Label: "Compare", Run: sdk.Handle(compare)},
			{ID: "override", Label: "Override", Run: sdk.Handle(override)},
			{ID: "missing", Label: "Missing", Run: sdk.Handle(missing)},
		},
	})
}
