// Mkexport writes the export data that package dialect embeds: what the
// packages that plugins may import declare, as the compiler wrote it down.
//
//	go run ./mkexport -out DIR
//
// writes zstd.zip (the standard library) and zsdk.zip (the SDK) to DIR. Both
// are made for linux/amd64 and serve every platform: of what plugins may
// import, only the values of a few constants differ elsewhere (a test holds
// this). The comment of a zip is the version of the Go that made it.
package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/pluggarr/pluggarr/host/dialect"
)

func main() {
	out := flag.String("out", ".", "folder to write to")
	flag.Parse()
	if err := write(*out); err != nil {
		fmt.Fprintln(os.Stderr, "mkexport:", err)
		os.Exit(1)
	}
}

// platform is a GOOS and a GOARCH.
type platform struct{ os, arch string }

func write(dir string) error {
	for name, packages := range map[string][]string{
		"zstd.zip": append(dialect.AllowedStd(), dialect.AllowedStdInTests()...),
		"zsdk.zip": append(dialect.AllowedSDK(), dialect.SDK+"/sdktest"),
	} {
		data, err := pack(platform{"linux", "amd64"}, packages)
		if err != nil {
			return fmt.Errorf("make %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// pack makes a zip of one entry a package. It is the same, byte for byte, for
// the same Go and the same source.
func pack(p platform, packages []string) ([]byte, error) {
	files, err := exports(p, packages)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, path := range packages {
		data, err := os.ReadFile(files[path])
		if err != nil {
			return nil, err
		}
		definition, err := definition(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		// Not compressed: that would save 2 MB, and cost every worker some milliseconds at its start.
		w, err := z.CreateHeader(&zip.FileHeader{Name: path, Method: zip.Store})
		if err != nil {
			return nil, fmt.Errorf("add %s: %w", path, err)
		}
		if _, err := w.Write(definition); err != nil {
			return nil, fmt.Errorf("add %s: %w", path, err)
		}
	}
	if err := z.SetComment(runtime.Version()); err != nil {
		return nil, fmt.Errorf("note the version of Go: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// exports compiles packages and returns the archives by import path.
func exports(p platform, packages []string) (map[string]string, error) {
	cmd := exec.CommandContext(context.Background(), "go", append([]string{"list", "-export", "-f", "{{.ImportPath}} {{.Export}}"}, packages...)...)
	// Nothing of the developer's own configuration may show in the result.
	cmd.Env = append(os.Environ(), "GOOS="+p.os, "GOARCH="+p.arch, "CGO_ENABLED=0", "GOFLAGS=-trimpath",
		"GOEXPERIMENT=", "GOAMD64=v1", "GOTOOLCHAIN=local", "GOWORK=off")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list -export: %w", err)
	}
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		files[path] = file
	}
	return files, nil
}

// definition cuts a compiled package down to an archive of its __.PKGDEF
// member without the build id: all that go/importer reads.
func definition(archive []byte) ([]byte, error) {
	const magic, header, name, sizeAt = "!<arch>\n", 60, "__.PKGDEF", 48
	if len(archive) < len(magic)+header || !bytes.HasPrefix(archive, []byte(magic+name)) {
		return nil, errors.New("not an archive of a Go package")
	}
	size, err := strconv.Atoi(strings.TrimSpace(string(archive[len(magic)+sizeAt : len(magic)+sizeAt+10])))
	if err != nil || len(archive) < len(magic)+header+size {
		return nil, fmt.Errorf("read the archive's header: %w", err)
	}
	body := archive[len(magic)+header:][:size]
	headers, data, found := bytes.Cut(body, []byte("\n$$B\n"))
	if !found {
		return nil, errors.New("the archive holds no export data")
	}
	first, _, _ := bytes.Cut(headers, []byte("\n"))
	body = bytes.Join([][]byte{first, data}, []byte("\n$$B\n"))
	return fmt.Appendf(nil, "%s%-16s%-12s%-6s%-6s%-8s%-10d`\n%s", magic, name, "0", "0", "0", "644", len(body), body), nil
}
