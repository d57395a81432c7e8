package registry

import (
	"context"
	"encoding/json"
	"strings"
	"unicode"

	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk"
)

// Entry is a plugin as the API lists it. The keys up to Deprecated are those
// of Dispatcharr, in its order; what follows is ours.
type Entry struct {
	Key                          string            `json:"key"`                             // names the plugin
	Name                         string            `json:"name"`                            // for users
	Version                      string            `json:"version"`                         // may be ""
	Description                  string            `json:"description"`                     // may be ""
	Author                       string            `json:"author"`                          // may be ""
	HelpURL                      string            `json:"help_url"`                        // may be ""
	Enabled                      bool              `json:"enabled"`                         // switched on
	EverEnabled                  bool              `json:"ever_enabled"`                    // was switched on at some time
	Fields                       json.RawMessage   `json:"fields"`                          // an array: the settings as Dispatcharr's page knows them
	Settings                     json.RawMessage   `json:"settings"`                        // the saved values without secrets; nil where the reader may not see them
	Actions                      []settings.Action `json:"actions"`                         // in the order of the buttons
	Missing                      bool              `json:"missing"`                         // its folder is gone
	Trusted                      bool              `json:"trusted"`                         // enabled now or before
	Loaded                       bool              `json:"loaded"`                          // a call can be expected to work
	Legacy                       bool              `json:"legacy"`                          // it has no plugin.json that can be read
	LogoURL                      *string           `json:"logo_url"`                        // absolute; null without a logo. Filled in by package web
	SourceRepo                   *int64            `json:"source_repo"`                     // the repository it came from; null for none
	SourceRepoName               *string           `json:"source_repo_name"`                // its name; null for none
	IsOfficialRepo               bool              `json:"is_official_repo"`                // of that repository
	Slug                         string            `json:"slug"`                            // its name there; "" for none
	IsManaged                    bool              `json:"is_managed"`                      // it came from a repository
	InstalledVersionIsPrerelease bool              `json:"installed_version_is_prerelease"` // so said the repository
	UpdateAvailable              bool              `json:"update_available"`                // the repository has another version
	LatestVersion                string            `json:"latest_version"`                  // there; "" when unknown
	Deprecated                   bool              `json:"deprecated"`                      // so said the repository

	State        State                 `json:"state"`           // where it is in its life
	Runtime      string                `json:"runtime"`         // "go", "python" or "executable"; "" when unknown
	Engine       string                `json:"engine"`          // what runs it: "interpreted", "compiled" or "python"; "" when unknown
	EngineWish   string                `json:"engine_wish"`     // what was wished: "auto", "interpreted" or "compiled"
	EngineReason string                `json:"engine_reason"`   // why it runs on what it runs on, one clause; may be ""
	Error        *Failure              `json:"error"`           // why it cannot run, or why its last edit does not; null for nothing
	Warnings     []string              `json:"warnings"`        // what was left out or looks wrong, one sentence each
	Schema       json.RawMessage       `json:"schema"`          // JSON Schema of the settings
	Secrets      map[string]bool       `json:"secrets"`         // for each secret whether it is set; nil where the reader may not see it
	Unfit        []settings.FieldError `json:"settings_errors"` // saved values that the form no longer takes; nil where the reader may not see them
	Logo         bool                  `json:"-"`               // the folder holds a logo
	Dir          string                `json:"-"`               // the folder's absolute path; "" when missing
}

// Entries lists all plugins: those with a folder by its name, then the others.
func (r *Registry) Entries(context.Context) []Entry {
	plugins := r.all()
	entries := make([]Entry, len(plugins))
	for i, p := range plugins {
		entries[i] = r.entry(p)
	}
	return entries
}

// Entry returns one plugin, or ErrNotFound.
func (r *Registry) Entry(_ context.Context, key string) (Entry, error) {
	p, err := r.plugin(key)
	if err != nil {
		return Entry{}, err
	}
	return r.entry(p), nil
}

func (r *Registry) entry(p *plugin) Entry {
	p.mu.Lock()
	e := p.summary()
	p.mu.Unlock()
	f := p.currentForms()
	e.Fields, e.Schema, e.Actions = f.settings.Fields(), f.settings.Schema(), f.actions
	if e.Actions == nil {
		e.Actions = []settings.Action{}
	}
	e.Warnings = append(e.Warnings, f.warnings...)
	if e.Warnings == nil {
		e.Warnings = []string{}
	}
	stored, lost := r.stored(p, f)
	e.Settings, e.Secrets = f.settings.Public(stored)
	e.Unfit = append(lost, f.settings.Unfit(stored)...)
	return e
}

// summary is what is known without the forms. The caller holds p.mu.
func (p *plugin) summary() Entry {
	d := p.listed()
	return Entry{
		Key: p.key, Name: visible(d.Name), Version: visible(d.Version), Description: visible(d.Description), Author: visible(d.Author), HelpURL: d.HelpURL,
		Enabled: p.row.Enabled, EverEnabled: p.row.EverEnabled,
		Missing: p.state == Missing, Trusted: p.row.Enabled || p.row.EverEnabled,
		Loaded: p.row.Enabled && p.state.loaded(), Legacy: p.state != Missing && p.found.Manifest == nil,
		Slug: p.row.Slug, Deprecated: p.row.Deprecated, InstalledVersionIsPrerelease: p.row.InstalledVersionIsPrerelease,
		State: p.state, Runtime: p.found.Runtime, Engine: p.engine(), EngineWish: p.wish(), EngineReason: p.why,
		Error: p.trouble(), Warnings: append([]string{}, p.found.Warnings...),
		Logo: p.found.Logo, Dir: p.found.Dir,
	}
}

// trouble is what is wrong with p: that its folder is gone, else what is wrong
// with what runs or should run, else with what was read.
func (p *plugin) trouble() *Failure {
	switch {
	case p.state == Missing:
		return &Failure{
			Message: "its folder is gone from the plugins folder", Fault: store.FaultUser,
			Hint: "Put it back or import the plugin again, which keeps its settings; or delete the plugin, which forgets them.",
		}
	case p.failure != nil:
		return p.failure
	}
	return p.read.failure
}

// listed is how p is described: by what serves, else by its folder, else by
// what is kept of it.
func (p *plugin) listed() sdk.Description {
	switch {
	case p.live != nil:
		return p.live.said
	case p.found.Dir != "":
		return p.read.Description
	}
	return sdk.Description{Name: p.row.Name, Version: p.row.Version, Description: p.row.Description}
}

// visible is a text of a plugin's without the characters that turn the order of
// others around, as U+202E does: what is read is then what stands there.
// https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069' {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
