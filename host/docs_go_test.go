package host_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pluggarr/pluggarr/host/dialect"
)

// TestDocumentedGo type-checks what the pages for authors show of Go, as the
// host checks a plugin. Blocks with an ellipsis are not whole.
func TestDocumentedGo(t *testing.T) {
	t.Parallel()
	checker, err := dialect.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{"docs/plugins-go.md", "docs/services.md"} {
		blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(read(t, page), -1)
		if len(blocks) == 0 {
			t.Errorf("%s shows no Go", page)
		}
		for _, block := range blocks {
			source := plugin(block[1])
			if source == "" {
				continue
			}
			r := checker.Check(fstest.MapFS{"main.go": {Data: []byte(source)}}, "shown")
			for _, problem := range r.Problems {
				if !strings.Contains(problem.Message, "declared and not used") {
					t.Errorf("%s: %s\n%s\nin\n%s", page, problem.Message, problem.Excerpt, source)
				}
			}
		}
	}
}

// plugin makes a whole plugin of a block; "" for one that cannot be one.
func plugin(block string) string {
	if strings.Contains(block, "…") || strings.Contains(block, "testing.T") {
		return ""
	}
	if strings.HasPrefix(block, "package") || strings.HasPrefix(block, "//") {
		return block
	}
	known := []string{}
	declare := func(name, text string) {
		if !regexp.MustCompile(`(?m)^(type|func) ` + name + `\b`).MatchString(block) {
			known = append(known, text)
		}
	}
	declare("Settings", "type Settings struct {\n\tAbout sdk.Info `json:\"about\"`\n\tEvery sdk.Duration `json:\"every\"`\n\tMode string `json:\"mode\"`\n\tWorkers int `json:\"workers\"`\n}")
	declare("Params", "type Params struct{}")
	declare("Rule", "type Rule struct{ Pattern string }")
	declare("rename", "func rename(ctx *sdk.Context, s Settings, p Params) (sdk.Result, error) { return sdk.Result{}, nil }")
	declare("watch", "func watch(ctx *sdk.Context, s Settings) error { return nil }")
	declare("look", "func look(ctx *sdk.Context, s Settings) error { return nil }")
	body := block
	switch {
	case regexp.MustCompile(`^(type|func) `).MatchString(block):
	case regexp.MustCompile(`^[A-Z]\w+: `).MatchString(block):
		body = "func shown() sdk.Plugin {\n\treturn sdk.Plugin{\n" + block + "\n}\n}"
	case regexp.MustCompile("^[A-Z]\\w+ +\\S+ +`").MatchString(block):
		body = "type shown struct {\n" + block + "\n}"
	default:
		body = "func shown(ctx *sdk.Context, s Settings, channels []sdk.Channel, file *os.File, rule Rule, name string) (sdk.Result, error) {\n{\n" + block + "\n}\nreturn sdk.Result{}, nil\n}"
	}
	source := strings.Join(known, "\n") + "\n" + body + "\nfunc main() { sdk.Serve(sdk.Plugin{Name: \"x\"}) }\n"
	imports := "import \"" + dialect.SDK + "\"\n"
	for _, path := range []string{"time", "strings", "fmt", "errors", "io", "os", dialect.SDK + "/m3u", dialect.SDK + "/xmltv", dialect.SDK + "/match", dialect.SDK + "/batch"} {
		if regexp.MustCompile(`\b` + path[strings.LastIndex(path, "/")+1:] + `\.[A-Z]`).MatchString(source) {
			imports += fmt.Sprintf("import %q\n", path)
		}
	}
	return "package main\n\n" + imports + source
}
