package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"github.com/pluggarr/pluggarr/host"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

const (
	usualURL  = "http://127.0.0.1:9191" // where a host listens unless told otherwise
	maxAnswer = 256 << 20               // the longest answer that is read, in bytes
)

// client talks to a host over REST.
type client struct {
	base *url.URL
	key  string
	http *http.Client
}

// connect finds the host that cfg means. The key of a host on this machine goes
// to that host only.
func connect(cfg *config) (*client, error) {
	address, key := cfg.url, cfg.key
	local, err := host.ReadLocal(cfg.data)
	runs := err == nil && alive(local.Pid)
	if err != nil && !errors.Is(err, fs.ErrNotExist) && (address == "" || key == "") {
		return nil, err
	}
	if address == "" {
		address = usualURL
		if runs {
			address = local.URL
		}
	}
	base, err := readURL(address)
	if err != nil {
		return nil, err
	}
	if key == "" {
		switch {
		case runs && sameHost(local.URL, base):
			key = local.Key
		case cfg.url == "":
			return nil, fmt.Errorf("no host uses the data folder %s: start one with 'pluggarr serve --data %s', "+
				"name another folder with --data, or a host elsewhere with --url and --key", cfg.data, cfg.data)
		default:
			return nil, fmt.Errorf("%s needs an API key: give one with --key or $PLUGGARR_KEY; "+
				"'pluggarr apikey' makes one on the machine of the host", address)
		}
	}
	return &client{base: base, key: key, http: &http.Client{
		// A redirect could lead the key elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// alive says whether there is a process of that number.
func alive(pid int) bool {
	if pid <= 0 {
		return false
	}
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}

func readURL(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, wrongf("%q is no address of a host: write it like %s", address, usualURL)
	}
	return u, nil
}

func sameHost(address string, other *url.URL) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != other.Scheme || u.Port() != other.Port() {
		return false
	}
	name := func(u *url.URL) string {
		if u.Hostname() == "localhost" {
			return "127.0.0.1"
		}
		return u.Hostname()
	}
	return name(u) == name(other)
}

// apiError is a host's refusal.
type apiError struct {
	Status    int             `json:"-"`
	Raw       json.RawMessage `json:"-"`       // the whole answer
	Message   string          `json:"message"` // names the plugin, the fault and the next step
	Text      string          `json:"error"`   // in Dispatcharr's shape
	Detail    string          `json:"detail"`  // from before the plugin was looked for
	Traceback string          `json:"traceback"`
	Output    []string        `json:"output"`
	Hint      string          `json:"hint"`
	Problems  []wire.Problem  `json:"problems"`
	Fields    []struct {
		Field   string `json:"field"`
		Message string `json:"message"`
	} `json:"errors"`
}

// Error returns what the host says is wrong.
func (e *apiError) Error() string {
	text := cmp.Or(e.Message, e.Text, e.Detail, http.StatusText(e.Status))
	if e.Status == http.StatusUnauthorized {
		text += ": the host does not take this key; 'pluggarr apikey' makes another"
	}
	// What the API says to its own callers, in the words of this command.
	return plain(strings.ReplaceAll(text, "GET /api/plugins/plugins/ lists", "'pluggarr list' shows"))
}

// plugin asks for something at a plugin's routes: part is "" for its entry.
func (c *client) plugin(ctx context.Context, key, part string, body any) (json.RawMessage, error) {
	path, err := pluginPath(key, part)
	if err != nil {
		return nil, err
	}
	return c.call(ctx, path, body)
}

// pluginPath is a path at a plugin's routes: part is "" for its entry.
func pluginPath(key, part string) (string, error) {
	if key == "" || key == "." || key == ".." {
		return "", wrongf("%q is no plugin's key", key)
	}
	path := "plugins/" + url.PathEscape(key) + "/"
	if part != "" {
		path += part + "/"
	}
	return path, nil
}

// call asks the API for the path below plugins: GET without a body, else POST.
// A refusal is an [*apiError].
func (c *client) call(ctx context.Context, path string, body any) (json.RawMessage, error) {
	if body == nil {
		return c.ask(ctx, question{method: http.MethodGet, path: path})
	}
	return c.change(ctx, http.MethodPost, path, body)
}

// change asks with another method than GET; a nil body is none.
func (c *client) change(ctx context.Context, method, path string, body any) (json.RawMessage, error) {
	if body == nil {
		return c.ask(ctx, question{method: method, path: path})
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encode the request: %w", err)
	}
	return c.ask(ctx, question{method, path, "application/json", bytes.NewReader(raw), int64(len(raw))})
}

// question is a request to the API.
type question struct {
	method string
	path   string // below plugins, with a slash before it below api; with the query
	kind   string // the body's media type; "" without one
	body   io.Reader
	size   int64 // of the body, in bytes
}

// ask sends a request and reads the answer. A refusal is an [*apiError].
func (c *client) ask(ctx context.Context, q question) (json.RawMessage, error) {
	response, err := c.send(ctx, q)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return c.read(response)
}

// open asks for something that is no JSON. The caller closes it. A refusal is
// an [*apiError].
func (c *client) open(ctx context.Context, path string) (io.ReadCloser, error) {
	response, err := c.send(ctx, question{method: http.MethodGet, path: path})
	if err != nil {
		return nil, err
	}
	if response.StatusCode == http.StatusOK {
		return response.Body, nil
	}
	defer response.Body.Close()
	if _, err := c.read(response); err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("the host at %s answers %s", c.base, response.Status)
}

func (c *client) send(ctx context.Context, q question) (*http.Response, error) {
	path, query, _ := strings.Cut(q.path, "?")
	below := "api/plugins/"
	if strings.HasPrefix(path, "/") {
		below = "api/"
	}
	to := c.base.JoinPath(below, path)
	to.RawQuery = query
	request, err := http.NewRequestWithContext(ctx, q.method, to.String(), q.body)
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	request.ContentLength = q.size
	request.Header.Set("X-API-Key", c.key)
	request.Header.Set("Accept", "application/json")
	if q.kind != "" {
		request.Header.Set("Content-Type", q.kind)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, c.unreachable(ctx, err)
	}
	return response, nil
}

// unreachable says what to do when no answer came.
func (c *client) unreachable(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("no host answers at %s: start one with 'pluggarr serve', or name another with --url", c.base)
	}
	if cause, ok := errors.AsType[*url.Error](err); ok {
		err = cause.Err // without the words around it
	}
	return fmt.Errorf("reach the host at %s: %w", c.base, err)
}

func (c *client) read(response *http.Response) (json.RawMessage, error) {
	raw, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("read the answer of the host at %s: %w", c.base, err)
	}
	if len(raw) > maxAnswer {
		return nil, fmt.Errorf("the answer of the host at %s is longer than %d MiB", c.base, maxAnswer>>20)
	}
	if response.StatusCode == http.StatusNoContent {
		return nil, nil
	}
	kind, _, _ := strings.Cut(response.Header.Get("Content-Type"), ";")
	if kind != "application/json" || !json.Valid(raw) {
		return nil, fmt.Errorf("what answers at %s is no Pluggarr host (%s, %s): check --url", c.base, response.Status, kind)
	}
	if response.StatusCode < http.StatusMultipleChoices {
		return raw, nil
	}
	refusal := &apiError{}
	if json.Unmarshal(raw, refusal) != nil {
		refusal = &apiError{} // another shape; the status says enough
	}
	refusal.Status, refusal.Raw = response.StatusCode, raw
	return nil, refusal
}
