package proc

import (
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// explain says what keeps a program from starting, where the system's own
// error names only its kind, and often the wrong file.
func explain(cmd *exec.Cmd, err error) error {
	var failed *fs.PathError
	if !errors.As(err, &failed) {
		return err
	}
	if cmd.Dir != "" {
		if info, bad := os.Stat(cmd.Dir); bad != nil || !info.IsDir() {
			return fmt.Errorf("its working folder %s is missing: %w", cmd.Dir, failed.Err)
		}
	}
	if why := fault(cmd.Path, failed.Err); why != "" {
		return fmt.Errorf("%w: %s", failed.Err, why)
	}
	return failed.Err
}

// fault looks at the program that did not start; "" when nothing is to be seen.
func fault(path string, err error) string {
	info, bad := os.Stat(path)
	switch {
	case bad != nil:
		return "" // the system's own words say it
	case info.IsDir():
		return "it is a folder"
	case info.Mode()&0o111 == 0:
		return fmt.Sprintf("it is not marked as a program (mode %v); chmod +x does that", info.Mode())
	case errors.Is(err, syscall.EACCES):
		return fmt.Sprintf("user %d may not run it, or its file system is mounted noexec", os.Getuid())
	case errors.Is(err, syscall.ETXTBSY):
		return "it is being written"
	case errors.Is(err, syscall.EAGAIN):
		return fmt.Sprintf("user %d has as many processes as the system allows", os.Getuid())
	case errors.Is(err, syscall.ENOENT), errors.Is(err, syscall.ENOEXEC):
		return content(path)
	}
	return ""
}

// content says why a file that is there and marked as a program is none here.
func content(path string) string {
	if program, err := elf.Open(path); err == nil {
		defer func() { _ = program.Close() }() // read only
		return fmt.Sprintf("it is built for %s (%v), this machine is %s/%s, or its loader is missing",
			strings.TrimPrefix(program.Machine.String(), "EM_"), program.Class, runtime.GOOS, runtime.GOARCH)
	}
	line := firstLine(path)
	if script, ok := strings.CutPrefix(line, "#!"); ok {
		interpreter, _, _ := strings.Cut(strings.TrimSpace(script), " ")
		if strings.HasSuffix(line, "\r") {
			return fmt.Sprintf("its first line, %q, ends as lines do on Windows", line)
		}
		return fmt.Sprintf("its first line asks for %q, which is missing or does not run", interpreter)
	}
	return fmt.Sprintf("%s is neither a program for this machine nor a script that begins with #!", filepath.Base(path))
}

// firstLine returns the beginning of a file up to the first newline, 128 bytes
// at most; "" when it cannot be read.
func firstLine(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }() // read only
	head := make([]byte, 128)
	n, err := f.Read(head)
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(head[:n]), "\n")
	return line
}
