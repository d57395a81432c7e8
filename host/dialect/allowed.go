package dialect

import (
	"fmt"
	"strings"

	"github.com/pluggarr/pluggarr/sdk/wire"
)

// SDK is the import path of the package that every Go plugin imports.
const SDK = "github.com/pluggarr/pluggarr/sdk"

// Allowed returns the import paths that plugins may use besides their own
// packages and what they vendor: SDK packages first, then the standard
// library's, each group sorted.
func Allowed() []string {
	return append(AllowedSDK(), AllowedStd()...)
}

// AllowedSDK returns the packages of the SDK that plugins may import: [SDK]
// first, then those with what authors loop over, compiled because interpreted
// loops are slow.
func AllowedSDK() []string {
	return []string{SDK, SDK + "/batch", SDK + "/m3u", SDK + "/match", SDK + "/xmltv"}
}

// AllowedStd returns the packages of the standard library that plugins may
// import, sorted. Left out are those that go around the language or start
// programs (see [refusal]), tools for Go source, debuggers and profilers, servers of
// protocols that nobody speaks to a plugin, and what is for tests.
func AllowedStd() []string {
	return strings.Fields(`
		archive/tar archive/zip
		bufio bytes
		cmp compress/bzip2 compress/flate compress/gzip compress/lzw compress/zlib
		container/heap container/list container/ring context
		crypto crypto/aes crypto/cipher crypto/des crypto/ecdh crypto/ecdsa crypto/ed25519 crypto/elliptic crypto/hkdf
		crypto/hmac crypto/md5 crypto/pbkdf2 crypto/rand crypto/rc4 crypto/rsa crypto/sha1 crypto/sha256 crypto/sha3
		crypto/sha512 crypto/subtle crypto/tls crypto/x509 crypto/x509/pkix
		database/sql database/sql/driver
		encoding encoding/ascii85 encoding/asn1 encoding/base32 encoding/base64 encoding/binary encoding/csv encoding/gob
		encoding/hex encoding/json encoding/pem encoding/xml errors
		flag fmt
		hash hash/adler32 hash/crc32 hash/crc64 hash/fnv hash/maphash html html/template
		image image/color image/color/palette image/draw image/gif image/jpeg image/png index/suffixarray
		io io/fs io/ioutil iter
		log log/slog
		maps math math/big math/bits math/cmplx math/rand math/rand/v2 mime mime/multipart mime/quotedprintable
		net net/http net/http/cookiejar net/http/httptrace net/http/httputil net/mail net/netip net/smtp net/textproto net/url
		os os/signal os/user
		path path/filepath
		reflect regexp regexp/syntax runtime runtime/debug
		slices sort strconv strings sync sync/atomic
		text/scanner text/tabwriter text/template text/template/parse time
		unicode unicode/utf16 unicode/utf8 unique`)
}

// allowedInTests returns what a plugin's tests may import besides [Allowed]:
// the SDK's package first.
func allowedInTests() []string {
	return append([]string{SDK + "/sdktest"}, AllowedStdInTests()...)
}

// AllowedStdInTests returns the packages of the standard library among
// allowedInTests, sorted.
func AllowedStdInTests() []string {
	return strings.Fields("net/http/httptest testing testing/fstest testing/iotest")
}

// allowed is the set of Allowed.
func allowed() map[string]bool {
	set := map[string]bool{}
	for _, path := range Allowed() {
		set[path] = true
	}
	return set
}

// refusal says why a plugin may not import a package and what to do instead.
func refusal(path string) string {
	switch path {
	case "C":
		return `import "C" is not available to plugins: they are pure Go`
	case "unsafe":
		return "package unsafe is not available to plugins: it goes around the checks of the language"
	case "syscall":
		return "package syscall is not available to plugins: use package os"
	case "os/exec":
		return "package os/exec is not available to plugins: they may not start programs"
	case "plugin", "runtime/cgo":
		return fmt.Sprintf("package %s is not available to plugins: they may not load compiled code", path)
	case "embed":
		return "package embed is not available to plugins: read the file with os.ReadFile; plugins run in their own folder"
	}
	first, _, _ := strings.Cut(path, "/")
	switch {
	case first == "testing":
		return fmt.Sprintf("package %s is not available to plugins: use it in files whose names end in _test.go", path)
	case strings.HasPrefix(path, "./") || strings.HasPrefix(path, "../"):
		return fmt.Sprintf("%q is not an import path: write the module's path, as in go.mod, and the folder below it", path)
	case strings.HasPrefix(path, SDK+"/"), !strings.Contains(first, "."):
		return fmt.Sprintf("package %s is not available to plugins", path)
	}
	return fmt.Sprintf("package %s is not available to plugins: copy it to vendor/%[1]s (go mod vendor does)", path)
}

// importKind tells a package that no plugin may import from one that is not there.
func importKind(path string) string {
	switch path {
	case "C", "unsafe", "syscall", "os/exec", "plugin", "runtime/cgo":
		return wire.KindPolicy
	}
	return ""
}

// Forbidden says why plugins may not use a function of a package that they may
// import; "" when they may.
func Forbidden(pkg, name string) string {
	if pkg == "os" && name == "StartProcess" {
		return "os.StartProcess is not available to plugins: they may not start programs"
	}
	return ""
}
