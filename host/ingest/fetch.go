package ingest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Limits bound what a download may take. Zero means the value in brackets.
type Limits struct {
	// Connect is how long a server may take to accept a connection (30 s).
	Connect time.Duration
	// Idle is how long a server may send nothing, before its answer or within it (60 s).
	Idle time.Duration
	// Total is how long one download may take (30 min).
	Total time.Duration
	// Bytes is how much a server may send (1 GiB).
	Bytes int64
	// Inflated is how much a file may hold once it is unpacked (4 GiB).
	Inflated int64
}

func (l Limits) withDefaults() Limits {
	l.Connect = cmp.Or(l.Connect, 30*time.Second)
	l.Idle = cmp.Or(l.Idle, time.Minute)
	l.Total = cmp.Or(l.Total, 30*time.Minute)
	l.Bytes = cmp.Or(l.Bytes, 1<<30)
	l.Inflated = cmp.Or(l.Inflated, 4<<30)
	return l
}

// Source says where a playlist or guide is.
type Source struct {
	// Name tells the copies of different sources apart, such as "m3u-12". It is
	// a file name.
	Name string
	// URL is an http or https address. Empty: the file at Path is read instead.
	URL string
	// Path is a file on this machine, not used when URL is set.
	Path string
	// Member is the extension that names the wanted file in a zip, such as ".m3u".
	Member string
	// UserAgent is sent to the server. Empty means "Pluggarr".
	UserAgent string
	// Report is called now and then while bytes arrive, and at the end. May be nil.
	Report func(Transfer)
}

// Transfer is how far a download is.
type Transfer struct {
	// Done is how many bytes have arrived.
	Done int64
	// Total is how many there will be, 0 when the server does not say.
	Total int64
	// Elapsed is the time since the first request.
	Elapsed time.Duration
}

// The names of files beside the copies, which are named as their sources.
const (
	notesSuffix = ".json"
	spoolPrefix = ".arriving-"
)

// Fetcher downloads, and keeps the last copy of each source, packed as it came:
// a server that has nothing new sends nothing. It is safe for concurrent use,
// but one source is fetched by one caller at a time.
type Fetcher struct {
	dir    string
	client *http.Client
	limits Limits
}

// NewFetcher keeps its copies in dir, which it makes when it is missing.
func NewFetcher(dir string, limits Limits) (*Fetcher, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for downloads: %w", err)
	}
	limits = limits.withDefaults()
	transport := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: limits.Connect}).DialContext,
		TLSHandshakeTimeout:    limits.Connect,
		ResponseHeaderTimeout:  limits.Idle,
		MaxResponseHeaderBytes: 64 << 10,
		// What a server sends beyond its answer, net/http would print: playlists have passwords in them.
		DisableKeepAlives: true,
	}
	return &Fetcher{dir: dir, client: &http.Client{Transport: transport}, limits: limits}, nil
}

