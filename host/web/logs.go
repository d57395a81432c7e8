package web

import (
	"bytes"
	"errors"
	"net/http"
	"time"

	"github.com/pluggarr/pluggarr/host/logs"
	"github.com/pluggarr/pluggarr/host/plugindir"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/worker"
)

// mostLines is more lines than any log has.
const mostLines = 1_000_000

// logRoutes lists the API of logs.
func (s *server) logRoutes() []route {
	return []route{{pluginsPath + "{key}/logs/", methods{http.MethodGet: {need: store.ScopeRead, serve: admins(s.readLog)}}}}
}

// readLog answers with lines of a plugin's log: as JSON, as a text to keep, or
// as they come, one JSON object a line.
func (s *server) readLog(w http.ResponseWriter, r *request) error {
	q, err := r.query("run", "level", "contains", "tail", "since", "follow", "download")
	if err != nil {
		return err
	}
	filter, err := q.filter()
	if err != nil {
		return err
	}
	follow, err := q.truth("follow")
	if err != nil {
		return err
	}
	download, err := q.truth("download")
	if err != nil {
		return err
	}
	err = s.found(r, func() error {
		_, err := s.plugins.Entry(r.Context(), r.key)
		return err
	})
	switch {
	case err != nil:
		return err
	case follow && download:
		return refuse(http.StatusBadRequest, "Invalid 'follow'", "A download ends; 'follow' does not: send one of them.")
	case follow:
		return s.followLog(w, r, filter)
	case download:
		return s.downloadLog(w, r, filter)
	}
	lines := []worker.Line{}
	for line, err := range s.logs.Read(r.Context(), r.key, filter) {
		if err != nil {
			return err
		}
		lines = append(lines, line)
	}
	s.write(w, http.StatusOK, struct {
		Lines []worker.Line `json:"lines"`
	}{lines})
	return nil
}

// filter says which lines are wanted.
func (q query) filter() (logs.Filter, error) {
	f := logs.Filter{Run: q["run"], MinLevel: q["level"], Contains: q["contains"]}
	switch f.MinLevel {
	case "", "debug", "info", "warning", "error":
	default:
		return f, refuse(http.StatusBadRequest, "Invalid 'level'", logs.ErrLevel.Error()+".")
	}
	var err error
	if since, ok := q["since"]; ok {
		if f.Since, err = time.Parse(time.RFC3339, since); err != nil {
			return f, refuse(http.StatusBadRequest, "Invalid 'since'", "'since' is a time as in 2026-03-01T12:00:00Z.")
		}
	}
	if f.Tail, err = q.number("tail", 0, 0, mostLines); err != nil {
		return f, err
	}
	if _, given := q["tail"]; given && f.Tail == 0 {
		f.Tail = -1 // none of those that are there
	}
	return f, nil
}

func (s *server) downloadLog(w http.ResponseWriter, r *request, filter logs.Filter) error {
	var text bytes.Buffer // a log is a few MiB at most
	if err := s.logs.Download(r.Context(), r.key, filter, &text); err != nil {
		return err
	}
	asFile(w, "text/plain; charset=utf-8", plugindir.Key(r.key)+".log")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(text.Bytes()) // whoever asked may be gone
	return nil
}

// followLog sends lines until the caller has enough or the host ends.
func (s *server) followLog(w http.ResponseWriter, r *request, filter logs.Filter) error {
	flush := http.NewResponseController(w).Flush
	w.Header().Set("Content-Type", "application/x-ndjson; charset=utf-8")
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	if err := flush(); err != nil {
		return nil //nolint:nilerr // nobody is there
	}
	for line, err := range s.logs.Follow(r.Context(), r.key, filter) {
		if err == nil {
			err = s.sendLine(w, line)
		}
		if err == nil {
			err = flush()
		}
		if err != nil {
			if r.Context().Err() == nil {
				s.log.Warn("a log can be followed no longer", "plugin", r.key, "error", err)
			}
			panic(http.ErrAbortHandler) // a log that broke off must not look as if it had ended
		}
	}
	return nil
}

func (s *server) sendLine(w http.ResponseWriter, line worker.Line) error {
	raw, err := encode(line)
	if err != nil {
		return errors.Join(errors.New("encode a line"), err)
	}
	_, err = w.Write(append(raw, '\n'))
	return err //nolint:wrapcheck // the caller says what it was about
}
