package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/pluggarr/pluggarr/host/store"
)

// maxAnswer is how much is read of an answer that is no list of streams.
const maxAnswer = 16 << 20

// xtream is a provider with the player_api of Xtream Codes servers.
type xtream struct {
	run      *m3uRun
	source   Source
	login    login
	profiles []store.M3UAccountProfile
	streams  *Content
	found    []store.FoundGroup
}

func newXtream(r *m3uRun, source Source) (provider, error) {
	if err := checkURL(source.URL); err != nil {
		return nil, err
	}
	if r.setup.Account.Username == "" || r.setup.Account.Password == "" {
		return nil, &Failure{Message: "the account has no user name or no password", Next: "give both", Fault: FaultUser}
	}
	server, err := url.Parse(source.URL)
	if err != nil {
		return nil, fmt.Errorf("read the address: %w", bare(err))
	}
	path := strings.TrimRight(server.Path, "/")
	for _, script := range []string{"/player_api.php", "/get.php", "/xmltv.php", "/panel_api.php"} {
		path = strings.TrimSuffix(path, script)
	}
	server = &url.URL{Scheme: server.Scheme, User: server.User, Host: server.Host, Path: path}
	return &xtream{run: r, source: source, login: login{server, r.setup.Account.Username, r.setup.Account.Password}}, nil
}

// api is the source of one answer of the server.
func (x *xtream) api(action string) Source {
	source := x.source
	source.Name += "-" + action
	source.URL = x.login.api(action)
	return source
}

// fetch logs in, keeps what the server says of the login, and brings the
// categories and the streams.
func (x *xtream) fetch(ctx context.Context, report func(Transfer)) error {
	if err := x.logIn(ctx); err != nil {
		return err
	}
	if err := x.logInOthers(ctx); err != nil {
		return err
	}
	var categories []struct {
		ID   scalar `json:"category_id"`
		Name scalar `json:"category_name"`
	}
	if err := x.ask(ctx, x.api("get_live_categories"), &categories); err != nil {
		return err
	}
	x.found = []store.FoundGroup{{Name: defaultGroup}}
	names := map[string]bool{defaultGroup: true}
	for _, category := range categories {
		if name := category.Name.text; name != "" && !names[name] {
			names[name] = true
			x.found = append(x.found, store.FoundGroup{Name: name, XCID: category.ID.text})
		}
	}
	source := x.api("get_live_streams")
	source.Report = report
	var err error
	x.streams, err = x.run.fetch.Fetch(ctx, source)
	return err
}

// ask decodes a short answer of the server.
func (x *xtream) ask(ctx context.Context, source Source, to any) error {
	content, err := x.run.fetch.Fetch(ctx, source)
	if err != nil {
		return err
	}
	reader, err := content.Open()
	if err != nil {
		return err
	}
	defer func() { _ = reader.Close() }() // it was only read
	decoder := json.NewDecoder(io.LimitReader(reader, maxAnswer))
	decoder.UseNumber()
	if err := decoder.Decode(to); err != nil {
		return x.odd(err)
	}
	return nil
}

// odd is the failure of an answer that cannot be read.
func (x *xtream) odd(err error) error {
	if failure, ok := errors.AsType[*Failure](err); ok {
		return failure
	}
	why := err
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		why = fmt.Errorf("a JSON %s in the wrong place", kind.Value)
	}
	return &Failure{
		Message: fmt.Sprintf("%s does not answer as an Xtream Codes server (%v)", x.login.server.Host, why),
		Next:    "check the address, or use the provider's M3U address instead", Fault: FaultSource, Cause: err,
	}
}

func (x *xtream) groups(ctx context.Context) ([]store.FoundGroup, int, error) {
	total := 0
	err := x.scan(ctx, func(decoder *json.Decoder) error {
		var stream struct {
			ID scalar `json:"stream_id"`
		}
		if total++; total > maxEntries {
			return tooMany()
		}
		return decoder.Decode(&stream)
	})
	if err != nil {
		return nil, 0, err
	}
	if total == 0 {
		return nil, 0, &Failure{
			Message: x.login.server.Host + " has no live streams for this account", Next: "check that the account is still valid", Fault: FaultSource,
		}
	}
	return x.found, total, nil
}

func (x *xtream) each(ctx context.Context, groups []store.AccountGroup, do func(*entry) error) error {
	names := map[string]string{}
	for _, group := range groups {
		options := struct {
			XCID scalar `json:"xc_id"`
		}{}
		decode(group.CustomProperties, &options)
		if group.Enabled && options.XCID.text != "" {
			names[options.XCID.text] = group.Name
		}
	}
	var all entries
	return x.scan(ctx, func(decoder *json.Decoder) error {
		stream := map[string]scalar{}
		if err := decoder.Decode(&stream); err != nil {
			return err //nolint:wrapcheck // scan says what it was
		}
		return do(x.entry(&all, stream, names[stream["category_id"].text]))
	})
}

// entry is the entry of one stream of the server. An entry without a group is
// left out.
func (x *xtream) entry(all *entries, stream map[string]scalar, group string) *entry {
	account := &x.run.setup.Account
	id := stream["stream_id"].text
	name := stream["name"].text
	if strings.TrimSpace(name) == "" {
		name = fmt.Sprintf("%s - %s", account.Name, id)
	}
	all.members = all.members[:0]
	for key, value := range stream {
		switch key {
		case "epg_channel_id":
			key = "tvg-id"
		case "stream_icon":
			key = "tvg-logo"
		case "stream_id", "num", "category_id", "is_adult":
			all.members = append(all.members, member{key: key, raw: value.json})
			continue
		}
		all.members = append(all.members, member{key: key, value: value.text})
	}
	if id == "" {
		group = ""
	}
	all.fill(facts{
		name: name, url: x.login.stream(id),
		group: group, tvgID: stream["epg_channel_id"].text, logo: stream["stream_icon"].text, number: stream["num"].text,
		archive: stream["tv_archive"].text, archiveDays: stream["tv_archive_duration"].text, adult: stream["is_adult"].text, id: id,
	})
	return &all.entry
}

// scan calls do at the start of each element of the list of streams.
func (x *xtream) scan(ctx context.Context, do func(*json.Decoder) error) error {
	reader, err := x.streams.Open()
	if err != nil {
		return err
	}
	defer func() { _ = reader.Close() }() // it was only read
	decoder := json.NewDecoder(reader)
	first, err := decoder.Token()
	if err != nil {
		return x.odd(err)
	}
	if first != json.Delim('[') {
		return x.odd(errors.New("not a list"))
	}
	for n := 0; decoder.More(); n++ {
		if n%chunkRows == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := do(decoder); err != nil {
			if isJSON(err) {
				return x.odd(err)
			}
			return err
		}
	}
	if _, err := decoder.Token(); err != nil {
		return x.odd(err)
	}
	return nil
}

// isJSON says that an error is about what was read, not about what was done with it.
func isJSON(err error) bool {
	_, syntax := errors.AsType[*json.SyntaxError](err)
	_, kind := errors.AsType[*json.UnmarshalTypeError](err)
	return syntax || kind || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}

// scalar is a JSON value of which servers do not agree whether it is a number
// or a text.
type scalar struct {
	text string // "" for null
	json []byte // as it is written here
}

// UnmarshalJSON takes any value.
func (s *scalar) UnmarshalJSON(text []byte) error {
	var value any
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return err //nolint:wrapcheck // what decodes says what it was
	}
	s.json = appendValue(nil, value)
	switch value := value.(type) {
	case nil:
		s.text = ""
	case string:
		s.text = value
	default:
		s.text = string(s.json)
	}
	return nil
}
