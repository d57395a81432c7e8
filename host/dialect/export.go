package dialect

import (
	"archive/zip"
	_ "embed" // the export data
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"strings"
)

//go:generate go run ./mkexport

//go:embed zstd.zip
var stdZip string

//go:embed zsdk.zip
var sdkZip string

// Importer returns an importer of what [Allowed] lists, from data embedded in
// this program. What it has imported once it keeps. It is not safe for
// concurrent use.
func Importer() (types.Importer, error) {
	files := map[string]*zip.File{}
	for _, text := range []string{stdZip, sdkZip} {
		archive, err := zip.NewReader(strings.NewReader(text), int64(len(text)))
		if err != nil {
			return nil, fmt.Errorf("open the embedded export data: %w", err)
		}
		for _, file := range archive.File {
			files[file.Name] = file
		}
	}
	lookup := func(path string) (io.ReadCloser, error) {
		if files[path] == nil {
			return nil, fmt.Errorf("no export data of package %s", path)
		}
		return files[path].Open()
	}
	return importer.ForCompiler(token.NewFileSet(), "gc", lookup), nil
}
