// Mkarchive writes the source of the SDK into an archive, for package build to
// embed.
//
//	go run ./mkarchive -from ../../sdk -to zsdk.zip
//
// It is the same, byte for byte, for the same source.
package main

import (
	"archive/zip"
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
)

func main() {
	from := flag.String("from", "../../sdk", "folder of the SDK")
	to := flag.String("to", "zsdk.zip", "file to write")
	flag.Parse()
	data, err := pack(os.DirFS(*from))
	if err == nil {
		err = os.WriteFile(*to, data, 0o600)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "mkarchive:", err)
		os.Exit(1)
	}
}

// pack puts the Go files below sdk, tests left out, into a zip.
func pack(sdk fs.FS) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	err := fs.WalkDir(sdk, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && e.Name() == "testdata":
			return fs.SkipDir
		case e.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		source, err := fs.ReadFile(sdk, name)
		if err != nil {
			return err
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err != nil {
			return fmt.Errorf("add %s: %w", name, err)
		}
		_, err = w.Write(source)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
