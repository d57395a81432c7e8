package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
	"text/template"
	"time"

	"github.com/pluggarr/pluggarr/sdk"
)

type none struct{}

type item struct {
	Name string            `json:"name"`
	Attr map[string]string `json:"attr,omitempty"`
	At   time.Time         `json:"at"`
}

// Set is generic.
type Set[T comparable] struct{ items map[T]bool }

func NewSet[T comparable](list ...T) *Set[T] {
	s := &Set[T]{items: map[T]bool{}}
	for _, v := range list {
		s.items[v] = true
	}
	return s
}

func (s *Set[T]) Has(v T) bool { return s.items[v] }

func transform[A, B any](list []A, f func(A) B) []B {
	var out []B
	for _, a := range list {
		out = append(out, f(a))
	}
	return out
}

func text(ctx *sdk.Context, _ none) (sdk.Result, error) {
	re := regexp.MustCompile(`(\w+)=(\d+)`)
	found := map[string]string{}
	for _, m := range re.FindAllStringSubmatch("a=1 b=22 c=x", -1) {
		found[m[1]] = m[2]
	}
	var table [][]string
	r := csv.NewReader(strings.NewReader("x,y\n1,2\n"))
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return sdk.Result{}, err
		}
		table = append(table, row)
	}
	var b bytes.Buffer
	t, err := template.New("t").Parse("{{range .}}<{{.Name}}>{{end}}")
	if err != nil {
		return sdk.Result{}, err
	}
	if err := t.Execute(&b, []item{{Name: "one"}, {Name: "two"}}); err != nil {
		return sdk.Result{}, err
	}
	lines := 0
	for s := bufio.NewScanner(strings.NewReader("1\n2\n3")); s.Scan(); {
		lines++
	}
	return sdk.OK("%s", strings.Title("done")).With("found", found).With("table", table).With("template", b.String()).
		With("lines", lines).With("base64", base64.StdEncoding.EncodeToString([]byte("x"))), nil
}

func encode(ctx *sdk.Context, _ none) (sdk.Result, error) {
	in := []item{{Name: "a", Attr: map[string]string{"k": "v"}, At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}, {Name: "b"}}
	raw, err := json.Marshal(in)
	if err != nil {
		return sdk.Result{}, err
	}
	var out []item
	if err := json.Unmarshal(raw, &out); err != nil {
		return sdk.Result{}, err
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name > out[j].Name })
	return sdk.OK("%d", len(out)).With("raw", string(raw)).With("first", out[0].Name), nil
}

func serve(ctx *sdk.Context, _ none) (sdk.Result, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return sdk.Result{}, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/hello", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Test", "yes")
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprintf(w, "hello %s", r.URL.Query().Get("name"))
	})
	server := &http.Server{Handler: mux}
	go server.Serve(l)
	defer server.Close()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+l.Addr().String()+"/hello?name=you", nil)
	if err != nil {
		return sdk.Result{}, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return sdk.Result{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return sdk.OK("%s", body).With("status", resp.StatusCode).With("header", resp.Header.Get("X-Test")), err
}

func concurrent(ctx *sdk.Context, _ none) (sdk.Result, error) {
	jobs, results := make(chan int), make(chan int, 100)
	var wg sync.WaitGroup
	for w := 0; w < 4; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := range jobs {
				results <- n * n
			}
		}()
	}
	for n := 0; n < 100; n++ {
		jobs <- n
	}
	close(jobs)
	wg.Wait()
	close(results)
	sum := 0
	for n := range results {
		sum += n
	}
	short, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	<-short.Done()
	return sdk.OK("%d", sum).With("ended", short.Err().Error()), nil
}

func generic(ctx *sdk.Context, _ none) (sdk.Result, error) {
	s := NewSet[string]("a", "b")
	lengths := transform[string, int]([]string{"x", "yy"}, func(s string) int { return len(s) })
	return sdk.OK("%v %v", s.Has("a"), s.Has("z")).With("lengths", lengths).
		With("contains", slices.Contains(lengths, 2)).With("index", slices.Index([]string{"p", "q"}, "q")).
		With("compare", cmp.Compare(1, 2)), nil
}

func process(ctx *sdk.Context, _ none) (sdk.Result, error) {
	dir, err := os.Getwd()
	if err != nil {
		return sdk.Result{}, err
	}
	if err := os.Setenv("PLUGIN_TEST", "set"); err != nil {
		return sdk.Result{}, err
	}
	own, err := os.ReadFile("main.go")
	if err != nil {
		return sdk.Result{}, err
	}
	n := rand.IntN(1)
	return sdk.OK("%s", filepath.Base(dir)).With("env", os.Getenv("PLUGIN_TEST")).With("args", len(os.Args)).
		With("own", strings.HasPrefix(string(own), "package main")).With("random", n), nil
}

func main() {
	sdk.Serve(sdk.Plugin{Name: "Standard library", Settings: none{}, Actions: []sdk.Action{
		{ID: "text", Label: "Text", Run: sdk.Handle(text)},
		{ID: "encode", Label: "Encode", Run: sdk.Handle(encode)},
		{ID: "serve", Label: "Serve", Run: sdk.Handle(serve)},
		{ID: "concurrent", Label: "Concurrent", Run: sdk.Handle(concurrent)},
		{ID: "generic", Label: "Generic", Run: sdk.Handle(generic)},
		{ID: "process", Label: "Process", Run: sdk.Handle(process)},
	}})
}
