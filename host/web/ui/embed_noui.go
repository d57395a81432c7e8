//go:build noui

package ui

import "io/fs"

// Files returns nil: this host was built without its page.
func Files() fs.FS { return nil }
