package sdk_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/sdk"
)

const canary = "hunter2"

func TestSecretIsNotShown(t *testing.T) {
	t.Parallel()
	secret := sdk.Secret(canary)
	nested := struct {
		Key  sdk.Secret
		Keys []sdk.Secret
		ByID map[string]sdk.Secret
		Ptr  *sdk.Secret
	}{secret, []sdk.Secret{secret}, map[string]sdk.Secret{"a": secret}, &secret}
	shown := map[string]string{}
	verbs := "vsqxXdtcUbeogGEFO"
	for _, flag := range []string{"", "+", "#", " ", "0", "-12", ".3", "30.20"} {
		for _, verb := range verbs {
			format := "%" + flag + string(verb)
			shown[format] = fmt.Sprintf(format, secret)
			shown["nested "+format] = fmt.Sprintf(format, nested)
		}
	}
	shown["extra"] = fmt.Sprintf(strings.Repeat("x", 1), []any{secret}...)
	shown["Println"] = fmt.Sprintln(secret, &secret, nested)
	shown["Error"] = fmt.Errorf("key %v: %s", secret, nested).Error()
	for name, value := range map[string]any{"secret": secret, "nested": nested} {
		raw, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		shown["JSON of "+name] = string(raw)
	}
	type named struct{ Key sdk.Secret }
	asXML, err := xml.Marshal(named{secret})
	if err != nil {
		t.Fatal(err)
	}
	shown["XML"] = string(asXML)
	var text bytes.Buffer
	slog.New(slog.NewTextHandler(&text, nil)).Info("x", "key", secret, "nested", nested)
	shown["slog"] = text.String()

	hidden := []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary), fmt.Sprintf("% x", canary), canary[:3]}
	for how, got := range shown {
		for _, text := range hidden {
			if strings.Contains(got, text) {
				t.Errorf("%s shows %s", how, got)
			}
		}
	}
	for format, want := range map[string]string{"%v": "[secret]", "%q": `"[secret]"`, "%#v": `"[secret]"`, "%10s|": "  [secret]|"} {
		if got := fmt.Sprintf(format, secret); got != want {
			t.Errorf("%s = %s, want %s", format, got, want)
		}
	}
	if got := fmt.Sprintf("%s%v", sdk.Secret(""), sdk.Secret("")); got != "" {
		t.Errorf("an empty secret reads %q, want nothing", got)
	}
}

func TestSecretIsRead(t *testing.T) {
	t.Parallel()
	var s Settings
	if err := json.Unmarshal([]byte(`{"api_key":"hunter2"}`), &s); err != nil || string(s.APIKey) != canary {
		t.Errorf("decoded %q, %v, want the clear text", string(s.APIKey), err)
	}
}

func TestDuration(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want time.Duration
		ok   bool
	}{
		{`"1m30s"`, 90 * time.Second, true},
		{`"36h"`, 36 * time.Hour, true},
		{`"-5ms"`, -5 * time.Millisecond, true},
		{`"0"`, 0, true},
		{`null`, 0, true},
		{`""`, 0, false},
		{`"soon"`, 0, false},
		{`90`, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			var d sdk.Duration
			err := json.Unmarshal([]byte(tt.text), &d)
			if (err == nil) != tt.ok || d.Std() != tt.want {
				t.Fatalf("decoded %v, %v, want %v", d, err, tt.want)
			}
			again, err := json.Marshal(d)
			var same sdk.Duration
			if err != nil || json.Unmarshal(again, &same) != nil || same != d {
				t.Errorf("%s: written %s, %v, read %v", tt.text, again, err, same)
			}
		})
	}
	if got := fmt.Sprint(sdk.Duration(90 * time.Second)); got != "1m30s" {
		t.Errorf("printed %s, want 1m30s", got)
	}
}
