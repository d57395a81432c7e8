package settings_test

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/settings"
	"github.com/pluggarr/pluggarr/sdk"
)

type withSecrets struct {
	Limit  int        `json:"limit"`
	Key    sdk.Secret `json:"key"`
	Server struct {
		Host  string     `json:"host"`
		Token sdk.Secret `json:"token"`
	} `json:"server"`
}

func newSealer(t *testing.T) *settings.Sealer {
	t.Helper()
	s, err := settings.NewSealer(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCheckKeepsSecrets(t *testing.T) {
	t.Parallel()
	form := goForm(t, withSecrets{Key: "default"})
	const stored = `{"limit":1,"key":"k","server":{"host":"h","token":"t"},"other":1}`
	for values, want := range map[string]string{
		`{"limit":2}`:                           `{"limit":2,"key":"k","server":{"token":"t"}}`,
		`{"server":{"host":"x"},"limit":2}`:     `{"server":{"host":"x","token":"t"},"limit":2,"key":"k"}`,
		`{"key":null,"server":{"token":null}}`:  `{"key":null,"server":{"token":null}}`,
		`{"key":"new","server":null}`:           `{"key":"new","server":null}`,
		`{"key":"","server":{"token":"other"}}`: `{"key":"","server":{"token":"other"}}`,
	} {
		clean, _, errs := form.Check(json.RawMessage(values), json.RawMessage(stored))
		if string(clean) != want || errs != nil {
			t.Errorf("Check(%s) = %s, %v; want %s", values, clean, errs, want)
		}
	}
	type required struct {
		Key sdk.Secret `json:"key" required:"true"`
	}
	form = goForm(t, required{})
	for stored, want := range map[string]bool{`{"key":"k"}`: true, `{}`: false, `{"key":null}`: false, `[]`: false} {
		if _, _, errs := form.Check(json.RawMessage(`{}`), json.RawMessage(stored)); (errs == nil) != want {
			t.Errorf("Check({}) of a required secret over %s: %v", stored, errs)
		}
	}
}

func TestSealAndOpen(t *testing.T) {
	t.Parallel()
	form, sealer := goForm(t, withSecrets{}), newSealer(t)
	const opened = `{"limit":1,"key":"sealed:v1:is just a word","server":{"host":"h","token":"canary"},"x":"y"}`
	stored, err := form.Seal(json.RawMessage(opened), nil, "plug", sealer)
	if err != nil || strings.Contains(string(stored), "canary") || !strings.Contains(string(stored), `"x":"y"`) {
		t.Fatalf("Seal = %s, %v", stored, err)
	}
	if got, lost := form.Open(stored, "plug", sealer); string(got) != opened || lost != nil {
		t.Errorf("Open = %s, %v; want %s", got, lost, opened)
	}
	public, secrets := form.Public(stored)
	if want := map[string]bool{"key": true, "server.token": true}; string(public) != `{"limit":1,"server":{"host":"h"},"x":"y"}` || !maps.Equal(secrets, want) {
		t.Errorf("Public = %s, %v", public, secrets)
	}
	if public, secrets = form.Public(json.RawMessage(`{"key":"","server":{"token":null}}`)); string(public) != `{"server":{}}` ||
		secrets["key"] || secrets["server.token"] {
		t.Errorf("Public of empty secrets = %s, %v", public, secrets)
	}
	if got := form.SecretValues(json.RawMessage(opened)); !slices.Equal(got, []string{"sealed:v1:is just a word", "canary"}) {
		t.Errorf("SecretValues = %q", got)
	}

	for name, open := range map[string]func() (json.RawMessage, []settings.FieldError){
		"another plugin": func() (json.RawMessage, []settings.FieldError) { return form.Open(stored, "other", sealer) },
		"another key":    func() (json.RawMessage, []settings.FieldError) { return form.Open(stored, "plug", newSealer(t)) },
	} {
		got, lost := open()
		want := []string{
			"key cannot be read with this host's key and has to be entered again",
			"server.token cannot be read with this host's key and has to be entered again",
		}
		if string(got) != `{"limit":1,"server":{"host":"h"},"x":"y"}` || !slices.Equal(sentences(lost), want) {
			t.Errorf("Open for %s = %s, %q", name, got, sentences(lost))
		}
	}
}

func TestOpenTakesClearSecrets(t *testing.T) {
	t.Parallel()
	form, sealer := goForm(t, withSecrets{}), newSealer(t)
	for _, stored := range []string{`{"key":"written by the plugin"}`, `{"key":5,"server":"odd"}`, `{"key":null}`, `[1]`, `{"key":"sealed:v1:AAAA"}`} {
		if got, lost := form.Open(json.RawMessage(stored), "plug", sealer); string(got) != stored || lost != nil {
			t.Errorf("Open(%s) = %s, %v", stored, got, lost)
		}
	}
}

// A save must not destroy what could not be read: the operator may put the right
// key file back.
func TestSealedTextsSurviveASave(t *testing.T) {
	t.Parallel()
	form, sealer, wrong := goForm(t, withSecrets{}), newSealer(t), newSealer(t)
	stored, err := form.Seal(json.RawMessage(`{"key":"k","server":{"token":"t"}}`), nil, "plug", sealer)
	if err != nil {
		t.Fatal(err)
	}
	opened, _ := form.Open(stored, "plug", wrong)
	clean, _, errs := form.Check(json.RawMessage(`{"limit":2,"key":null}`), opened)
	if errs != nil {
		t.Fatal(errs)
	}
	saved, err := form.Seal(clean, stored, "plug", wrong)
	if err != nil {
		t.Fatal(err)
	}
	if got, lost := form.Open(saved, "plug", sealer); string(got) != `{"limit":2,"key":null,"server":{"token":"t"}}` || lost != nil {
		t.Errorf("after a save with the wrong key: %s, %v", got, lost)
	}

	none := goForm(t, nil) // a version of the plugin without secrets
	opened, lost := none.Open(stored, "plug", sealer)
	if want := []string{
		"key is encrypted and no secret of this version of the plugin",
		"server.token is encrypted and no secret of this version of the plugin",
	}; string(opened) != `{"server":{}}` || !slices.Equal(sentences(lost), want) {
		t.Errorf("Open = %s, %q", opened, sentences(lost))
	}
	if public, _ := none.Public(stored); string(public) != `{"server":{}}` {
		t.Errorf("Public = %s", public)
	}
	if saved, err = none.Seal(json.RawMessage(`{}`), stored, "plug", sealer); err != nil || string(saved) != string(stored) {
		t.Errorf("Seal = %s, %v; want %s", saved, err, stored)
	}
}

func TestSealer(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "key")
	sealer, err := settings.NewSealer(file)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != 32 {
		t.Errorf("the key file: %v, %v", info, err)
	}
	sealed := sealer.Seal("plain", "a")
	if again := sealer.Seal("plain", "a"); sealed == again || !strings.HasPrefix(sealed, "sealed:v1:") {
		t.Errorf("Seal = %s and %s", sealed, again)
	}
	reread, err := settings.NewSealer(file)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := reread.Open(sealed, "a"); plain != "plain" || err != nil {
		t.Errorf("Open = %q, %v", plain, err)
	}
	for name, text := range map[string]string{"another place": sealed, "damaged": sealed[:len(sealed)-4] + "AAAA", "clear": "plain", "cut": sealed[:20]} {
		place := "a"
		if name == "another place" {
			place = "b"
		}
		if _, err := sealer.Open(text, place); !errors.Is(err, settings.ErrNotOpened) {
			t.Errorf("Open of %s: %v", name, err)
		}
	}
	if err := sealer.Check(); err != nil {
		t.Errorf("Check = %v", err)
	}
	if err := os.Chmod(file, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := sealer.Check(); err == nil || !strings.Contains(err.Error(), "can be read by others (mode 0640)") {
		t.Errorf("Check of a file that others read = %v", err)
	}
	if err := os.Truncate(file, 5); err != nil {
		t.Fatal(err)
	}
	if _, err := settings.NewSealer(file); err == nil || !strings.Contains(err.Error(), "has 5 bytes and not 32") {
		t.Errorf("NewSealer of half a key: %v", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := sealer.Check(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Check without the file: %v", err)
	}
	if _, err := settings.NewSealer(filepath.Join(file, "none", "key")); err == nil {
		t.Error("NewSealer in a folder that is not there: no error")
	}
}
