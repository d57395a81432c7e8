package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/host/store"
)

const (
	maxBody   = 1 << 20     // bytes of a body with settings
	maxParams = 32 << 20    // bytes of a body with the parameters of a run; a frame to a worker has 64 MiB
	bodyTime  = time.Minute // for a body to arrive
)

// fields are the values of a body by name, each JSON.
type fields map[string]json.RawMessage

// given says whether a field is there and not null.
func (f fields) given(name string) bool {
	return len(f[name]) > 0 && string(f[name]) != "null"
}

// body reads a body of at most limit bytes: JSON, a form or a multipart form.
// Names that are not known are refused: whoever sends one expects something of
// it that would not happen.
func (r *request) body(w http.ResponseWriter, limit int64, known ...string) (fields, error) {
	raw, err := r.read(w, limit)
	if err != nil || len(raw) == 0 {
		return fields{}, err
	}
	all, err := r.decode(raw)
	if err != nil {
		return nil, err
	}
	var strange []settings.FieldError
	for name := range all {
		if !slices.Contains(known, name) {
			strange = append(strange, settings.FieldError{Field: name, Message: "is not known here"})
		}
	}
	if len(strange) == 0 {
		return all, nil
	}
	slices.SortFunc(strange, func(a, b settings.FieldError) int { return strings.Compare(a.Field, b.Field) })
	// The one field of such a form is the whole body, with the password in it.
	if strings.HasPrefix(strange[0].Field, "{") {
		return nil, refuse(http.StatusBadRequest, "The body is JSON sent as a form", "Add the header Content-Type: application/json.")
	}
	message := fmt.Sprintf("The body has fields that are not known here. Known are: %s.", strings.Join(known, ", "))
	return nil, &refusal{http.StatusBadRequest, failure{
		Error: fmt.Sprintf("Unknown field %q", cut(strange[0].Field)), Message: message, Fault: store.FaultUser, Errors: strange,
	}}
}

// cut shortens a text of somebody else's making.
func cut(text string) string {
	const most = 80
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// hurry cuts off whoever sends a body byte by byte, also one that nobody reads:
// the server takes in what is left of it before it answers.
func hurry(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength != 0 {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTime)) // a writer that cannot has no connection behind it
	}
}

// read takes in the whole body; from then on the sender may wait for as long as
// it takes.
func (r *request) read(w http.ResponseWriter, limit int64) ([]byte, error) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		return nil, refuse(http.StatusRequestEntityTooLarge, "The body is too long",
			fmt.Sprintf("The body is longer than %d bytes.", limit))
	case err != nil:
		return nil, refuse(http.StatusBadRequest, "The body did not arrive", "The body ended early or took too long: send it again.")
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{}) // as with hurry
	return raw, nil
}

// decode reads a body by its media type.
func (r *request) decode(raw []byte) (fields, error) {
	header := r.Header.Get("Content-Type")
	kind, params, err := mime.ParseMediaType(header)
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return nil, unsupported(coding)
	}
	switch {
	case err != nil:
	case kind == "application/json":
		return decodeJSON(raw)
	case kind == "application/x-www-form-urlencoded":
		values, err := url.ParseQuery(string(raw))
		if err != nil {
			return nil, malformed("Form parse error - %v", err)
		}
		return decodeForm(values)
	case kind == "multipart/form-data":
		return decodeMultipart(raw, params["boundary"])
	}
	return nil, unsupported(header)
}

func unsupported(media string) error {
	return &refusal{http.StatusUnsupportedMediaType, detail{
		Detail:  fmt.Sprintf(`Unsupported media type "%s" in request.`, media),
		Message: "Send application/json, as it is.",
	}}
}

func malformed(format string, args ...any) error {
	return &refusal{http.StatusBadRequest, detail{Detail: fmt.Sprintf(format, args...)}}
}

// decodeMultipart reads a multipart form in memory; raw is bounded already.
func decodeMultipart(raw []byte, boundary string) (fields, error) {
	form, err := multipart.NewReader(bytes.NewReader(raw), boundary).ReadForm(int64(len(raw)))
	if err != nil {
		return nil, malformed("Multipart form parse error - %v", err)
	}
	defer func() { _ = form.RemoveAll() }() // everything is in memory
	if len(form.File) > 0 {
		return nil, malformed("No file is taken here.")
	}
	return decodeForm(form.Value)
}

// decodeForm reads the texts of a form. A text that is a JSON object stands for
// it, as there is no other way to send one.
func decodeForm(values map[string][]string) (fields, error) {
	all := fields{}
	for name, texts := range values {
		if len(texts) != 1 {
			return nil, malformed("The field %q is there %d times.", cut(name), len(texts))
		}
		if strings.HasPrefix(strings.TrimSpace(texts[0]), "{") {
			if object, err := strictJSON([]byte(texts[0])); err == nil {
				all[name] = object
				continue
			}
		}
		text, err := encode(texts[0])
		if err != nil {
			return nil, malformed("The field %q cannot be read: %v", cut(name), err)
		}
		all[name] = text
	}
	return all, nil
}
