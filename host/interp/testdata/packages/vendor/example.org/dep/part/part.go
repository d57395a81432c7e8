// Package part is a package of a vendored module.
package part

// Add adds.
func Add(a, b int) int { return a + b }
