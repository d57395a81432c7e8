//go:build !noui

// Package ui is the web page that is built into the host.
package ui

import (
	"embed"
	"io/fs"
)

//go:generate ../../../.ci/page build

// dist is what `npm run build` makes of src.
//
//go:embed all:dist
var dist embed.FS

// Files returns the page: index.html, and under assets/ what it loads, by
// names that change with their content. It is nil in a host that was built with
// the tag noui.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil // the name is valid, so this cannot be
	}
	return files
}
