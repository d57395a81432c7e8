package web

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"
)

// answer is a ResponseWriter that remembers what was sent.
type answer struct {
	http.ResponseWriter
	status int // 0: nothing yet
	bytes  int // of the body
}

// WriteHeader sends the status.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write sends a part of the body.
func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(b)
	a.bytes += n
	return n, err //nolint:wrapcheck // it stands for the writer it wraps
}

// Unwrap lets a [http.ResponseController] reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// observed gives every answer the headers all have, logs it, and answers for a
// handler that panics. Headers and the query, where keys can be, are not logged.
func (s *server) observed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		a := &answer{ResponseWriter: w}
		a.Header().Set("X-Content-Type-Options", "nosniff")
		a.Header().Set("Cache-Control", "no-store")
		defer func() {
			s.log.Debug("request", "method", r.Method, "path", r.URL.Path,
				"status", a.status, "bytes", a.bytes, "took", time.Since(begun))
		}()
		defer s.recovered(a, r)
		hurry(a, r)
		next.ServeHTTP(a, r)
	})
}

// recovered answers for a handler that panicked: the host lives on.
func (s *server) recovered(a *answer, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(err) // it is meant to
	}
	s.log.Error("a request made the host panic",
		"method", r.Method, "path", r.URL.Path, "panic", fmt.Sprint(cause), "stack", string(debug.Stack()))
	if a.status != 0 {
		panic(http.ErrAbortHandler) // half an answer must not look whole
	}
	s.write(a, http.StatusInternalServerError, detail{
		Detail: "The host made a mistake.", Message: "Its log holds the details; please report them.",
	})
}
