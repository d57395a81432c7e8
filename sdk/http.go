package sdk

import (
	"context"
	"encoding/json"
	"fmt"
)

// HTTPService fetches over HTTP through the host, which names itself with the
// default user agent of its settings and holds limits: 30 s, 10 redirects, 16
// MiB of answer, 10 requests a second to one server. For everything else there is package net/http.
type HTTPService struct{ link link }

// HTTPRequest is what to ask for.
type HTTPRequest struct {
	// Method is as in "POST"; "" means GET.
	Method string `json:"method,omitempty"`
	// URL begins with http:// or https://.
	URL string `json:"url"`
	// Header holds further header fields by name. May be nil.
	Header map[string]string `json:"header,omitempty"`
	// Body is sent as it is. May be nil.
	Body []byte `json:"body,omitempty"`
	// Timeout ends the request; zero means the host's limit, 30 s, which also is
	// the most.
	Timeout Duration `json:"timeout,omitzero"`
	// MaxBytes is how long the answer may be; zero means the host's limit, 16 MiB,
	// which also is the most. A longer answer is an error.
	MaxBytes int64 `json:"max_bytes,omitempty"`
}

// HTTPResponse is what the server said.
type HTTPResponse struct {
	// Status is as in 200. Every status is an answer, none an error.
	Status int `json:"status"`
	// URL is where the answer came from, after redirects.
	URL string `json:"url"`
	// Header holds the header fields by their canonical names, as in
	// "Content-Type"; of several with one name the first.
	Header map[string]string `json:"header"`
	// Body is the whole answer, decompressed.
	Body []byte `json:"body"`
}

// Decode reads the body, which is JSON, into v, a pointer.
func (r HTTPResponse) Decode(v any) error {
	if err := json.Unmarshal(r.Body, v); err != nil {
		return fmt.Errorf("decode the answer of %s: %w", r.URL, err)
	}
	return nil
}

// Do sends a request and returns the whole answer.
func (s HTTPService) Do(ctx context.Context, request HTTPRequest) (HTTPResponse, error) {
	var answer HTTPResponse
	err := s.link.call(ctx, "http.fetch", request, &answer)
	return answer, err
}

// Get fetches url.
func (s HTTPService) Get(ctx context.Context, url string) (HTTPResponse, error) {
	return s.Do(ctx, HTTPRequest{URL: url})
}
