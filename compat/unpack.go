package compat

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The patterns name the files, for a folder would leave out __init__.py.
//
//go:embed python/version.py python/pluggarr/*.py python/pluggarr/*/*.py python/core/*.py
//go:embed python/dispatcharr/*.py python/dispatcharr/*/*.py
//go:embed python/apps/*.py python/apps/*/*.py python/apps/*/*/*.py python/apps/*/*/*/*.py python/apps/*/*/*/*/*.py
var sources embed.FS

const (
	unpackedPrefix = "pluggarr-" // then the hash of the content
	stagingPrefix  = ".unpack-"
)

// unpack puts the Python sources into a folder below dir that is named by their
// content, so that two versions of the host never mix theirs, and removes the
// folders of other versions.
func unpack(dir string) (string, error) {
	tree, err := fs.Sub(sources, "python")
	if err != nil {
		return "", fmt.Errorf("find the Python sources: %w", err)
	}
	name, err := nameOf(tree)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make a folder: %w", err)
	}
	target := filepath.Join(dir, name)
	if !same(tree, target) {
		if err := write(tree, dir, target); err != nil {
			return "", err
		}
	}
	prune(dir, name)
	return filepath.Abs(target)
}

func nameOf(tree fs.FS) (string, error) {
	hash := sha256.New()
	err := eachFile(tree, func(name string, data []byte) error {
		_, _ = fmt.Fprintf(hash, "%s %d\n%s", name, len(data), data) // a hash takes everything
		return nil
	})
	return unpackedPrefix + hex.EncodeToString(hash.Sum(nil))[:16], err
}

// same says whether target holds the tree, unchanged. Python's caches may lie beside.
func same(tree fs.FS, target string) bool {
	err := eachFile(tree, func(name string, want []byte) error {
		got, err := os.ReadFile(filepath.Join(target, filepath.FromSlash(name)))
		if err == nil && !bytes.Equal(got, want) {
			err = errors.New("changed")
		}
		return err
	})
	return err == nil
}

// write puts the tree in place in one step.
func write(tree fs.FS, dir, target string) error {
	staging, err := os.MkdirTemp(dir, stagingPrefix)
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(staging) }() // gone by the rename when all went well
	err = eachFile(tree, func(name string, data []byte) error {
		file := filepath.Join(staging, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return err
		}
		return os.WriteFile(file, data, 0o600)
	})
	if err == nil {
		err = os.RemoveAll(target)
	}
	if err == nil {
		err = os.Rename(staging, target)
	}
	if err != nil {
		return fmt.Errorf("write into %s: %w", dir, err)
	}
	return nil
}

// prune removes what other versions left. It is tidying: the next start tries again.
func prune(dir, keep string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, entry := range entries {
		name := entry.Name()
		ours := strings.HasPrefix(name, unpackedPrefix) || strings.HasPrefix(name, stagingPrefix)
		if ours && name != keep {
			_ = os.RemoveAll(filepath.Join(dir, name))
		}
	}
}

func eachFile(tree fs.FS, use func(name string, data []byte) error) error {
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		return use(name, data)
	})
	if err != nil {
		return fmt.Errorf("go through the Python sources: %w", err)
	}
	return nil
}
