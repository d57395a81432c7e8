package plugindir_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/plugindir"
)

// refuses imports an archive that has to be refused, over an older version of
// the plugin, and holds that nothing has changed inside or outside of the
// plugins folder.
func refuses(t *testing.T, u plugindir.Upload) *plugindir.ImportError {
	t.Helper()
	base := t.TempDir()
	write(t, base, map[string]string{"outside.txt": "x", "plugins/p/plugin.py": "old", "plugins/p/sub/x.py": "old", "plugins/q/main.go": "q"})
	d := open(t, filepath.Join(base, "plugins"))
	before := tree(t, base)
	u.Overwrite = true
	got, err := d.Import(t.Context(), u)
	if err == nil {
		t.Fatalf("Import = %+v", got)
	}
	if after := tree(t, base); !maps.Equal(before, after) {
		t.Errorf("files changed from %v to %v", before, after)
	}
	return refusal(t, err)
}

// TestRefusals holds what is refused and in which words: clients of
// Dispatcharr know some of them.
func TestRefusals(t *testing.T) {
	t.Parallel()
	const (
		unsafePath = "Unsafe path in archive"
		many       = "Archive has too many files"
		special    = "Archive contains a link or a device"
		twice      = "Archive contains a name twice"
	)
	good := member{name: "p/plugin.py", content: "new"}
	with := func(name string) []byte { return pack(t, good, member{name: name, content: "x"}) }
	special1 := func(name string, mode fs.FileMode) []byte {
		h := &zip.FileHeader{Name: name}
		h.SetMode(mode | 0o777)
		if strings.HasSuffix(name, "/") {
			return pack(t, good, member{header: h})
		}
		return pack(t, good, member{header: h, content: "/etc/passwd"})
	}
	encrypted := named(t, "p/plugin.py", "p/x.py")
	at := bytes.LastIndex(encrypted, []byte("PK\x01\x02"))
	encrypted[at+8] |= 1
	strange := named(t, "p/plugin.py", "p/x.py")
	at = bytes.LastIndex(strange, []byte("PK\x01\x02"))
	strange[at+10] = 14 // LZMA
	damaged := pack(t, good, stored("p/x.py", 100))
	damaged[bytes.Index(damaged, []byte("0000"))+50] = '1'
	tests := []struct {
		name    string
		archive []byte
		limits  plugindir.Limits
		message string
	}{
		{"no bytes", nil, plugindir.Limits{}, "Invalid zip file"},
		{"no zip", []byte("<html>"), plugindir.Limits{}, "Invalid zip file"},
		{"cut off", named(t, "p/plugin.py")[:40], plugindir.Limits{}, "Invalid zip file"},
		{"damaged", damaged, plugindir.Limits{}, "Invalid zip file"},
		{"no entry", pack(t), plugindir.Limits{}, "Archive is empty"},
		{"no file", named(t, "p/", "p/q/"), plugindir.Limits{}, "Archive is empty"},
		{"many files", named(t, "p/plugin.py", "p/a", "p/b"), plugindir.Limits{Files: 2}, many},
		{"many folders", named(t, "p/plugin.py", "a/", "b/", "c/"), plugindir.Limits{Files: 3}, many},
		{"many folders that are not named", named(t, "p/plugin.py", "a/b/c/d"), plugindir.Limits{Files: 3}, many},
		{"a large file", pack(t, good, stored("p/x", 101)), plugindir.Limits{File: 100}, "Archive contains a file that is too large"},
		{"large", pack(t, good, stored("p/x", 100)), plugindir.Limits{Total: 102}, "Archive is too large"},
		{"up", with("../evil.py"), plugindir.Limits{}, unsafePath},
		{"up from within", with("a/../../evil"), plugindir.Limits{}, unsafePath},
		{"only up", with(".."), plugindir.Limits{}, unsafePath},
		{"up the Windows way", with(`..\evil`), plugindir.Limits{}, unsafePath},
		{"mixed", with(`p\../..\evil`), plugindir.Limits{}, unsafePath},
		{"absolute", with("/etc/x"), plugindir.Limits{}, unsafePath},
		{"drive", with(`C:\x`), plugindir.Limits{}, unsafePath},
		{"drive without root", with(`c:x`), plugindir.Limits{}, unsafePath},
		{"share", with(`\\host\x`), plugindir.Limits{}, unsafePath},
		{"not even outside of the plugin", pack(t, member{name: "../x/plugin.py"}), plugindir.Limits{}, unsafePath},
		{"NUL", with("p/x\x00.py"), plugindir.Limits{}, unsafePath},
		{"newline", with("p/x\ny.py"), plugindir.Limits{}, unsafePath},
		{"line separator", with("p/x\u2028y.py"), plugindir.Limits{}, unsafePath},
		{"escape", with("p/\x1b[2J"), plugindir.Limits{}, unsafePath},
		{"file without a name", pack(t, good, member{header: &zip.FileHeader{Name: "p/.."}}), plugindir.Limits{}, unsafePath},
		{"device CON", with("p/CON"), plugindir.Limits{}, unsafePath},
		{"device NUL", with("p/nul.txt"), plugindir.Limits{}, unsafePath},
		{"device in the middle", with("p/Aux /x"), plugindir.Limits{}, unsafePath},
		{"device with a number", with("COM1.py"), plugindir.Limits{}, unsafePath},
		{"long name", with("p/" + strings.Repeat("x", 5000)), plugindir.Limits{}, unsafePath},
		{"long part", with("p/" + strings.Repeat("x", 256)), plugindir.Limits{}, unsafePath},
		{"deep", with(strings.Repeat("d/", 500) + "x"), plugindir.Limits{}, unsafePath},
		{"a little too deep", with(strings.Repeat("d/", 32) + "x"), plugindir.Limits{}, unsafePath},
		{"link", special1("p/link", fs.ModeSymlink), plugindir.Limits{}, special},
		{"link as a folder", special1("p/link/", fs.ModeSymlink), plugindir.Limits{}, special},
		{"link elsewhere", special1("q/link", fs.ModeSymlink), plugindir.Limits{}, special},
		{"pipe", special1("p/pipe", fs.ModeNamedPipe), plugindir.Limits{}, special},
		{"device", special1("p/sda", fs.ModeDevice), plugindir.Limits{}, special},
		{"socket", special1("p/s", fs.ModeSocket), plugindir.Limits{}, special},
		{"twice", with("p/plugin.py"), plugindir.Limits{}, twice},
		{"twice, written otherwise", with("./p//plugin.py"), plugindir.Limits{}, twice},
		{"twice, in another case", with("p/PLUGIN.py"), plugindir.Limits{}, twice},
		{"picture in another case, twice", pack(t, good, member{name: "p/A.svg"}, member{name: "p/a.svg"}, member{name: "p/A.svg"}), plugindir.Limits{}, twice},
		{"picture in another case, twice the second", pack(t, good, member{name: "p/A.svg"}, member{name: "p/a.svg"}, member{name: "p/a.svg"}), plugindir.Limits{}, twice},
		{"picture in a folder in another case", pack(t, good, member{name: "p/x/A.svg"}, member{name: "p/X/a.svg"}), plugindir.Limits{}, twice},
		{"folder in another case", with("P/x.py"), plugindir.Limits{}, twice},
		{"file and folder", with("p/plugin.py/x"), plugindir.Limits{}, twice},
		{"folder and file", pack(t, member{name: "p/x/y"}, good, member{name: "p/x"}), plugindir.Limits{}, twice},
		{"encrypted", encrypted, plugindir.Limits{}, "Archive is encrypted"},
		{"unknown compression", strange, plugindir.Limits{}, "Archive is compressed in a way that is not supported: store or deflate its files"},
		{"no plugin", named(t, "readme.md", "p/plugin.json", "p/Plugin.py"), plugindir.Limits{}, "Invalid plugin: missing plugin.py or package `__init__.py` (or main.go)"},
		{"program that is not there", pack(t, member{name: "p/plugin.json", content: `{"executable":"p"}`}), plugindir.Limits{}, "Invalid plugin: missing plugin.py or package `__init__.py` (or main.go)"},
		{"both kinds", named(t, "p/main.go", "p/plugin.py"), plugindir.Limits{}, `Invalid plugin: the folder holds both main.go and plugin.py: say "runtime": "go" or "python" in plugin.json`},
		{"program outside", pack(t, good, member{name: "p/plugin.json", content: `{"executable":"../p"}`}), plugindir.Limits{}, `Invalid plugin: plugin.json names the executable "../p", which is not inside the folder`},
		{"key of caches", named(t, "__pycache__/plugin.py"), plugindir.Limits{}, `Invalid plugin: "__pycache__" cannot be a plugin's name`},
		{"key of dots", named(t, ".../plugin.py"), plugindir.Limits{}, `Invalid plugin: "..." cannot be a plugin's name`},
		{"key of the API", named(t, "Reload/plugin.py"), plugindir.Limits{}, `Invalid plugin: "reload" is a word of the API: give the folder another name`},
		{"long key", named(t, strings.Repeat("k", 129)+"/plugin.py"), plugindir.Limits{}, "Invalid plugin: the folder's name is longer than 128 bytes: give it a shorter one"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			u := upload(tt.archive)
			u.Limits = tt.limits
			if got := refuses(t, u); got.Message != tt.message || got.Code == "" {
				t.Errorf("Import = %v (%s), want %q", got, got.Code, tt.message)
			}
		})
	}
}

