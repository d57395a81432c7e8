package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/pluggarr/pluggarr/examples/sample"
)

// The account and the source with made-up channels.
const (
	sampleAccount = "Sample"
	sampleSource  = "Sample guide"
)

func newSample() *cobra.Command {
	patience := time.Duration(0)
	cmd := &cobra.Command{
		Use:   "sample",
		Short: "Load a made-up lineup to try things with",
		Long: `Writes a made-up playlist and a guide for the days around now into the data folder,
and loads them into the host that uses it: as account "Sample" and source "Sample
guide", with a channel for every stream. Again, it brings the guide up to date and
leaves the rest as it is. "pluggarr m3u delete Sample" and "pluggarr epg delete
'Sample guide'" take them away; the channels stay.`,
		Example: "  pluggarr sample\n  pluggarr sample --host-wait 1m",
		Args:    takes(0, 0, "no arguments"),
	}
	cmd.Flags().DurationVar(&patience, "host-wait", 0, "how long to wait for a host that is not there yet")
	cfg := &config{}
	cfg.attach(cmd, dataFlags()...)
	cmd.ValidArgsFunction = cobra.NoFileCompletions
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := awaitHost(cmd.Context(), cfg, patience)
		if err != nil {
			return err
		}
		return loadSample(cmd, c, filepath.Join(cfg.data, "files", "sample"))
	}
	return cmd
}

// awaitHost connects with the host of the data folder once it answers.
func awaitHost(ctx context.Context, cfg *config, patience time.Duration) (*client, error) {
	ctx, cancel := context.WithTimeout(ctx, patience+10*time.Second)
	defer cancel()
	late := time.After(patience)
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	for {
		c, err := connect(cfg)
		if err == nil {
			_, _, _, err = readPage[source](ctx, c, accountsPath, url.Values{})
		}
		if err == nil {
			return c, nil
		}
		select {
		case <-late:
			return nil, err
		case <-ctx.Done():
			return nil, err
		case <-again.C:
		}
	}
}

// loadSample writes playlist and guide into the folder dir and makes channels of them.
func loadSample(cmd *cobra.Command, c *client, dir string) error {
	playlist, guide := filepath.Join(dir, "playlist.m3u"), filepath.Join(dir, "guide.xml")
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // plugins, which may be somebody else's processes, read what is in files
		return fmt.Errorf("make the folder of the sample: %w", err)
	}
	err := writeSample(playlist, sample.Playlist)
	if err == nil {
		err = writeSample(guide, func(w io.Writer) error { return sample.Guide(w, time.Now()) })
	}
	if err != nil {
		return err
	}
	account, fresh, err := m3uKind().ensure(cmd.Context(), c, map[string]any{"name": sampleAccount, "file_path": playlist})
	if err != nil {
		return err
	}
	from, _, err := epgKind().ensure(cmd.Context(), c, map[string]any{"name": sampleSource, "file_path": guide})
	if err != nil {
		return err
	}
	how := following{wait: true}
	if !fresh {
		return epgKind().follow(cmd, c, from, how)
	}
	// The groups come with the first refresh, the channels with the second, and
	// programmes only for channels that are there.
	return errors.Join(
		m3uKind().follow(cmd, c, account, how), makeChannels(cmd.Context(), c, account.ID), epgKind().follow(cmd, c, from, how),
		m3uKind().follow(cmd, c, account, how), epgKind().follow(cmd, c, from, how),
	)
}

// writeSample writes a file, which is there as a whole or not at all.
func writeSample(path string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", b.Bytes(), 0o644); err != nil { //nolint:gosec // as with the folder
		return fmt.Errorf("write the sample: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("write the sample: %w", err)
	}
	return nil
}

// ensure finds an account or source by the name in body, or makes it.
func (k kind) ensure(ctx context.Context, c *client, body map[string]any) (row source, fresh bool, err error) {
	rows, _, _, err := readPage[source](ctx, c, k.path, url.Values{"name": {fmt.Sprint(body["name"])}})
	if err != nil {
		return source{}, false, err
	}
	if len(rows) > 0 {
		return rows[0], false, nil
	}
	raw, err := c.change(ctx, http.MethodPost, k.path, body)
	if err != nil {
		return source{}, false, err
	}
	if err := json.Unmarshal(raw, &row); err != nil {
		return source{}, false, fmt.Errorf("read the %s: %w", k.noun, err)
	}
	return row, true, nil
}

// makeChannels has the host make a channel of each stream, each group from a
// hundred of its own on.
func makeChannels(ctx context.Context, c *client, account int64) error {
	type group struct {
		ID   int64  `json:"id"`
		Name string `json:"name"`
	}
	path := fmt.Sprintf("%s%d/groups/", accountsPath, account)
	groups, _, _, err := readPage[group](ctx, c, path, url.Values{})
	for _, g := range groups {
		at := slices.Index(sample.Groups(), g.Name)
		if err != nil || at < 0 {
			continue
		}
		_, err = c.change(ctx, http.MethodPatch, fmt.Sprintf("%s%d/", path, g.ID),
			map[string]any{"auto_channel_sync": true, "auto_sync_channel_start": 100 * (at + 1)})
	}
	return err
}
