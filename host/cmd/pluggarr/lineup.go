package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"
)

// Where accounts, sources and channels are in the API.
const (
	accountsPath = "/m3u/accounts/"
	sourcesPath  = "/epg/sources/"
	channelsPath = "/channels/channels/"
)

// source is an account or a source as the command line needs it.
type source struct {
	ID          int64   `json:"id"`
	Name        string  `json:"name"`
	Type        string  `json:"source_type"`  // of a source
	Account     string  `json:"account_type"` // of an account
	Active      bool    `json:"is_active"`
	Locked      bool    `json:"locked"`
	Status      string  `json:"status"`
	LastMessage *string `json:"last_message"`
	Streams     int     `json:"stream_count"`
	Guide       int     `json:"epg_data_count"`
}

// message is the last refresh in a sentence.
func (s source) message() string {
	if s.LastMessage == nil {
		return ""
	}
	return *s.LastMessage
}

// kind is what differs between accounts and sources.
type kind struct {
	word, noun string
	path       string // below api/
	fetched    func(s source) string
	refresh    func(id int64) (path string, body any)
}

func m3uKind() kind {
	return kind{
		word: "m3u", noun: "account", path: accountsPath,
		fetched: func(s source) string { return fmt.Sprintf("%d streams", s.Streams) },
		refresh: func(id int64) (string, any) { return fmt.Sprintf("/m3u/refresh/%d/", id), struct{}{} },
	}
}

func epgKind() kind {
	return kind{
		word: "epg", noun: "source", path: sourcesPath,
		fetched: func(s source) string { return fmt.Sprintf("%d channels", s.Guide) },
		refresh: func(id int64) (string, any) { return "/epg/import/", map[string]int64{"id": id} },
	}
}

// readPage reads the rows of a page of up to 1,000.
func readPage[T any](ctx context.Context, c *client, path string, query url.Values) (rows []T, count int, raw json.RawMessage, err error) {
	query.Set("page_size", "1000")
	raw, err = c.call(ctx, path+"?"+query.Encode(), nil)
	if err != nil {
		return nil, 0, nil, err
	}
	var page struct {
		Count   int `json:"count"`
		Results []T `json:"results"`
	}
	if err := json.Unmarshal(raw, &page); err != nil {
		return nil, 0, nil, fmt.Errorf("read the list: %w", err)
	}
	return page.Results, page.Count, raw, nil
}

// find looks for an account or source by name, or by its number.
func (k kind) find(ctx context.Context, c *client, name string) (source, error) {
	query := url.Values{"name": {name}}
	rows, _, _, err := readPage[source](ctx, c, k.path, query)
	if err != nil {
		return source{}, err
	}
	if len(rows) == 1 {
		return rows[0], nil
	}
	id, err := strconv.ParseInt(name, 10, 64)
	if err != nil {
		return source{}, fmt.Errorf("there is no %s %q: 'pluggarr %s list' names those there are", k.noun, name, k.word)
	}
	raw, err := c.call(ctx, k.path+strconv.FormatInt(id, 10)+"/", nil)
	if err != nil {
		return source{}, err
	}
	var row source
	if err := json.Unmarshal(raw, &row); err != nil {
		return source{}, fmt.Errorf("read the %s: %w", k.noun, err)
	}
	return row, nil
}

// group makes the command that holds the others.
func (k kind) group(short, long, example string, commands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use: k.word, Short: short, Long: long, Example: example,
		Args: takes(0, 0, "one of the commands add, refresh, list and delete"),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(append(commands, k.newList(), k.newRefresh(), k.newDelete())...)
	return cmd
}

func (k kind) newList() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the " + k.noun + "s",
		Long:    "Lists the " + k.noun + "s: what they are, what became of the last refresh, and what it brought.",
		Example: fmt.Sprintf("  pluggarr %s list\n  pluggarr %s list --json", k.word, k.word),
		Args:    takes(0, 0, "no arguments"),
	}
	jsonFlag(cmd, &asJSON)
	return remote(cmd, func(cmd *cobra.Command, c *client, _ []string) error {
		sources, _, raw, err := readPage[source](cmd.Context(), c, k.path, url.Values{})
		if asJSON || err != nil {
			return answer(cmd, asJSON, raw, err)
		}
		rows := [][]string{{"ID", "NAME", "TYPE", "STATUS", "HAS", "LAST REFRESH"}}
		for _, s := range sources {
			rows = append(rows, []string{
				strconv.FormatInt(s.ID, 10), firstLine(s.Name), firstLine(s.Type + s.Account), firstLine(s.Status), k.fetched(s), firstLine(s.message()),
			})
		}
		return writeTable(cmd.OutOrStdout(), rows)
	})
}

