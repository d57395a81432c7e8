package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
)

// detail is how the API answers what concerns no plugin, in Dispatcharr's words
// where its clients know them.
type detail struct {
	Detail   string         `json:"detail"`             // what is wrong
	Message  string         `json:"message,omitempty"`  // the next step
	Code     string         `json:"code,omitempty"`     // names a wrong token to clients
	Messages []tokenMessage `json:"messages,omitempty"` // what is wrong with a token
}

// tokenMessage says what is wrong with a token of one kind.
type tokenMessage struct {
	Class   string `json:"token_class"`
	Type    string `json:"token_type"`
	Message string `json:"message"`
}

// encode writes v as JSON without a newline at the end. Characters of HTML stay
// as they are: nothing that is sent is ever shown as HTML.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err //nolint:wrapcheck // it names the type that cannot be encoded
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// write sends v as JSON.
func (s *server) write(w http.ResponseWriter, status int, v any) {
	body, err := encode(v)
	if err != nil {
		s.log.Error("encode an answer", "error", err)
		status, body = http.StatusInternalServerError, []byte(`{"detail":"The answer cannot be written as JSON."}`)
	}
	writeRaw(w, status, body)
}

// writeRaw sends a body that is JSON.
func writeRaw(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // whoever asked may be gone
}
