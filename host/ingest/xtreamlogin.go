package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/pluggarr/pluggarr/host/store"
)

// login is a server and who logs in there.
type login struct {
	server         *url.URL // without the API's own path
	user, password string
}

// api is the address of an answer of the server; no action is what it says of the login.
func (l login) api(action string) string {
	query := url.Values{"username": {l.user}, "password": {l.password}}
	if action != "" {
		query.Set("action", action)
	}
	address := l.server.JoinPath("player_api.php")
	address.RawQuery = query.Encode()
	return address.String()
}

// stream is the address of a live stream.
func (l login) stream(id string) string {
	return strings.Join([]string{l.server.String(), "live", l.user, l.password, id + ".ts"}, "/")
}

// as is the login that a profile makes of this one: a profile says by a
// pattern how to change the address of a stream. False when that is no such
// address any more.
func (l login) as(profile *store.M3UAccountProfile) (login, bool) {
	p, err := newPattern("the pattern of a profile", profile.SearchPattern, false)
	if err != nil {
		return login{}, false
	}
	changed, err := p.replace(l.stream("1"), profile.ReplacePattern)
	if err != nil {
		return login{}, false
	}
	before, rest, found := strings.Cut(changed, "/live/")
	part := strings.Split(rest, "/")
	server, err := url.Parse(before)
	if !found || len(part) != 3 || err != nil || checkURL(before) != nil {
		return login{}, false
	}
	return login{server, part[0], part[1]}, true
}

// logIn logs in and keeps what the server says at the account's default profile.
func (x *xtream) logIn(ctx context.Context) error {
	var err error
	if x.profiles, err = x.run.db.Profiles(ctx); err != nil {
		return err
	}
	var first *store.M3UAccountProfile
	if len(x.profiles) > 0 && x.profiles[0].IsDefault {
		first = &x.profiles[0]
	}
	return x.logInAs(ctx, x.login, first)
}

// logInOthers does so for the other profiles. One that cannot log in keeps what
// it has: its streams do not work, the account's do.
func (x *xtream) logInOthers(ctx context.Context) error {
	for i := range x.profiles {
		profile := &x.profiles[i]
		if profile.IsDefault {
			continue
		}
		as, ok := x.login.as(profile)
		if !ok {
			x.run.log.WarnContext(ctx, "a profile's pattern makes no address of an Xtream Codes server", "profile", profile.Name)
			continue
		}
		if err := x.logInAs(ctx, as, profile); err != nil {
			if ctx.Err() != nil {
				return err
			}
			x.run.log.WarnContext(ctx, "a profile cannot log in", "profile", profile.Name, "error", err)
		}
	}
	return nil
}

// logInAs asks the server about a login and keeps the answer at a profile, which may be nil.
func (x *xtream) logInAs(ctx context.Context, as login, profile *store.M3UAccountProfile) error {
	var answer struct {
		User   any `json:"user_info"`
		Server any `json:"server_info"` // PHP writes an empty object as []
	}
	source := x.source
	source.URL = as.api("")
	source.Name += "-login"
	if err := x.ask(ctx, source, &answer); err != nil {
		return err
	}
	user, _ := answer.User.(map[string]any)
	if auth := fmt.Sprint(user["auth"]); user == nil || auth != "1" && auth != "true" {
		return &Failure{
			Message: as.server.Host + " refuses the login", Next: "check the user name and the password", Fault: FaultUser,
		}
	}
	if profile == nil {
		return nil
	}
	now := time.Now().UTC().Format(time.RFC3339)
	properties := map[string]any{
		"user_info": json.RawMessage(appendValue(nil, user)), "server_info": json.RawMessage(appendValue(nil, answer.Server)),
		"last_refresh": now, "auth_timestamp": now,
	}
	var expires time.Time
	if at, err := strconv.ParseFloat(fmt.Sprint(user["exp_date"]), 64); err == nil && at > 0 && at < 1e11 {
		expires = time.Unix(int64(at), 0)
	}
	return x.run.db.SaveLogin(ctx, profile.ID, properties, expires)
}
