package lower

// asTypeOwn is errors.AsType for an error type of the plugin.
const asTypeOwn = `(err error) ($0, bool) { for _, e := range $run.Errors(err) { if x, ok := e.($0); ok { return x, true } }; var z $0; return z, false }`

// asOwn is errors.As for one.
const asOwn = `(err error, to *$0) bool { for _, e := range $run.Errors(err) { if x, ok := e.($0); ok { *to = x; return true } }; return false }`

// library has the generic functions of the standard library that plugins use
// most, with $0 and so on for their type arguments. $run is package run.
func library() map[string]string {
	return map[string]string{
		"slices.Sort":             `(x $0) { pluggarr_o := $run.Order(len(x), func(i, j int) int { if x[i] < x[j] { return -1 }; if x[i] > x[j] { return 1 }; return 0 }); y := make($0, len(x)); for i, j := range pluggarr_o { y[i] = x[j] }; copy(x, y) }`,
		"slices.SortFunc":         `(x $0, c func(a, b $1) int) { o := $run.Order(len(x), func(i, j int) int { return c(x[i], x[j]) }); y := make($0, len(x)); for i, j := range o { y[i] = x[j] }; copy(x, y) }`,
		"slices.SortStableFunc":   `(x $0, c func(a, b $1) int) { o := $run.StableOrder(len(x), func(i, j int) int { return c(x[i], x[j]) }); y := make($0, len(x)); for i, j := range o { y[i] = x[j] }; copy(x, y) }`,
		"slices.IsSorted":         `(x $0) bool { for i := 1; i < len(x); i++ { if x[i] < x[i-1] { return false } }; return true }`,
		"slices.IsSortedFunc":     `(x $0, c func(a, b $1) int) bool { for i := 1; i < len(x); i++ { if c(x[i], x[i-1]) < 0 { return false } }; return true }`,
		"slices.BinarySearch":     `(x $0, v $1) (int, bool) { lo, hi := 0, len(x); for lo < hi { h := (lo + hi) / 2; if x[h] < v { lo = h + 1 } else { hi = h } }; return lo, lo < len(x) && x[lo] == v }`,
		"slices.BinarySearchFunc": `(x $0, v $2, c func($1, $2) int) (int, bool) { lo, hi := 0, len(x); for lo < hi { h := (lo + hi) / 2; if c(x[h], v) < 0 { lo = h + 1 } else { hi = h } }; return lo, lo < len(x) && c(x[lo], v) == 0 }`,
		"slices.Contains":         `(x $0, v $1) bool { for _, e := range x { if e == v { return true } }; return false }`,
		"slices.ContainsFunc":     `(x $0, f func($1) bool) bool { for _, e := range x { if f(e) { return true } }; return false }`,
		"slices.Index":            `(x $0, v $1) int { for i, e := range x { if e == v { return i } }; return -1 }`,
		"slices.IndexFunc":        `(x $0, f func($1) bool) int { for i, e := range x { if f(e) { return i } }; return -1 }`,
		"slices.Reverse":          `(x $0) { for i := 0; i < len(x)/2; i++ { j := len(x) - 1 - i; a := x[i]; b := x[j]; x[i] = b; x[j] = a } }`,
		"slices.Clone":            `(x $0) $0 { if x == nil { return nil }; o := make($0, len(x)); copy(o, x); return o }`,
		"slices.Equal":            `(x $0, y $0) bool { if len(x) != len(y) { return false }; for i := range x { if x[i] != y[i] { return false } }; return true }`,
		"slices.Max":              `(x $0) $1 { if len(x) < 1 { panic("slices.Max: empty list") }; m := x[0]; for _, e := range x { if e > m { m = e } }; return m }`,
		"slices.Min":              `(x $0) $1 { if len(x) < 1 { panic("slices.Min: empty list") }; m := x[0]; for _, e := range x { if e < m { m = e } }; return m }`,
		"slices.MaxFunc":          `(x $0, c func(a, b $1) int) $1 { if len(x) < 1 { panic("slices.MaxFunc: empty list") }; m := x[0]; for _, e := range x { if c(e, m) > 0 { m = e } }; return m }`,
		"slices.MinFunc":          `(x $0, c func(a, b $1) int) $1 { if len(x) < 1 { panic("slices.MinFunc: empty list") }; m := x[0]; for _, e := range x { if c(e, m) < 0 { m = e } }; return m }`,
		"slices.DeleteFunc":       `(x $0, f func($1) bool) $0 { o := x[:0]; for _, e := range x { if !f(e) { o = append(o, e) } }; for i := len(o); i < len(x); i++ { var z $1; x[i] = z }; return o }`,
		"slices.Insert":           `(x $0, at int, v ...$1) $0 { o := make($0, 0, len(x)+len(v)); o = append(o, x[:at]...); o = append(o, v...); return append(o, x[at:]...) }`,
		"slices.Delete":           `(x $0, i, j int) $0 { _ = x[i:j:len(x)]; if i == j { return x }; n := len(x); o := append(x[:i], x[j:]...); for k := len(o); k < n; k++ { var z $1; x[k] = z }; return o }`,
		"slices.Compact":          `(x $0) $0 { if len(x) < 2 { return x }; o := x[:1]; for _, e := range x[1:] { if e != o[len(o)-1] { o = append(o, e) } }; for i := len(o); i < len(x); i++ { var z $1; x[i] = z }; return o }`,
		"slices.Concat":           `(all ...$0) $0 { var o $0; for _, x := range all { o = append(o, x...) }; return o }`,
		"slices.Repeat":           `(x $0, n int) $0 { o := make($0, 0, len(x)*n); for i := 0; i < n; i++ { o = append(o, x...) }; return o }`,
		"slices.Sorted":           `(seq func(func($0) bool)) []$0 { var x []$0; seq(func(e $0) bool { x = append(x, e); return true }); o := $run.Order(len(x), func(i, j int) int { if x[i] < x[j] { return -1 }; if x[i] > x[j] { return 1 }; return 0 }); var y []$0; for _, j := range o { y = append(y, x[j]) }; return y }`,
		"slices.SortedFunc":       `(seq func(func($0) bool), c func(a, b $0) int) []$0 { var x []$0; seq(func(e $0) bool { x = append(x, e); return true }); o := $run.Order(len(x), func(i, j int) int { return c(x[i], x[j]) }); var y []$0; for _, j := range o { y = append(y, x[j]) }; return y }`,
		"slices.Collect":          `(seq func(func($0) bool)) []$0 { var o []$0; seq(func(e $0) bool { o = append(o, e); return true }); return o }`,
		"slices.Values":           `(x $0) func(func($1) bool) { return func(y func($1) bool) { for _, e := range x { if !y(e) { return } } } }`,
		"slices.All":              `(x $0) func(func(int, $1) bool) { return func(y func(int, $1) bool) { for i, e := range x { if !y(i, e) { return } } } }`,
		"slices.Backward":         `(x $0) func(func(int, $1) bool) { return func(y func(int, $1) bool) { for i := len(x) - 1; i >= 0; i-- { if !y(i, x[i]) { return } } } }`,
		"slices.Chunk":            `(x $0, n int) func(func($0) bool) { if n < 1 { panic("cannot be less than 1") }; return func(y func($0) bool) { for i := 0; i < len(x); { j := len(x); if n < j-i { j = i + n }; if !y(x[i:j:j]) { return }; i = j } } }`,
		"maps.Keys":               `(m $0) func(func($1) bool) { return func(y func($1) bool) { for k := range m { if !y(k) { return } } } }`,
		"maps.Values":             `(m $0) func(func($2) bool) { return func(y func($2) bool) { for _, v := range m { if !y(v) { return } } } }`,
		"maps.All":                `(m $0) func(func($1, $2) bool) { return func(y func($1, $2) bool) { for k, v := range m { if !y(k, v) { return } } } }`,
		"maps.Clone":              `(m $0) $0 { if m == nil { return nil }; o := make($0, len(m)); for k, v := range m { o[k] = v }; return o }`,
		"maps.Copy":               `(d $0, s $1) { for k, v := range s { d[k] = v } }`,
		"maps.Equal":              `(a $0, b $1) bool { if len(a) != len(b) { return false }; for k, v := range a { if w, ok := b[k]; !ok || v != w { return false } }; return true }`,
		"maps.DeleteFunc":         `(m $0, f func($1, $2) bool) { for k, v := range m { if f(k, v) { delete(m, k) } } }`,
		"cmp.Compare":             `(a, b $0) int { if a < b { return -1 }; if a > b { return 1 }; if a == b { return 0 }; if a == a { return 1 }; if b == b { return -1 }; return 0 }`,
		"cmp.Less":                `(a, b $0) bool { return a < b || a != a && b == b }`,
		"cmp.Or":                  `(list ...$0) $0 { var z $0; for _, v := range list { if v != z { return v } }; return z }`,
		"sync.OnceValue":          `(f func() $0) func() $0 { var once $sync.Once; var v $0; return func() $0 { once.Do(func() { v = f() }); return v } }`,
		"errors.AsType":           `(err error) ($0, bool) { var v $0; ok := $errors.As(err, &v); return v, ok }`,
	}
}
