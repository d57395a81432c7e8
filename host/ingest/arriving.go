package ingest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// reportEvery is how often a download says how far it is.
const reportEvery = 500 * time.Millisecond

var (
	errTooSlow = errors.New("it took too long")
	errIdle    = errors.New("the server stopped sending")
	errTooBig  = errors.New("it is too big")
)

// arriving counts and bounds the bytes of a download.
type arriving struct {
	io.Reader
	Transfer

	limit    int64
	report   func(Transfer)
	arrived  func()
	begun    time.Time
	reported time.Time
}

// Read hands on what arrived.
func (a *arriving) Read(p []byte) (int, error) {
	n, err := a.Reader.Read(p)
	a.Done += int64(n)
	if a.Done > a.limit {
		return n, errTooBig
	}
	if n > 0 {
		a.arrived()
	}
	if now := time.Now(); a.report != nil && (err != nil || now.Sub(a.reported) >= reportEvery) {
		a.reported, a.Elapsed = now, now.Sub(a.begun)
		a.report(a.Transfer)
	}
	return n, err
}

// statusError is an answer that is no content.
type statusError int

// Error names the status.
func (s statusError) Error() string {
	return fmt.Sprintf("the server answered %d %s", int(s), http.StatusText(int(s)))
}

// bare is err without the address or path that the standard library puts before
// it: addresses hold passwords.
func bare(err error) error {
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return failed.Err
	}
	if cause, ok := errors.AsType[syscall.Errno](err); ok {
		return cause
	}
	return err
}

// unquoted is an error without what it quotes: that is what a server sent, and
// where it redirects to may hold passwords.
type unquoted struct{ error }

// Error is the text as far as the first quote.
func (u unquoted) Error() string {
	text, _, _ := strings.Cut(u.error.Error(), `"`)
	return strings.TrimRight(text, " :")
}

// Unwrap returns the whole error.
func (u unquoted) Unwrap() error { return u.error }

// explainDownload says what a failed download means for those who wanted it.
func explainDownload(host string, err error) error {
	if failure, ok := errors.AsType[*Failure](err); ok {
		return failure
	}
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("download from %s: %w", host, err)
	}
	failure := &Failure{
		Message: fmt.Sprintf("download from %s: %v", host, err), Next: "try again later", Fault: FaultSource, Cause: err,
	}
	var status statusError
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &status) && (status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusNotFound):
		failure.Next, failure.Fault = "check the address, and the user name and password in it", FaultUser
	case errors.As(err, &name):
		failure.Next, failure.Fault = "check the server's name in the address", FaultUser
	case errors.As(err, &certificate):
		failure.Next = "ask the provider for an address with a valid certificate"
	case errors.Is(err, errTooBig):
		failure.Next, failure.Fault = "check that the address is that of a playlist or guide", FaultUser
	case errors.Is(err, syscall.ECONNREFUSED):
		failure.Next = "check the port in the address, and whether the server runs"
	case errors.Is(err, syscall.ENOSPC):
		failure.Next, failure.Fault = "make room on the disk, then refresh again", FaultHost
	}
	return failure
}
