package plugindir

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"syscall"
)

// Codes of an ImportError, for programs.
const (
	CodeNotZip       = "not_a_zip"           // it is no zip archive, or a damaged one
	CodeEmpty        = "empty_archive"       // it holds no file
	CodeTooManyFiles = "too_many_files"      // see Limits.Files
	CodeFileTooLarge = "file_too_large"      // see Limits.File
	CodeTooLarge     = "archive_too_large"   // see Limits.Total
	CodeUnsafePath   = "unsafe_path"         // a name leads out of the archive, or not every system can have it
	CodeSpecialFile  = "special_file"        // a symbolic link, a device, a pipe
	CodeNameTwice    = "name_twice"          // two names that are one where case does not count, but of pictures and the like
	CodeEncrypted    = "encrypted"           // there is nobody to ask for the password
	CodeCompression  = "unknown_compression" // neither stored nor deflated
	CodeInvalid      = "invalid_plugin"      // there is no plugin in it, or none that could ever run
	CodeExists       = "plugin_exists"       // and Upload.Overwrite was not set
	CodeNoSpace      = "no_space"            // the disk or a quota is full
	CodeReplace      = "cannot_replace"      // the plugin's folder cannot be moved
)

// ImportError says why an archive is not imported. The plugins folder is as it
// was before.
type ImportError struct {
	// Code is the reason for programs, one of the Code constants.
	Code string
	// Message is the reason for people, in Dispatcharr's words where
	// Dispatcharr refuses the same. It does not repeat what the archive says,
	// but for the plugin's key and what plugin.json names.
	Message string
	// Err is the cause with the names it is about, for the log; nil when
	// Message says it all.
	Err error
}

// Error returns Message and the cause.
func (e *ImportError) Error() string {
	if e.Err == nil {
		return e.Message
	}
	return e.Message + ": " + e.Err.Error()
}

// Unwrap returns Err.
func (e *ImportError) Unwrap() error { return e.Err }

func refuse(code, message string, err error) error { return &ImportError{code, message, err} }

func invalidPlugin(why string) error { return refuse(CodeInvalid, "Invalid plugin: "+why, nil) }

// Limits bound what an archive may hold. Sizes are counted while the archive
// is inflated, whatever it says they are.
type Limits struct {
	// Files is how many files it may hold, and how many folders; 0 means 2000.
	Files int
	// Total is the size of all files together, in bytes; 0 means 200 MiB.
	Total int64
	// File is the size of the largest file, in bytes; 0 means 200 MiB.
	File int64
}

// Upload is an archive that is to become a plugin.
type Upload struct {
	// File is the archive. It is read in any order, some of it twice.
	File io.ReaderAt
	// Size is the length of File in bytes.
	Size int64
	// Name is the uploaded file's name. The plugin is named after it when it
	// lies at the archive's root.
	Name string
	// Overwrite lets the archive take the place of a plugin of the same key.
	Overwrite bool
	// Limits bound the archive; the zero value has Dispatcharr's defaults.
	Limits Limits
}

// Imported is a plugin that came in.
type Imported struct {
	// Key is the plugin's key.
	Key string
	// Folder is the name of its folder, the same as Key.
	Folder string
	// Replaced says that it took the place of an older version.
	Replaced bool
	// Files is how many files were written.
	Files int
	// Bytes is their size together.
	Bytes int64
}

// Import unpacks the plugin in a zip archive into the plugins folder.
//
// Of all folders in the archive the one is taken that has plugin.py or main.go
// rather than only __init__.py, that is nearest to the root, and that is first
// in the alphabet; the rest of the archive is left out. An archive without any
// of them is a compiled plugin if its plugin.json names a program in it. The
// key is the folder's name, or at the archive's root the upload's, in lower
// case with "_" for all but a-z and 0-9. A logo.png from anywhere in the
// archive becomes the plugin's. Files are new here: they have the time of the
// import, and no mode bits but those of the program that plugin.json names.
//
// The plugin is put together beside its place, checked, written to disk, and
// takes its place in one step; a version in use is moved away first and moved
// back if that fails. When the process ends at any moment, the next Open finds
// the old version or the new one. A folder of the plugin's key that holds no
// plugin is replaced, also without Overwrite.
//
// An archive that is refused gives an *ImportError; any other error is the
// host's: the folder cannot be written, the upload not read, ctx has ended.
func (d *Dir) Import(ctx context.Context, u Upload) (Imported, error) {
	u.Limits = Limits{
		Files: cmp.Or(u.Limits.Files, 2000),
		Total: cmp.Or(u.Limits.Total, 200<<20),
		File:  cmp.Or(u.Limits.File, 200<<20),
	}
	a, err := readArchive(u)
	if err != nil {
		return Imported{}, err
	}
	p, err := a.plan(u.Name)
	if err != nil {
		return Imported{}, err
	}
	if _, err := d.mayTake(p.key, u.Overwrite); err != nil {
		return Imported{}, err
	}
	root, err := os.OpenRoot(d.path)
	if err != nil {
		return Imported{}, fmt.Errorf("open the plugins folder: %w", err)
	}
	defer root.Close() //nolint:errcheck // nothing was written through it itself
	id := newID()
	defer root.RemoveAll(stagingPrefix + id) //nolint:errcheck // what is left is in nobody's way, and the next Open removes it
	done, err := unpack(ctx, stage{root, stagingPrefix + id, a.src, u.Limits}, p)
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return Imported{}, refuse(CodeNoSpace, "There is not enough space for the plugin", err)
	case err != nil:
		return Imported{}, err
	}
	if f := read(filepath.Join(d.path, stagingPrefix+id)); f == nil || f.Fault != "" {
		return Imported{}, invalidPlugin(faultOf(f))
	}
	done.Replaced, err = d.install(root, id, p.key, u.Overwrite)
	if err != nil {
		return Imported{}, err
	}
	return done, nil
}

// faultOf returns what is wrong with a folder that was read.
func faultOf(f *Found) string {
	if f == nil {
		return "plugin.json names an executable that is not in the archive"
	}
	return f.Fault
}

// plan is what of an archive becomes which file.
type plan struct {
	key   string
	dirs  []string // slash-separated, below the plugin's folder
	items []item
}

// item is one file to write.
type item struct {
	entry
	to      string // slash-separated, below the plugin's folder
	program bool   // it may be run
}

// plan decides which folder of the archive becomes which plugin. upload is the
// uploaded file's name.
func (a *archive) plan(upload string) (plan, error) {
	dir, err := a.choose()
	if err != nil {
		return plan{}, err
	}
	name := path.Base(dir)
	if dir == "." {
		name = stem(upload)
	}
	p := plan{}
	if p.key, err = importedKey(name); err != nil {
		return plan{}, err
	}
	m, err := a.manifest(dir)
	if err != nil {
		return plan{}, err
	}
	for _, sub := range a.dirs {
		if to, inside := below(dir, sub); inside {
			p.dirs = append(p.dirs, to)
		}
	}
	logo, hasLogo := a.logo(dir)
	for _, e := range a.files {
		to, inside := below(dir, e.name)
		if hasLogo && e == logo {
			if !inside || path.Dir(to) != "." {
				p.items = append(p.items, item{entry: e, to: "logo.png"})
			} else {
				to = "logo.png" // LOGO.png is the same file on some systems
			}
		}
		if inside {
			p.items = append(p.items, item{entry: e, to: to, program: m.Executable != "" && path.Clean(m.Executable) == to})
		}
	}
	return p, nil
}
