package main

import (
	"fmt"
	"sort"
	"sync"
	"testing"
)

type pair struct{ in, want string }

var got []string

func (p pair) add()   { got = append(got, p.in) }
func (p *pair) addp() { got = append(got, p.in) }

type adder interface{ add() }

type holder struct{ f func() }

func check(t *testing.T) {
	t.Helper()
	sort.Strings(got)
	if fmt.Sprint(got) != "[a b c]" {
		t.Errorf("got %v", got)
	}
	got = nil
}

func keep(f func()) func() { return f }

func do(t *testing.T, fs []func()) {
	for _, f := range fs {
		f()
	}
	check(t)
}

func TestA(t *testing.T) {
	var fs []func()
	for _, c := range []string{"a", "b", "c"} {
		fs = append(fs, sync.OnceFunc([]func(){func() { got = append(got, c) }}[0]))
	}
	do(t, fs)
}
func TestB(t *testing.T) {
	var fs []func()
	for _, c := range []string{"a", "b", "c"} {
		fs = append(fs, sync.OnceFunc((func())(func() { got = append(got, c) })))
	}
	do(t, fs)
}
func TestC(t *testing.T) {
	var fs []func()
	for _, c := range []string{"a", "b", "c"} {
		fs = append(fs, sync.OnceFunc(keep(func() { got = append(got, c) })))
	}
	do(t, fs)
}
func TestMethod(t *testing.T) {
	var fs []func()
	for _, c := range []pair{{in: "a"}, {in: "b"}, {in: "c"}} {
		fs = append(fs, sync.OnceFunc(c.add))
	}
	do(t, fs)
}
func TestMethodA(t *testing.T) {
	var fs []func()
	for _, c := range []pair{{in: "a"}, {in: "b"}, {in: "c"}} {
		fs = append(fs, sync.OnceFunc([]func(){c.add}[0]))
	}
	do(t, fs)
}
func TestMethodC(t *testing.T) {
	var fs []func()
	for _, c := range []pair{{in: "a"}, {in: "b"}, {in: "c"}} {
		fs = append(fs, sync.OnceFunc(keep(c.add)))
	}
	do(t, fs)
}
func TestMethodP(t *testing.T) {
	var fs []func()
	for _, c := range []*pair{{in: "a"}, {in: "b"}, {in: "c"}} {
		fs = append(fs, sync.OnceFunc(c.addp))
	}
	do(t, fs)
}
func TestMethodI(t *testing.T) {
	var fs []func()
	for _, c := range []adder{pair{in: "a"}, pair{in: "b"}, pair{in: "c"}} {
		fs = append(fs, sync.OnceFunc(c.add))
	}
	do(t, fs)
}
func TestMethodOwn(t *testing.T) {
	var fs []func()
	for _, c := range []pair{{in: "a"}, {in: "b"}, {in: "c"}} {
		fs = append(fs, c.add)
	}
	do(t, fs)
}
func TestMethodReassigned(t *testing.T) {
	var fs []func()
	c := pair{in: "a"}
	fs = append(fs, sync.OnceFunc(c.add))
	c.in = "b"
	fs = append(fs, sync.OnceFunc(c.add))
	c = pair{in: "c"}
	fs = append(fs, sync.OnceFunc(c.add))
	do(t, fs)
}
func TestHolder(t *testing.T) {
	var hs []holder
	for _, c := range []string{"a", "b", "c"} {
		hs = append(hs, holder{f: func() { got = append(got, c) }})
	}
	for _, h := range hs {
		h.f()
	}
	check(t)
}
func TestMap(t *testing.T) {
	hs := map[string]func(){}
	for _, c := range []string{"a", "b", "c"} {
		hs[c] = func() { got = append(got, c) }
	}
	for _, h := range hs {
		h()
	}
	check(t)
}
func TestGo(t *testing.T) {
	var w sync.WaitGroup
	var mu sync.Mutex
	start := make(chan bool)
	for _, c := range []string{"a", "b", "c"} {
		w.Add(1)
		go func() {
			defer w.Done()
			<-start
			mu.Lock()
			got = append(got, c)
			mu.Unlock()
		}()
	}
	close(start)
	w.Wait()
	check(t)
}
func TestBody(t *testing.T) {
	var fs []func()
	for i := range 3 {
		x := string(rune('a' + i))
		fs = append(fs, sync.OnceFunc(func() { got = append(got, x) }))
	}
	do(t, fs)
}
func TestRange3(t *testing.T) {
	var fs []func()
	for i := range 3 {
		fs = append(fs, sync.OnceFunc(func() { got = append(got, string(rune('a'+i))) }))
	}
	do(t, fs)
}
func TestReturn(t *testing.T) {
	mk := func(c string) func() { return sync.OnceFunc(func() { got = append(got, c) }) }
	var fs []func()
	for _, c := range []string{"a", "b", "c"} {
		fs = append(fs, mk(c))
	}
	do(t, fs)
}
func TestDefer(t *testing.T) {
	func() {
		for _, c := range []string{"a", "b", "c"} {
			defer func() { got = append(got, c) }()
		}
	}()
	check(t)
}

func TestFieldType(t *testing.T) {
	var fs []func()
	for _, c := range []string{"a", "b", "c"} {
		add := func(s string, more ...int) (int, error) { got = append(got, s); return len(more), nil }
		func() {
			fs = append(fs, sync.OnceFunc(func() { defer func() { recover() }(); add(c, 1) }))
		}()
	}
	do(t, fs)
}
func TestTwo(t *testing.T) {
	var fs []func()
	for i := 0; i < 3; i++ {
		for j := range 1 {
			k := []string{"a", "b", "c"}[i+j]
			p := &k
			fs = append(fs, sync.OnceFunc(func() { sync.OnceFunc(func() { got = append(got, *p) })() }))
		}
	}
	do(t, fs)
}
func TestSwitch(t *testing.T) {
	var fs []func()
	for _, c := range []any{"a", 1, "b", "c"} {
		switch c := c.(type) {
		case string:
			fs = append(fs, sync.OnceFunc(func() { got = append(got, c) }))
		}
	}
	do(t, fs)
}
func TestReturned(t *testing.T) {
	one := func(want string) func() {
		for _, c := range []string{"a", "b", "c"} {
			if c == want {
				return sync.OnceFunc(func() { got = append(got, c) })
			}
		}
		return nil
	}
	do(t, []func(){one("a"), one("b"), one("c")})
}
