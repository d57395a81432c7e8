package plugindir

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What a name in an archive may be at most.
const (
	maxName  = 1024 // bytes of a whole path
	maxPart  = 255  // bytes between two slashes, as file systems have it
	maxDepth = 32   // parts of a path
)

// cp437 is the upper half of the code page of names in archives that do not
// say they are UTF-8. Source: APPNOTE.TXT 6.3.10, appendix D.
const cp437 = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐" +
	"└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0"

// localName returns the name of an archive's entry as a path below the
// archive's root, "." for the root itself. Backslashes count as slashes:
// archives made on Windows have them. The error says what is unsafe.
func localName(raw string) (string, error) {
	name := slashed(raw)
	switch {
	case raw == "":
		return "", errors.New("a name is empty")
	case len(raw) > maxName || len(name) > maxName:
		return "", fmt.Errorf("%.40q… is longer than %d bytes", name, maxName)
	case strings.ContainsFunc(name, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp) }):
		return "", fmt.Errorf("%.80q holds a control character", name)
	case strings.HasPrefix(name, "/"), len(name) > 1 && name[1] == ':' && unicode.IsLetter(rune(name[0])):
		return "", fmt.Errorf("%.80q is absolute", name)
	}
	for part := range strings.SplitSeq(name, "/") {
		if len(part) > maxPart {
			return "", fmt.Errorf("%.40q… is longer than %d bytes", part, maxPart)
		}
		if isDevice(part) {
			return "", fmt.Errorf("%.80q is named like a device", name)
		}
	}
	name = path.Clean(name)
	if !filepath.IsLocal(name) {
		return "", fmt.Errorf("%.80q leads out of the archive", name)
	}
	if strings.Count(name, "/") >= maxDepth {
		return "", fmt.Errorf("%.40q… is deeper than %d folders", name, maxDepth)
	}
	return name, nil
}

// slashed returns an entry's name in UTF-8 and with slashes.
func slashed(raw string) string {
	if !utf8.ValidString(raw) {
		upper := []rune(cp437)
		decoded := make([]rune, len(raw))
		for i := range len(raw) {
			decoded[i] = rune(raw[i])
			if raw[i] >= utf8.RuneSelf {
				decoded[i] = upper[raw[i]-utf8.RuneSelf]
			}
		}
		raw = string(decoded)
	}
	return strings.ReplaceAll(raw, `\`, "/")
}

// isDevice says that Windows takes a file of this name for a device, whatever
// follows the first dot.
func isDevice(part string) bool {
	stem, _, _ := strings.Cut(part, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	if slices.Contains([]string{"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"}, stem) {
		return true
	}
	port, isPort := strings.CutPrefix(stem, "COM")
	if !isPort {
		port, isPort = strings.CutPrefix(stem, "LPT")
	}
	return isPort && utf8.RuneCountInString(port) == 1 && strings.Contains("0123456789¹²³", port)
}

// folded returns what two names have in common that a file system which knows
// no case takes for one.
func folded(name string) string { return strings.ToLower(strings.ToUpper(name)) }

// stem returns the name of an uploaded file without its folder and without
// its last extension.
func stem(upload string) string {
	base := upload[strings.LastIndexAny(upload, `/\`)+1:]
	dot := strings.LastIndexByte(base, '.')
	if dot < 0 || strings.Trim(base[:dot], ".") == "" { // the dots of .zip begin a name
		return base
	}
	return base[:dot]
}

// importedKey returns the key of a plugin that comes in a folder, or a file,
// of this name. It is stricter than Key, as in Dispatcharr: only a-z, 0-9 and
// "_" are left.
func importedKey(name string) (string, error) {
	if name == "__pycache__" || name != "" && strings.Trim(name, ".") == "" {
		return "", invalidPlugin(fmt.Sprintf("%q cannot be a plugin's name", name))
	}
	key := strings.Map(func(r rune) rune {
		if r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToLower(name))
	if key = strings.Trim(key, "_"); key == "" {
		key = "plugin"
	}
	if fault := keyFault(key); fault != "" {
		return "", invalidPlugin(fault)
	}
	return key, nil
}
