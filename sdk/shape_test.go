package sdk_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/sdktest"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

type (
	mode  string
	level int
	inner struct {
		Deep bool `json:"deep"`
	}
	tree struct {
		Name     string `json:"name"`
		Children []tree `json:"children"`
		Left     struct {
			Up []tree `json:"up"`
		} `json:"left"`
	}
)

// shapeOf declares a plugin with these settings and returns what it says of
// them.
func shapeOf(t *testing.T, settings any) sdk.Shape {
	t.Helper()
	return *sdktest.Start(t, sdk.Plugin{Name: "Test", Settings: settings}).Description.Settings
}

func TestShapeKinds(t *testing.T) {
	t.Parallel()
	type all struct {
		A01 bool              `json:"bool"`
		A02 int               `json:"int"`
		A03 int8              `json:"int8"`
		A04 int64             `json:"int64"`
		A05 uint              `json:"uint"`
		A06 uint64            `json:"uint64"`
		A07 float32           `json:"float32"`
		A08 float64           `json:"float64"`
		A09 string            `json:"string"`
		A10 []string          `json:"[]string"`
		A11 inner             `json:"struct"`
		A12 []inner           `json:"[]struct"`
		A13 sdk.Duration      `json:"sdk.Duration"`
		A14 sdk.Secret        `json:"sdk.Secret"`
		A15 sdk.Info          `json:"sdk.Info"`
		C01 []int             `json:"[]int"`
		C02 [2]string         `json:"[2]string"`
		C03 map[string]string `json:"map[string]string"`
		C04 *int              `json:"*int"`
		C05 any               `json:"interface {}"`
		C06 func()            `json:"func()"`
		C07 chan int          `json:"chan int"`
		C08 complex128        `json:"complex128"`
		C09 [][]string        `json:"[][]string"`
		C10 []sdk.Secret      `json:"[]sdk.Secret"`
		C11 *inner            `json:"*sdk_test.inner"`
		C12 []byte            `json:"[]uint8"`
		C13 time.Duration     `json:"time.Duration"`
	}
	shape := shapeOf(t, all{})
	for _, f := range shape.Fields {
		if f.Kind != f.JSONName() {
			t.Errorf("%s has kind %q, want %q", f.Name, f.Kind, f.JSONName())
		}
		if inside := f.Kind == "struct" || f.Kind == "[]struct"; inside != (len(f.Fields) == 1 && f.Fields[0].Name == "Deep") {
			t.Errorf("%s has fields %v", f.Name, f.Fields)
		}
	}
	if len(shape.Fields) != 28 {
		t.Errorf("%d fields, want 28", len(shape.Fields))
	}
}

func TestShapeKindsOfOwnTypes(t *testing.T) {
	t.Parallel()
	type own struct {
		A mode   `json:"string"`
		B level  `json:"int"`
		C []mode `json:"[]string"`
	}
	for _, f := range shapeOf(t, own{}).Fields {
		if f.Kind != f.JSONName() {
			t.Errorf("%s has kind %q, want %q", f.Name, f.Kind, f.JSONName())
		}
	}
}

func TestShapeDefaults(t *testing.T) {
	t.Parallel()
	type row struct {
		Name string     `json:"name"`
		Key  sdk.Secret `json:"key"`
	}
	type settings struct {
		Limit    int          `json:"limit"`
		Big      int64        `json:"big,omitempty"`
		Mode     mode         `json:"mode"`
		Every    sdk.Duration `json:"every"`
		About    sdk.Info     `json:"about"`
		Key      sdk.Secret   `json:"key"`
		Tags     []string     `json:"tags"`
		NoTags   []string     `json:"no_tags"`
		Rows     []row        `json:"rows"`
		NoRows   []row        `json:"no_rows"`
		Section  row          `json:"section"`
		Untagged int
		Hook     func() `json:"hook"`
	}
	given := settings{
		Limit: 7, Big: 1<<62 + 1, Mode: "safe", Every: sdk.Duration(90 * time.Second), About: "Read this.", Key: canary,
		Tags: []string{"a"}, Rows: []row{{"r", canary}}, Section: row{"s", canary}, Untagged: 3, Hook: func() {},
	}
	const want = `{"about":"Read this.","big":4611686018427387905,"every":"1m30s","limit":7,"mode":"safe",` +
		`"rows":[{"name":"r"}],"section":{"name":"s"},"tags":["a"]}`
	if got := shapeOf(t, given).Defaults; string(got) != want {
		t.Errorf("defaults =\n%s\nwant\n%s", got, want)
	}

	var seen int64
	p := sdk.Plugin{Name: "Test", Settings: given, Actions: []sdk.Action{{ID: "act", Label: "Act", Run: sdk.Handle(
		func(_ *sdk.Context, s settings) (sdk.Result, error) {
			seen = s.Big
			return sdk.Result{}, nil
		},
	)}}}
	if out := sdktest.Run(t, p, sdktest.Call{Action: "act"}); out.Err != nil || seen != given.Big {
		t.Errorf("the handler got %d, %v, want the default %d", seen, out.Err, given.Big)
	}
}

func TestShapeOfOddStructs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		settings any
		want     string
	}{
		{"empty", struct{}{}, `[]`},
		{"embedded", struct{ Settings }{}, `[{"name":"Settings","kind":"struct","tag":"","embedded":true,"fields":[` +
			`{"name":"Limit","kind":"int","tag":"json:\"limit\" label:\"Limit\""},{"name":"APIKey","kind":"sdk.Secret","tag":"json:\"api_key\""}]}]`},
		{"recursive", tree{}, `[{"name":"Name","kind":"string","tag":"json:\"name\""},` +
			`{"name":"Children","kind":"recursive","tag":"json:\"children\""},` +
			`{"name":"Left","kind":"struct","tag":"json:\"left\"","fields":[{"name":"Up","kind":"recursive","tag":"json:\"up\""}]}]`},
		{"twice, not recursive", struct{ A, B inner }{}, `[{"name":"A","kind":"struct","tag":"","fields":[{"name":"Deep","kind":"bool","tag":"json:\"deep\""}]},` +
			`{"name":"B","kind":"struct","tag":"","fields":[{"name":"Deep","kind":"bool","tag":"json:\"deep\""}]}]`},
		{"unexported", struct{ hidden int }{1}, `[{"name":"hidden","kind":"int","tag":""}]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := json.Marshal(shapeOf(t, tt.settings).Fields)
			if err != nil || string(got) != tt.want {
				t.Errorf("fields =\n%s, %v, want\n%s", got, err, tt.want)
			}
		})
	}
}

func TestJSONName(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{
		`json:"a"`: "a", `json:"a,omitempty" label:"x"`: "a", `json:",omitempty"`: "", `label:"x"`: "", "": "", `json:a`: "", `json:"-"`: "-",
	} {
		if got := (sdk.ShapeField{Tag: tag}).JSONName(); got != want {
			t.Errorf("JSONName of %s = %q, want %q", tag, got, want)
		}
	}
}

func TestNoSettings(t *testing.T) {
	t.Parallel()
	conn := dial(t, sdk.Plugin{Name: "Test"})
	var raw json.RawMessage
	if err := conn.Call(t.Context(), wire.MethodHello, wire.HelloParams{Protocol: wire.Version}, nil); err != nil {
		t.Fatal(err)
	}
	if err := conn.Call(t.Context(), wire.MethodDescribe, nil, &raw); err != nil {
		t.Fatal(err)
	}
	want := `{"runtime":"go","name":"Test","version":"","description":"","author":"","help_url":""}`
	if got := string(raw); got != want {
		t.Errorf("describe = %s, want %s", got, want)
	}
}
