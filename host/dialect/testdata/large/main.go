// Looks after an M3U playlist: fetches it, cleans names, finds doubles and
// dead entries, and writes reports. It is as long as plugins of users are.
package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pluggarr/pluggarr/sdk"
)

// Settings are what users set.
type Settings struct {
	About    sdk.Info     `json:"about" label:"About"`
	URL      string       `json:"url" label:"Playlist" widget:"url" required:"true"`
	Token    sdk.Secret   `json:"token" label:"Token"`
	Timeout  sdk.Duration `json:"timeout" label:"Timeout"`
	Workers  int          `json:"workers" label:"Workers" min:"1" max:"32"`
	Patterns []Pattern    `json:"patterns" label:"Patterns"`
	Ignore   []string     `json:"ignore" label:"Ignored groups"`
	Report   struct {
		Format string `json:"format" label:"Format" options:"csv=CSV,json=JSON"`
		Folder string `json:"folder" label:"Folder"`
	} `json:"report" label:"Report" section:"Report"`
}

// Pattern replaces a part of names.
type Pattern struct {
	Find    string `json:"find" label:"Find" widget:"regex"`
	Replace string `json:"replace" label:"Replace"`
}

// CheckParams are asked for before a check.
type CheckParams struct {
	Group string `json:"group" label:"Group" widget:"group"`
	Limit int    `json:"limit" label:"Limit" min:"0"`
}

type entry struct {
	Name  string            `json:"name"`
	URL   string            `json:"url"`
	Attrs map[string]string `json:"attrs,omitempty"`
	Err   string            `json:"error,omitempty"`
}

var errNoPlaylist = errors.New("no playlist is set")

var attribute = regexp.MustCompile(`([a-zA-Z0-9-]+)="([^"]*)"`)

func fetch(ctx context.Context, s Settings) ([]entry, error) {
	if s.URL == "" {
		return nil, errNoPlaylist
	}
	u, err := url.Parse(s.URL)
	if err != nil {
		return nil, fmt.Errorf("read the playlist's address: %w", err)
	}
	if s.Token != "" {
		q := u.Query()
		q.Set("token", string(s.Token))
		u.RawQuery = q.Encode()
	}
	ctx, cancel := context.WithTimeout(ctx, s.Timeout.Std())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch the playlist: %s", resp.Status)
	}
	return parse(resp.Body)
}

func parse(r io.Reader) ([]entry, error) {
	var list []entry
	var next entry
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64*1024), 1024*1024)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		switch {
		case line == "":
		case strings.HasPrefix(line, "#EXTINF:"):
			next = entry{Attrs: map[string]string{}}
			if i := strings.LastIndex(line, ","); i >= 0 {
				next.Name = strings.TrimSpace(line[i+1:])
			}
			for _, m := range attribute.FindAllStringSubmatch(line, -1) {
				next.Attrs[m[1]] = m[2]
			}
		case strings.HasPrefix(line, "#"):
		default:
			next.URL = line
			list = append(list, next)
			next = entry{}
		}
	}
	return list, lines.Err()
}

type cleaner struct {
	rules   []*regexp.Regexp
	replace []string
}

func newCleaner(patterns []Pattern) (*cleaner, error) {
	c := &cleaner{}
	for i, p := range patterns {
		re, err := regexp.Compile(p.Find)
		if err != nil {
			return nil, fmt.Errorf("pattern %d: %w", i+1, err)
		}
		c.rules = append(c.rules, re)
		c.replace = append(c.replace, p.Replace)
	}
	return c, nil
}

func (c *cleaner) clean(name string) string {
	for i, re := range c.rules {
		name = re.ReplaceAllString(name, c.replace[i])
	}
	return strings.Join(strings.Fields(name), " ")
}

