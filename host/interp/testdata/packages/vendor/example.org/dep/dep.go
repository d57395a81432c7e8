// Package dep is somebody else's.
package dep

import "example.org/dep/part"

// Double doubles.
func Double(n int) int { return part.Add(n, n) }
