package main

import (
	"fmt"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"
)

func newChannels() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "channels",
		Short:   "List the channels",
		Long:    "Lists the channels of the lineup.",
		Example: "  pluggarr channels list --group News",
		Args:    takes(0, 0, "the command list"),
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newChannelsList())
	return cmd
}

func newChannelsList() *cobra.Command {
	asJSON, group, search := false, "", ""
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the channels",
		Long:  "Lists the channels in the order of their numbers, 1,000 at most.",
		Example: `  pluggarr channels list
  pluggarr channels list --group News --search hd
  pluggarr channels list --json`,
		Args: takes(0, 0, "no arguments"),
	}
	jsonFlag(cmd, &asJSON)
	cmd.Flags().StringVar(&group, "group", "", "only channels of the group by this name")
	cmd.Flags().StringVar(&search, "search", "", "only channels whose name or guide's id holds this text")
	return remote(cmd, func(cmd *cobra.Command, c *client, _ []string) error {
		query := url.Values{}
		for name, word := range map[string]string{"channel_group": group, "search": search} {
			if word != "" {
				query.Set(name, word)
			}
		}
		return listChannels(cmd, c, query, asJSON)
	})
}

// listChannels prints the channels that a query asks for.
func listChannels(cmd *cobra.Command, c *client, query url.Values, asJSON bool) error {
	type channel struct {
		ID      int64    `json:"id"`
		Number  *float64 `json:"channel_number"`
		Name    string   `json:"name"`
		TvgID   *string  `json:"tvg_id"`
		GroupID *int64   `json:"channel_group_id"`
		Streams []int64  `json:"streams"`
	}
	channels, count, raw, err := readPage[channel](cmd.Context(), c, channelsPath, query)
	if asJSON || err != nil {
		return answer(cmd, asJSON, raw, err)
	}
	groups, _, _, err := readPage[source](cmd.Context(), c, "/channels/groups/", url.Values{})
	if err != nil {
		return err
	}
	names := map[int64]string{}
	for _, group := range groups {
		names[group.ID] = group.Name
	}
	rows := [][]string{{"NUMBER", "NAME", "GROUP", "GUIDE", "STREAMS", "ID"}}
	for _, ch := range channels {
		number, guide, group := "", "", ""
		if ch.Number != nil {
			number = strconv.FormatFloat(*ch.Number, 'f', -1, 64)
		}
		if ch.TvgID != nil {
			guide = *ch.TvgID
		}
		if ch.GroupID != nil {
			group = names[*ch.GroupID]
		}
		rows = append(rows, []string{
			number, firstLine(ch.Name), firstLine(group), firstLine(guide), strconv.Itoa(len(ch.Streams)), strconv.FormatInt(ch.ID, 10),
		})
	}
	if len(channels) == 0 {
		fmt.Fprintln(cmd.ErrOrStderr(), "no channels")
		return nil
	}
	if len(channels) < count {
		fmt.Fprintf(cmd.ErrOrStderr(), "%d of %d channels\n", len(channels), count)
	}
	return writeTable(cmd.OutOrStdout(), rows)
}