// Sweep removes the copies that keep does not want, by the name of their source,
// and what downloads left that were cut off. Nothing may be fetched meanwhile.
func (f *Fetcher) Sweep(keep func(source string) bool) error {
	files, err := os.ReadDir(f.dir)
	if err != nil {
		return err
	}
	for _, file := range files {
		name := file.Name()
		if !strings.HasPrefix(name, spoolPrefix) && keep(strings.TrimSuffix(name, notesSuffix)) {
			continue
		}
		if err := os.Remove(filepath.Join(f.dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// Fetch brings the newest content of a source to this machine. Errors that
// people can do something about are a *Failure.
func (f *Fetcher) Fetch(ctx context.Context, source Source) (*Content, error) {
	if source.URL == "" {
		return f.local(source)
	}
	if err := checkURL(source.URL); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ctx, stop := context.WithTimeoutCause(ctx, f.limits.Total, errTooSlow)
	defer stop()
	content, err := f.download(ctx, cancel, source)
	if err == nil {
		return content, nil
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return nil, explainDownload(hostOf(source.URL), err)
}

// Copy returns the last copy of a source, without asking its server. It returns
// an error that is fs.ErrNotExist when there is none.
func (f *Fetcher) Copy(source Source) (*Content, error) {
	if source.URL == "" {
		return f.local(source)
	}
	info, err := os.Stat(f.copy(source.Name))
	if err != nil {
		return nil, err
	}
	return f.content(source, info, true), nil
}

func (f *Fetcher) copy(name string) string  { return filepath.Join(f.dir, name) }
func (f *Fetcher) notes(name string) string { return filepath.Join(f.dir, name+notesSuffix) }

// notes are what must be said to a server to learn whether its content is the copy's.
type notes struct {
	Address      string `json:"address"` // the address's SHA-256: addresses hold passwords
	ETag         string `json:"etag"`
	LastModified string `json:"last_modified"`
}

func (f *Fetcher) content(source Source, info fs.FileInfo, unchanged bool) *Content {
	path := source.Path
	if source.URL != "" {
		path = f.copy(source.Name)
	}
	return &Content{Unchanged: unchanged, Size: info.Size(), path: path, member: source.Member, limit: f.limits.Inflated}
}

// local is the content of a file on this machine.
func (f *Fetcher) local(source Source) (*Content, error) {
	if source.Path == "" {
		return nil, &Failure{Message: "there is neither an address nor a file", Next: "give one of them", Fault: FaultUser}
	}
	info, err := os.Stat(source.Path)
	if err != nil {
		return nil, &Failure{
			Message: fmt.Sprintf("the file %s cannot be read (%v)", filepath.Base(source.Path), bare(err)),
			Next:    "give the path of a file that the host may read", Fault: FaultUser, Cause: err,
		}
	}
	if !info.Mode().IsRegular() {
		return nil, &Failure{Message: filepath.Base(source.Path) + " is not a file", Next: "give the path of a file", Fault: FaultUser}
	}
	return f.content(source, info, false), nil
}

// download asks the server and keeps what it sends as the copy.
func (f *Fetcher) download(ctx context.Context, cancel context.CancelCauseFunc, source Source) (*Content, error) {
	begun := time.Now()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, source.URL, nil)
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", bare(err))
	}
	request.Header.Set("User-Agent", cmp.Or(source.UserAgent, "Pluggarr"))
	before, kept := f.before(source)
	if kept != nil {
		setIf(request.Header, "If-None-Match", before.ETag)
		setIf(request.Header, "If-Modified-Since", before.LastModified)
	}
	response, err := f.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("ask the server: %w", unquoted{bare(err)})
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusNotModified && kept != nil {
		return f.content(source, kept, true), nil
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return nil, statusError(response.StatusCode)
	}
	idle := time.AfterFunc(f.limits.Idle, func() { cancel(errIdle) })
	defer idle.Stop()
	arriving := &arriving{
		Reader: response.Body, limit: f.limits.Bytes, report: source.Report, begun: begun,
		arrived: func() { idle.Reset(f.limits.Idle) }, Transfer: Transfer{Total: max(0, response.ContentLength)},
	}
	info, err := f.keep(source, arriving)
	if err != nil {
		return nil, err
	}
	note := notes{fingerprint(source.URL), response.Header.Get("ETag"), response.Header.Get("Last-Modified")}
	return f.content(source, info, false), f.note(source.Name, note)
}

// before is what is known of the copy of a source; a nil FileInfo when there is
// none, or one of another address.
func (f *Fetcher) before(source Source) (notes, fs.FileInfo) {
	var before notes
	text, err := os.ReadFile(f.notes(source.Name))
	if err != nil || json.Unmarshal(text, &before) != nil || before.Address != fingerprint(source.URL) {
		return notes{}, nil
	}
	info, err := os.Stat(f.copy(source.Name))
	if err != nil {
		return notes{}, nil
	}
	return before, info
}

// keep makes what arrives the copy of its source, all of it or nothing.
func (f *Fetcher) keep(source Source, arriving io.Reader) (_ fs.FileInfo, err error) {
	spool, err := os.CreateTemp(f.dir, spoolPrefix+"*")
	if err != nil {
		return nil, &Failure{
			Message: fmt.Sprintf("the download cannot be kept (%v)", bare(err)), Next: "look at the folder's owner and space",
			Fault: FaultHost, Cause: err,
		}
	}
	defer func() {
		if err != nil {
			_ = os.Remove(spool.Name()) // renamed or not there
		}
	}()
	n, err := io.Copy(spool, arriving)
	if err = errors.Join(err, spool.Close()); err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, &Failure{
			Message: "the server sent nothing", Next: "check the address, and whether the account is still valid", Fault: FaultSource,
		}
	}
	// Without notes the next fetch is a full one, whatever happens between here and the new notes.
	if err := os.Remove(f.notes(source.Name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := os.Rename(spool.Name(), f.copy(source.Name)); err != nil {
		return nil, err
	}
	return os.Stat(f.copy(source.Name))
}

func (f *Fetcher) note(name string, note notes) error {
	text, err := json.Marshal(note)
	if err != nil {
		return err
	}
	return os.WriteFile(f.notes(name), text, 0o600)
}

func fingerprint(address string) string {
	sum := sha256.Sum256([]byte(address))
	return hex.EncodeToString(sum[:])
}

func setIf(header http.Header, key, value string) {
	if value != "" {
		header.Set(key, value)
	}
}

func checkURL(address string) error {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
		return &Failure{
			Message: "the address cannot be used", Next: "write it with http:// or https:// and the name of a server", Fault: FaultUser,
		}
	}
	return nil
}

// hostOf is the part of an address that may be shown to anybody.
func hostOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return "the server"
	}
	return parsed.Host
}