func (k kind) newDelete() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "delete NAME...",
		Short:   fmt.Sprintf("Delete %ss with all that came from them", k.noun),
		Long:    fmt.Sprintf("Deletes %ss, by their names or numbers, with all that came from them.", k.noun),
		Example: fmt.Sprintf("  pluggarr %s delete Sample", k.word),
		Args:    takes(1, -1, fmt.Sprintf("the NAME of one %s or more", k.noun)),
	}
	return remote(cmd, func(cmd *cobra.Command, c *client, names []string) error {
		for _, name := range names {
			row, err := k.find(cmd.Context(), c, name)
			if err != nil {
				return err
			}
			_, err = c.change(cmd.Context(), http.MethodDelete, k.path+strconv.FormatInt(row.ID, 10)+"/", nil)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s deleted\n", firstLine(row.Name))
		}
		return nil
	})
}

func (k kind) newRefresh() *cobra.Command {
	asJSON, wait := false, true
	cmd := &cobra.Command{
		Use:   "refresh [NAME...]",
		Short: fmt.Sprintf("Fetch %ss anew", k.noun),
		Long: fmt.Sprintf(`Fetches %ss anew, by their names or numbers, or all that are active, and waits for
the end. Fails when one of them cannot be fetched, and says why.

Ctrl-C ends the waiting; the refresh goes on in the host.`, k.noun),
		Example: fmt.Sprintf("  pluggarr %s refresh\n  pluggarr %s refresh Sample\n  pluggarr %s refresh Sample --wait=false", k.word, k.word, k.word),
		Args:    takes(0, -1, "NAMEs"),
	}
	jsonFlag(cmd, &asJSON)
	cmd.Flags().BoolVar(&wait, "wait", true, "wait for the end")
	return remote(cmd, func(cmd *cobra.Command, c *client, names []string) error {
		rows, err := k.chosen(cmd.Context(), c, names)
		if err != nil {
			return err
		}
		var failure error
		for _, row := range rows {
			if err := k.follow(cmd, c, row, following{wait: wait, asJSON: asJSON}); err != nil {
				failure = tell(cmd, err)
			}
			if cmd.Context().Err() != nil {
				break
			}
		}
		return failure
	})
}

// chosen are the rows by these names, or all that can be refreshed.
func (k kind) chosen(ctx context.Context, c *client, names []string) ([]source, error) {
	var rows []source
	for _, name := range names {
		row, err := k.find(ctx, c, name)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	if len(names) > 0 {
		return rows, nil
	}
	all, _, _, err := readPage[source](ctx, c, k.path, url.Values{"is_active": {"1"}})
	for _, row := range all {
		if !row.Locked && row.Type != "dummy" && row.Type != "schedules_direct" {
			rows = append(rows, row)
		}
	}
	return rows, err
}

// adding are the flags with which accounts and sources are made.
type adding struct {
	name, url, file string
	hours           int
	wait            bool
}

func (a *adding) attach(cmd *cobra.Command, what string) {
	cmd.Flags().StringVar(&a.name, "name", "", "its name (required)")
	cmd.Flags().StringVar(&a.url, "url", "", "the address of the "+what)
	cmd.Flags().StringVar(&a.file, "file", "", "the "+what+" in a file on the host's machine, in place of --url")
	cmd.Flags().IntVar(&a.hours, "refresh-hours", 0, "fetch it anew every so many hours, 0 for never")
	cmd.Flags().BoolVar(&a.wait, "wait", true, "wait until it was fetched")
}

// body says in the API's words what is to be made.
func (a *adding) body(address string) (map[string]any, error) {
	if a.name == "" || (a.url == "") == (a.file == "") {
		return nil, wrongf("give --name, and --url or --file")
	}
	body := map[string]any{"name": a.name, "refresh_interval": a.hours}
	if a.url != "" {
		body[address] = a.url
		return body, nil
	}
	file, err := filepath.Abs(a.file)
	if err != nil {
		return nil, usageError{err}
	}
	body["file_path"] = file
	return body, nil
}

// add makes an account or source and waits for its first refresh.
func (k kind) add(cmd *cobra.Command, c *client, body map[string]any, how following) error {
	raw, err := c.change(cmd.Context(), http.MethodPost, k.path, body)
	if err != nil {
		return answer(cmd, how.asJSON, nil, err)
	}
	var row source
	if err := json.Unmarshal(raw, &row); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if !how.asJSON {
		fmt.Fprintf(cmd.OutOrStdout(), "%s added\n", firstLine(row.Name))
	}
	if !how.wait && how.asJSON {
		return writeJSON(cmd.OutOrStdout(), raw)
	}
	if !how.wait {
		return nil
	}
	return k.follow(cmd, c, row, how)
}
