package plugindir

import (
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/pluggarr/pluggarr/sdk"
)

// maxListing is how much of an archive's list of entries is read for each
// file that it may have, in bytes. Usual entries take 100 to 200.
const maxListing = 1024

// archive is an archive whose list of entries was read and found harmless.
// Nothing of it has been inflated.
type archive struct {
	src   *source
	files []entry  // in the archive's order
	dirs  []string // all folders, also those that no entry names
}

// entry is one file of an archive.
type entry struct {
	file *zip.File
	name string // see localName
}

// source is an uploaded file that tells its own errors from an archive's.
type source struct {
	file  io.ReaderAt
	left  int64 // how much may be read, in bytes; negative: any amount
	spent bool  // more was asked for
	err   error // the first error other than io.EOF
}

// ReadAt implements io.ReaderAt.
func (s *source) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, errors.New("the archive says that a part of it lies before its beginning")
	}
	if s.left >= 0 {
		if s.left < int64(len(p)) {
			s.spent = true
			return 0, errors.New("the archive's list of entries is too long")
		}
		s.left -= int64(len(p))
	}
	n, err := s.file.ReadAt(p, off)
	if err != nil && err != io.EOF && s.err == nil {
		s.err = fmt.Errorf("read the uploaded file: %w", err)
	}
	return n, err
}

// readArchive reads the list of an archive's entries and judges them all, in
// the order in which Dispatcharr does. How long the list may be is limited
// before it is read: it is all that is held in memory.
func readArchive(u Upload) (*archive, error) {
	listing := int64(1<<18 + maxListing*u.Limits.Files)
	if u.Size > u.Limits.Total+listing {
		return nil, refuse(CodeTooLarge, "Archive is too large", nil)
	}
	src := &source{file: u.File, left: listing}
	zr, err := zip.NewReader(src, u.Size)
	switch {
	case src.err != nil:
		return nil, src.err
	case src.spent:
		return nil, refuse(CodeTooManyFiles, "Archive has too many files", err)
	case err != nil && !errors.Is(err, zip.ErrInsecurePath): // names are looked at below
		return nil, refuse(CodeNotZip, "Invalid zip file", err)
	}
	src.left = -1
	if err := checkSizes(zr.File, u.Limits); err != nil {
		return nil, err
	}
	return collect(src, zr.File, u.Limits.Files)
}

// isDir says that an entry is a folder.
func isDir(f *zip.File) bool {
	return f.Mode().IsDir() || strings.HasSuffix(slashed(f.Name), "/")
}

// checkSizes holds what the headers say against the limits. They are not
// believed: what comes out is counted again.
func checkSizes(all []*zip.File, limits Limits) error {
	files := slices.DeleteFunc(slices.Clone(all), isDir)
	var total uint64
	for _, f := range files {
		total += min(f.UncompressedSize64, uint64(limits.File)+1) // cannot overflow
	}
	switch {
	case len(files) == 0:
		return refuse(CodeEmpty, "Archive is empty", nil)
	case len(files) > limits.Files || len(all)-len(files) > limits.Files:
		return refuse(CodeTooManyFiles, "Archive has too many files", nil)
	case slices.ContainsFunc(files, func(f *zip.File) bool { return f.UncompressedSize64 > uint64(limits.File) }):
		return refuse(CodeFileTooLarge, "Archive contains a file that is too large", nil)
	case total > uint64(limits.Total):
		return refuse(CodeTooLarge, "Archive is too large", nil)
	}
	return nil
}

// collect takes an archive's entries in. All are judged, also those that will
// not be unpacked.
func collect(src *source, all []*zip.File, maxDirs int) (*archive, error) {
	a := &archive{src: src}
	names := make([]string, len(all))
	for i, f := range all {
		name, err := localName(f.Name)
		if err == nil && name == "." && !isDir(f) {
			err = fmt.Errorf("%.80q is no file's name", f.Name)
		}
		if err != nil {
			return nil, refuse(CodeUnsafePath, "Unsafe path in archive", err)
		}
		names[i] = name
	}
	taken := claims{}
	for i, f := range all {
		if f.Mode().Type()&^fs.ModeDir != 0 {
			return nil, refuse(CodeSpecialFile, "Archive contains a link or a device", fmt.Errorf("%q", names[i]))
		}
		if f.Flags&0x1 != 0 {
			return nil, refuse(CodeEncrypted, "Archive is encrypted", fmt.Errorf("%q", names[i]))
		}
		if err := taken.add(names[i], isDir(f)); err != nil {
			return nil, refuse(CodeNameTwice, "Archive contains a name twice", err)
		}
		if !isDir(f) {
			a.files = append(a.files, entry{f, names[i]})
		}
	}
	for _, c := range taken {
		if c.dir {
			a.dirs = append(a.dirs, c.name)
		}
	}
	if len(a.dirs) > maxDirs {
		return nil, refuse(CodeTooManyFiles, "Archive has too many files", errors.New("too many folders"))
	}
	slices.Sort(a.dirs)
	return a, nil
}

// claims are the names of an archive by what they are on a file system that
// knows no case.
type claims map[string]claim

type claim struct {
	name string
	dir  bool
}

