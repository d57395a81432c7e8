// Package text changes texts.
package text

import (
	"strings"

	"example.org/packages/internal/deep"
)

func init() { deep.Note("text init") }

// Upper shouts.
func Upper(s string) string { return strings.ToUpper(s) }
