package plugindir

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"syscall"
)

// stage is where a plugin is put together.
type stage struct {
	root   *os.Root // the plugins folder
	folder string   // a new folder in it
	src    *source
	limits Limits
}

// unpacker writes the files of one plugin.
type unpacker struct {
	stage

	in    *os.Root // the new folder; nothing is written outside of it
	buf   []byte
	total int64
}

// unpack makes the stage's folder, writes a plugin into it and waits until it
// is on disk.
func unpack(ctx context.Context, s stage, p plan) (Imported, error) {
	if err := s.root.Mkdir(s.folder, 0o755); err != nil {
		return Imported{}, fmt.Errorf("make a folder in the plugins folder: %w", err)
	}
	in, err := s.root.OpenRoot(s.folder)
	if err != nil {
		return Imported{}, fmt.Errorf("open the new folder: %w", err)
	}
	defer in.Close() //nolint:errcheck // nothing was written through it itself
	u := &unpacker{stage: s, in: in, buf: make([]byte, 64<<10)}
	for _, dir := range p.dirs { // sorted: outer ones come first
		if err := in.Mkdir(dir, 0o755); err != nil {
			return Imported{}, fmt.Errorf("unpack the archive: %w", err)
		}
	}
	for _, it := range p.items {
		if err := u.write(ctx, it); err != nil {
			return Imported{}, err
		}
	}
	for _, dir := range append(p.dirs, ".") {
		if err := syncDir(in, dir); err != nil {
			return Imported{}, err
		}
	}
	return Imported{Key: p.key, Folder: p.key, Files: len(p.items), Bytes: u.total}, nil
}

// write inflates one file to disk.
func (u *unpacker) write(ctx context.Context, it item) (err error) {
	mode := os.FileMode(0o644)
	if it.program {
		mode = 0o755
	}
	f, err := u.in.OpenFile(it.to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return fmt.Errorf("unpack the archive: %w", err)
	}
	defer func() {
		if err == nil {
			err = f.Sync()
		}
		err = errors.Join(err, f.Close())
	}()
	r, err := it.file.Open()
	if err != nil {
		return broken(u.src, err)
	}
	defer r.Close()
	return u.inflate(ctx, r, f)
}

// inflate copies one file and counts.
func (u *unpacker) inflate(ctx context.Context, r io.Reader, w io.Writer) error {
	var size int64
	for {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("unpack the archive: %w", err)
		}
		n, err := r.Read(u.buf)
		size += int64(n)
		u.total += int64(n)
		switch {
		case size > u.limits.File:
			return refuse(CodeFileTooLarge, "Archive contains a file that is too large", nil)
		case u.total > u.limits.Total:
			return refuse(CodeTooLarge, "Archive is too large", nil)
		}
		if _, err := w.Write(u.buf[:n]); err != nil {
			return fmt.Errorf("unpack the archive: %w", err)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return broken(u.src, err)
		}
	}
}

// syncDir waits until the names in a folder are on disk, where the file system
// can say so.
func syncDir(root *os.Root, name string) error {
	dir, err := root.Open(path.Clean(name))
	if err != nil {
		return fmt.Errorf("write the plugin to disk: %w", err)
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return fmt.Errorf("write the plugin to disk: %w", err)
	}
	return nil
}
