//go:build !linux

package proc_test

// play is the other process, which no test needs here.
func play([]string) {}
