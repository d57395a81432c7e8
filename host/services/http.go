package services

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// HTTPLimits bound what plugins may fetch; each zero value means its default.
type HTTPLimits struct {
	Time      time.Duration // for one request and its answer; 30 s
	Bytes     int64         // of one answer, decompressed; 16 MiB
	Held      int64         // of all answers that one process is fetching at a time, each as long as it may be; 64 MiB
	Redirects int           // followed for one request; 10
	Rate      float64       // requests a second to one server; 10
	// NoPrivate refuses servers in private networks and on this machine. IPTV
	// providers and tuners often are there, so the default allows them.
	NoPrivate bool
}

func (l HTTPLimits) withDefaults() HTTPLimits {
	if l.Time <= 0 {
		l.Time = 30 * time.Second
	}
	if l.Bytes <= 0 {
		l.Bytes = 16 << 20
	}
	if l.Held <= 0 {
		l.Held = 64 << 20
	}
	l.Held = max(l.Held, l.Bytes)
	if l.Redirects <= 0 {
		l.Redirects = 10
	}
	if l.Rate <= 0 {
		l.Rate = 10
	}
	return l
}

// servers is for how many servers the rate is remembered.
const servers = 1000

// fetcher fetches within limits.
type fetcher struct {
	limits HTTPLimits
	client *http.Client

	mu    sync.Mutex
	rates map[string]*rate.Limiter // by host and port
}

func newFetcher(limits HTTPLimits) *fetcher {
	f := &fetcher{limits: limits, rates: map[string]*rate.Limiter{}}
	dialer := net.Dialer{Timeout: 10 * time.Second, ControlContext: f.control}
	f.client = &http.Client{
		Transport: &http.Transport{
			DialContext: dialer.DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 10 * time.Second,
			DisableKeepAlives: true, MaxResponseHeaderBytes: 1 << 20,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > limits.Redirects {
				return fmt.Errorf("more than %d redirects", limits.Redirects)
			}
			return checkURL(r.URL)
		},
	}
	return f
}

var errPrivate = errors.New("the server is in a private network, and the operator allows none: ask for it")

// control looks at the address that is really dialled: a name may lead anywhere.
func (f *fetcher) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	if !f.limits.NoPrivate {
		return nil
	}
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("dial %s: %w", address, err)
	}
	ip := at.Addr().Unmap()
	if ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsUnspecified() || ip.IsMulticast() {
		return errPrivate
	}
	for _, network := range notPublic() {
		if network.Contains(ip) {
			return errPrivate
		}
	}
	return nil
}

// notPublic lists the networks that lead to private servers and that package
// netip has no method for.
func notPublic() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"),      // this network: RFC 1122, section 3.2.1.3
		netip.MustParsePrefix("100.64.0.0/10"),  // shared by a provider's customers: RFC 6598
		netip.MustParsePrefix("64:ff9b::/96"),   // any address of IPv4, behind a translator: RFC 6052
		netip.MustParsePrefix("64:ff9b:1::/48"), // the same, of a network's own: RFC 8215
	}
}

func checkURL(u *url.URL) error {
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return fmt.Errorf("%q is no http:// or https:// address", u.Redacted())
	}
	return nil
}

// wait holds back who asks one server too often.
func (f *fetcher) wait(ctx context.Context, server string) error {
	f.mu.Lock()
	if len(f.rates) >= servers {
		clear(f.rates) // a burst more is better than a list without end
	}
	limiter := f.rates[server]
	if limiter == nil {
		limiter = rate.NewLimiter(rate.Limit(f.limits.Rate), max(1, int(f.limits.Rate)))
		f.rates[server] = limiter
	}
	f.mu.Unlock()
	return limiter.Wait(ctx) //nolint:wrapcheck // fetch says what it was for
}

func httpMethods() map[string]method {
	return map[string]method{"http.fetch": waits(httpFetch)}
}

func httpFetch(ctx context.Context, c *call, p sdk.HTTPRequest) (sdk.HTTPResponse, error) {
	limits := c.cfg.Limits.HTTP
	limit, most := limits.Time, limits.Bytes
	if own := p.Timeout.Std(); own > 0 && own < limit {
		limit = own
	}
	if p.MaxBytes > 0 && p.MaxBytes < most {
		most = p.MaxBytes
	}
	agent, err := c.cfg.Store.DefaultUserAgent(ctx)
	if err != nil {
		return sdk.HTTPResponse{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, p.Method, p.URL, bytes.NewReader(p.Body))
	if err == nil {
		err = checkURL(request.URL)
	}
	if err != nil {
		return sdk.HTTPResponse{}, invalid("%v", err)
	}
	if agent == "" {
		agent = "Pluggarr/" + c.cfg.Version
	}
	request.Header.Set("User-Agent", agent)
	for name, value := range p.Header {
		request.Header.Set(name, value)
	}
	if host := request.Header.Get("Host"); host != "" {
		request.Host = host
	}
	answer, err := c.fetcher.do(ctx, fetch{request, most, c.held})
	if err != nil && !errors.Is(err, context.Canceled) {
		return answer, wire.Errorf(wire.CodeFetch, "%v", err)
	}
	return answer, err
}

// fetch is one request.
type fetch struct {
	request *http.Request
	most    int64               // bytes of the answer
	held    *semaphore.Weighted // the bytes that its process may fetch at a time
}

// do sends a request when its server's turn has come, and reads the answer.
func (f *fetcher) do(ctx context.Context, p fetch) (sdk.HTTPResponse, error) {
	if err := f.wait(ctx, p.request.URL.Host); err != nil {
		return sdk.HTTPResponse{}, fmt.Errorf("fetch %s: %w", p.request.URL.Redacted(), err)
	}
	response, err := f.client.Do(p.request)
	if err != nil {
		return sdk.HTTPResponse{}, err //nolint:wrapcheck // it names method and URL
	}
	defer func() { _ = response.Body.Close() }() // it was read, or is of no use
	body, err := p.read(ctx, response)
	if err != nil {
		return sdk.HTTPResponse{}, fmt.Errorf("read the answer of %s: %w", p.request.URL.Redacted(), err)
	}
	header := make(map[string]string, len(response.Header))
	for name := range response.Header {
		header[name] = response.Header.Get(name)
	}
	return sdk.HTTPResponse{Status: response.StatusCode, URL: response.Request.URL.String(), Header: header, Body: body}, nil
}

// short is how many bytes of an answer are read without asking for room.
const short = 64 << 10

// read reads the answer's body; when it is not short, once there is room for
// as much as it may be.
func (p fetch) read(ctx context.Context, response *http.Response) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(response.Body, min(short, p.most+1)))
	if err == nil && len(body) == short {
		room := p.most
		if said := response.ContentLength; said >= 0 && said < room {
			room = said
		}
		if err := p.held.Acquire(ctx, room); err != nil {
			return nil, fmt.Errorf("wait for other answers that are being fetched: %w", err)
		}
		defer p.held.Release(room)
		var rest []byte
		rest, err = io.ReadAll(io.LimitReader(response.Body, p.most+1-short))
		body = append(body, rest...)
	}
	switch {
	case err != nil:
		return nil, err
	case int64(len(body)) > p.most:
		return nil, fmt.Errorf("it is longer than %d bytes", p.most)
	}
	return body, nil
}