// TestUploadNames has plugins at the archive's root, which are named after the
// upload.
func TestUploadNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"..", "...", "reload.zip", "Runs.zip", "__pycache__.zip", strings.Repeat("k", 129) + ".zip"} {
		u := upload(named(t, "plugin.py"))
		u.Name = name
		if got := refuses(t, u); got.Code != plugindir.CodeInvalid {
			t.Errorf("Import of %q = %v", name, got)
		}
	}
}

// TestManifestDoesNotMatter has manifests that are none: such plugins are as
// old ones, which had no manifest.
func TestManifestDoesNotMatter(t *testing.T) {
	t.Parallel()
	for _, manifest := range []string{"", "[]", "{", "\xff", strings.Repeat(" ", 1<<20) + "{}"} {
		archive := pack(t, member{name: "p/plugin.py"}, member{name: "p/plugin.json", content: manifest})
		if _, err := open(t, t.TempDir()).Import(t.Context(), upload(archive)); err != nil {
			t.Errorf("Import with the manifest %.10q = %v", manifest, err)
		}
	}
}

// zeros makes an archive with one file of 10 GB of zeros in 10 MB, which says
// that it has the size claimed.
func zeros(t testing.TB, claimed uint64) []byte {
	t.Helper()
	var block bytes.Buffer
	w, err := flate.NewWriter(&block, flate.BestCompression)
	if err == nil {
		_, err = w.Write(make([]byte, 1<<20))
	}
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		t.Fatal(err)
	}
	data := append(bytes.Repeat(block.Bytes(), 10_000), 1, 0, 0, 255, 255) // an empty last block
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if _, err = z.Create("p/plugin.py"); err != nil {
		t.Fatal(err)
	}
	e, err := z.CreateRaw(&zip.FileHeader{Name: "p/zeros", Method: zip.Deflate, CompressedSize64: uint64(len(data)), UncompressedSize64: claimed})
	if err == nil {
		_, err = e.Write(data)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestBombs has archives that become far more than they look like.
func TestBombs(t *testing.T) {
	t.Parallel()
	honest := zeros(t, 10_000<<20)
	if got := refuses(t, upload(honest)); got.Code != plugindir.CodeFileTooLarge {
		t.Errorf("Import of 10 GB = %v", got)
	}
	for _, claimed := range []uint64{0, 1, 1 << 20, 10 << 20} {
		if got := refuses(t, upload(zeros(t, claimed))); got.Code != plugindir.CodeNotZip {
			t.Errorf("Import of 10 GB that say they are %d = %v", claimed, got)
		}
	}
	inner := pack(t, member{name: "p/plugin.py"}, member{name: "p/inner.zip", content: string(honest)})
	got, err := open(t, t.TempDir()).Import(t.Context(), upload(inner))
	if err != nil || got.Bytes > 20<<20 {
		t.Errorf("Import of an archive in an archive = %+v, %v, want it left packed", got, err)
	}
}

// TestOverlap has a thousand entries that are all the same bytes.
func TestOverlap(t *testing.T) {
	t.Parallel()
	archive := pack(t, member{name: "p/plugin.py"}, member{name: "p/x0000", content: strings.Repeat("0", 1<<20)})
	directory := bytes.Index(archive, []byte("PK\x01\x02"))
	end := bytes.Index(archive, []byte("PK\x05\x06"))
	header := archive[bytes.LastIndex(archive, []byte("PK\x01\x02")):end]
	bomb := bytes.Clone(archive[:end])
	for i := range 1000 {
		bomb = append(bomb, bytes.Replace(header, []byte("x0000"), fmt.Appendf(nil, "x%04d", i+1), 1)...)
	}
	tail := bytes.Clone(archive[end:])
	binary.LittleEndian.PutUint16(tail[8:], 1002)
	binary.LittleEndian.PutUint16(tail[10:], 1002)
	binary.LittleEndian.PutUint32(tail[12:], uint32(len(bomb)-directory))
	if got := refuses(t, upload(append(bomb, tail...))); got.Code != plugindir.CodeTooLarge {
		t.Errorf("Import = %v", got)
	}
}

// entries makes an archive with a plugin and very many entries of one kind.
func entries(t testing.TB, suffix string) []byte {
	t.Helper()
	list := []member{{name: "p/plugin.py"}}
	for i := range 100_000 {
		list = append(list, stored(fmt.Sprintf("p/%d%s", i, suffix), 0))
	}
	return pack(t, list...)
}

// TestManyEntries has lists of entries that would fill the memory.
func TestManyEntries(t *testing.T) {
	t.Parallel()
	for _, suffix := range []string{"", "/", strings.Repeat("x", 40)} {
		if got := refuses(t, upload(entries(t, suffix))); got.Code != plugindir.CodeTooManyFiles {
			t.Errorf("Import of 100,000 = %v", got)
		}
	}
}

// TestMemory holds that an import needs little memory, however large the
// plugin is. It is not parallel: what others allocate would count.
func TestMemory(t *testing.T) {
	const size = 64 << 20
	for _, tt := range []struct {
		name    string
		archive []byte
		limit   uint64 // bytes
	}{
		{"large", pack(t, member{name: "p/main.go"}, stored("p/a", size/2), member{name: "p/b", content: strings.Repeat("0", size/2)}), 2 << 20},
		{"refused", entries(t, ""), 32 << 20},
	} {
		d := open(t, t.TempDir())
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := d.Import(t.Context(), upload(tt.archive))
		runtime.ReadMemStats(&after)
		if (err == nil) != (tt.name == "large") {
			t.Fatalf("the %s import: %v", tt.name, err)
		}
		used := after.TotalAlloc - before.TotalAlloc
		if used > tt.limit {
			t.Errorf("the %s import allocated %d bytes, want at most %d", tt.name, used, tt.limit)
		}
		t.Logf("the %s import allocated %d bytes", tt.name, used)
	}
}
