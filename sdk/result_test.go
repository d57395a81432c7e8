package sdk_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/sdk"
)

func TestResult(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		result sdk.Result
		want   string
	}{
		{"zero", sdk.Result{}, `{"status":"ok"}`},
		{"ok", sdk.OK("%d of %d", 2, 3), `{"status":"ok","message":"2 of 3"}`},
		{"ok, nothing to say", sdk.OK(""), `{"status":"ok"}`},
		{"failed", sdk.Failed("no %s", "milk"), `{"status":"error","message":"no milk"}`},
		{"order", sdk.OK("").With("z", 1).With("a", "x").With("m", nil), `{"status":"ok","z":1,"a":"x","m":null}`},
		{"again", sdk.OK("").With("z", 1).With("a", 2).With("z", 3), `{"status":"ok","z":3,"a":2}`},
		{"own status", sdk.OK("hi").With("status", "queued").With("message", "soon"), `{"status":"queued","message":"soon"}`},
		{"own status of another type", sdk.OK("hi").With("message", []int{1}).With("status", 7), `{"status":7,"message":[1]}`},
		{"status taken back", sdk.Failed("hi").With("status", nil).With("message", ""), `{"status":"ok"}`},
		{"empty key", sdk.OK("").With("", 1), `{"status":"ok","":1}`},
		{"nested", sdk.OK("").With("r", sdk.OK("in").With("b", 1).With("a", 2)), `{"status":"ok","r":{"status":"ok","message":"in","b":1,"a":2}}`},
		{"secret", sdk.OK("%s", sdk.Secret("x")).With("k", sdk.Secret("x")), `{"status":"ok","message":"[secret]","k":"[secret]"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, err := json.Marshal(tt.result); err != nil || string(got) != tt.want {
				t.Errorf("%s, %v, want %s", got, err, tt.want)
			}
		})
	}
}

func TestResultsAreValues(t *testing.T) {
	t.Parallel()
	base := sdk.OK("").With("a", 1).With("b", 2)
	left, right := base.With("c", "left").With("a", 0), base.With("c", "right")
	for want, r := range map[string]sdk.Result{
		`{"status":"ok","a":1,"b":2}`:             base,
		`{"status":"ok","a":0,"b":2,"c":"left"}`:  left,
		`{"status":"ok","a":1,"b":2,"c":"right"}`: right,
	} {
		if got, err := json.Marshal(r); err != nil || string(got) != want {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
}

func TestResultThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for _, value := range []any{func() {}, math.NaN(), make(chan int)} {
		_, err := json.Marshal(sdk.OK("").With("bad", value))
		if err == nil || !strings.Contains(err.Error(), `encode the result's "bad"`) {
			t.Errorf("%T: %v, want an error that names the key", value, err)
		}
	}
}