// add takes a name and the folders it lies in. The error says which name was
// there before: the same file, a file where a folder has to be, or another
// spelling. Pictures and texts may be there in two spellings, as some plugins
// bring them; where the file system knows no case unpacking fails then.
func (c claims) add(name string, dir bool) error {
	for key := folded(name); name != "."; key, name, dir = path.Dir(key), path.Dir(name), true {
		had, taken := c[key]
		switch {
		case !taken:
			c[key] = claim{name, dir}
		case !had.dir && !dir && c.variant(had.name, name):
		case had.name != name || !had.dir || !dir:
			return fmt.Errorf("%.80q and %.80q", had.name, name)
		default:
			return nil // and so are the folders around it
		}
	}
	return nil
}

// variant takes note of a file that is there in another spelling, where that is
// harmless; false when it is not, or when the file itself is there.
func (c claims) variant(had, name string) bool {
	own := "\x00" + name // no name has a NUL
	if _, taken := c[own]; taken || had == name || slices.Contains([]string{".py", ".go", ".json"}, strings.ToLower(path.Ext(name))) {
		return false
	}
	c[own] = claim{name: name}
	return true
}

// choose returns the folder of an archive that holds the plugin, "." for the
// archive's root. As in Dispatcharr folders with a main file go first, then
// the ones nearest to the root, then the alphabet.
func (a *archive) choose() (string, error) {
	code := map[string]bool{} // folder → it holds a main file
	for _, e := range a.files {
		dir, base := path.Split(e.name)
		dir = path.Clean(dir)
		switch base {
		case "plugin.py", "main.go":
			code[dir] = true
		case "__init__.py":
			if _, known := code[dir]; !known {
				code[dir] = false
			}
		}
	}
	if len(code) == 0 {
		return a.chooseExecutable()
	}
	dirs := make([]string, 0, len(code))
	for dir := range code {
		dirs = append(dirs, dir)
	}
	return slices.MinFunc(dirs, func(x, y string) int {
		switch {
		case code[x] && !code[y]:
			return -1
		case code[y] && !code[x]:
			return 1
		}
		return nearer(x, y)
	}), nil
}

// chooseExecutable is choose for an archive without source: a compiled plugin
// lies where the plugin.json nearest to the root is, if that names a file.
func (a *archive) chooseExecutable() (string, error) {
	none := invalidPlugin("missing plugin.py or package `__init__.py` (or main.go)")
	manifests := slices.DeleteFunc(slices.Clone(a.files), func(e entry) bool { return path.Base(e.name) != "plugin.json" })
	if len(manifests) == 0 {
		return "", none
	}
	dir := path.Dir(slices.MinFunc(manifests, func(x, y entry) int { return nearer(path.Dir(x.name), path.Dir(y.name)) }).name)
	m, err := a.manifest(dir)
	if err != nil {
		return "", err
	}
	program := path.Join(dir, m.Executable)
	if m.Executable == "" || !slices.ContainsFunc(a.files, func(e entry) bool { return e.name == program }) {
		return "", none
	}
	return dir, nil
}

// nearer orders folders by depth, then by name. The root counts as deep as
// the folders in it, and comes before them.
func nearer(x, y string) int {
	if x == "." || y == "." {
		x, y = strings.TrimPrefix(x, "."), strings.TrimPrefix(y, ".")
	}
	return cmp.Or(cmp.Compare(strings.Count(x, "/"), strings.Count(y, "/")), strings.Compare(x, y))
}

// manifest reads the plugin.json of a folder; it is empty when there is none
// or when it is none: a plugin is not refused for that.
func (a *archive) manifest(dir string) (sdk.Manifest, error) {
	i := slices.IndexFunc(a.files, func(e entry) bool { return e.name == path.Join(dir, "plugin.json") })
	if i < 0 || a.files[i].file.UncompressedSize64 > maxManifest {
		return sdk.Manifest{}, nil
	}
	r, err := a.files[i].file.Open()
	var data []byte
	if err == nil {
		data, err = io.ReadAll(io.LimitReader(r, maxManifest))
		r.Close()
	}
	if err != nil {
		return sdk.Manifest{}, broken(a.src, err)
	}
	m, err := sdk.ParseManifest(data)
	if err != nil {
		return sdk.Manifest{}, nil //nolint:nilerr // such a plugin.json counts as absent; Scan warns of it
	}
	return m, nil
}

// logo returns the logo that the plugin in dir is shown with: any logo.png,
// whatever its case, rather from dir, rather near to the root.
func (a *archive) logo(dir string) (entry, bool) {
	logos := slices.DeleteFunc(slices.Clone(a.files), func(e entry) bool { return !strings.EqualFold(path.Base(e.name), "logo.png") })
	if len(logos) == 0 {
		return entry{}, false
	}
	return slices.MinFunc(logos, func(x, y entry) int {
		_, xIn := below(dir, x.name)
		_, yIn := below(dir, y.name)
		switch {
		case xIn && !yIn:
			return -1
		case yIn && !xIn:
			return 1
		}
		return cmp.Or(cmp.Compare(strings.Count(x.name, "/"), strings.Count(y.name, "/")), strings.Compare(x.name, y.name))
	}), true
}

// below returns a name as seen from dir, and whether it lies below dir.
func below(dir, name string) (string, bool) {
	if dir == "." {
		return name, true
	}
	return strings.CutPrefix(name, dir+"/")
}

// broken returns the error for an entry that cannot be inflated.
func broken(src *source, err error) error {
	switch {
	case src.err != nil:
		return src.err
	case errors.Is(err, zip.ErrAlgorithm):
		return refuse(CodeCompression, "Archive is compressed in a way that is not supported: store or deflate its files", nil)
	}
	return refuse(CodeNotZip, "Invalid zip file", err)
}
