// Package text is tested.
package text

// Double returns s twice.
func Double(s string) string { return s + s }