func keep(list []entry, s Settings, group string) []entry {
	ignored := map[string]bool{}
	for _, g := range s.Ignore {
		ignored[strings.ToLower(g)] = true
	}
	var kept []entry
	for _, e := range list {
		g := e.Attrs["group-title"]
		if ignored[strings.ToLower(g)] || (group != "" && g != group) {
			continue
		}
		kept = append(kept, e)
	}
	return kept
}

func probe(ctx *sdk.Context, s Settings, list []entry) int {
	jobs := make(chan int)
	var wg sync.WaitGroup
	var mu sync.Mutex
	done, dead := 0, 0
	client := &http.Client{Timeout: s.Timeout.Std()}
	for w := 0; w < s.Workers; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range jobs {
				resp, err := client.Head(list[i].URL)
				if err == nil {
					resp.Body.Close()
				}
				mu.Lock()
				if err != nil {
					list[i].Err = err.Error()
					dead++
				}
				done++
				ctx.Progress(done, len(list), list[i].Name)
				mu.Unlock()
			}
		}()
	}
	for i := range list {
		jobs <- i
	}
	close(jobs)
	wg.Wait()
	return dead
}

func report(s Settings, name string, list []entry) (string, error) {
	file := filepath.Join(s.Report.Folder, name+"."+s.Report.Format)
	f, err := os.Create(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if s.Report.Format == "json" {
		return file, json.NewEncoder(f).Encode(list)
	}
	w := csv.NewWriter(f)
	for i, e := range list {
		if err := w.Write([]string{strconv.Itoa(i + 1), e.Name, e.URL, e.Err}); err != nil {
			return "", err
		}
	}
	w.Flush()
	return file, w.Error()
}

func check(ctx *sdk.Context, s Settings, p CheckParams) (sdk.Result, error) {
	list, err := fetch(ctx, s)
	if err != nil {
		return sdk.Result{}, err
	}
	list = keep(list, s, p.Group)
	if p.Limit > 0 && len(list) > p.Limit {
		list = list[:p.Limit]
	}
	dead := probe(ctx, s, list)
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	file, err := report(s, "check", list)
	if err != nil {
		return sdk.Result{}, err
	}
	ctx.Log.Info("checked", "entries", len(list), "dead", dead)
	return sdk.OK("%d of %d entries do not answer", dead, len(list)).With("report", file), nil
}

func clean(ctx *sdk.Context, s Settings) (sdk.Result, error) {
	c, err := newCleaner(s.Patterns)
	if err != nil {
		return sdk.Failed("%v", err), nil
	}
	names := []string{" HD | News ", "UK: Sport"}
	for i := range names {
		names[i] = c.clean(names[i])
	}
	return sdk.OK("%d names", len(names)).With("names", names), nil
}

func watch(ctx *sdk.Context, s Settings) error {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			ctx.Log.Debug("still here", "url", s.URL)
		}
	}
}

func main() {
	sdk.Serve(sdk.Plugin{
		Name:        "Playlist keeper",
		Version:     "1.4.0",
		Description: "Cleans names, finds entries that do not answer, writes reports.",
		Author:      "Somebody",
		HelpURL:     "https://example.org/playlist-keeper",
		Settings: Settings{
			About: "Checks take a while.", Timeout: sdk.Duration(10 * time.Second), Workers: 4,
			Patterns: []Pattern{{Find: `\s*\|.*$`}, {Find: `^[A-Z]{2}:\s*`}},
			Ignore:   []string{"XXX"},
		},
		Actions: []sdk.Action{
			{
				ID: "check", Label: "Check entries", Description: "Asks every address whether it answers.",
				Confirm:  &sdk.Confirm{Title: "Check all?", Message: "Each entry is asked once."},
				Schedule: "0 4 * * *", Timeout: sdk.Duration(30 * time.Minute), Background: true,
				Run: sdk.HandleParams(check),
			},
			{ID: "clean", Label: "Try the patterns", Run: sdk.Handle(clean), Events: []string{"m3u_refresh"}},
		},
		Start: sdk.Background(watch),
	})
}
