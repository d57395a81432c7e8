package build

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	_ "embed" // the SDK's source
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

//go:generate go run ./mkarchive -from ../../sdk -to zsdk.zip

//go:embed zsdk.zip
var sdkZip []byte

// Module is the path of the module that the SDK is in, and Version what a
// plugin requires of it: nobody else serves that version.
const (
	Module  = "github.com/pluggarr/pluggarr"
	Version = "v0.0.0"
)

// sdkHash names the SDK's source that this program carries.
func sdkHash() string {
	sum := sha256.Sum256(sdkZip)
	return hex.EncodeToString(sum[:8])
}

// SDK returns the source of the SDK that this program carries, as the folder
// sdk of its module.
func SDK() (fs.FS, error) {
	z, err := zip.NewReader(bytes.NewReader(sdkZip), int64(len(sdkZip)))
	if err != nil {
		return nil, fmt.Errorf("open the SDK's source: %w", err)
	}
	return z, nil
}

// UnpackSDK writes a module with nothing but the SDK into dir, which is made:
// a plugin's go.mod can name it in a replace directive, and editors then know
// the SDK without a network.
func UnpackSDK(dir string) error {
	source, err := SDK()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // source is no secret
		return fmt.Errorf("make a folder for the SDK: %w", err)
	}
	if err := os.CopyFS(filepath.Join(dir, "sdk"), source); err != nil {
		return fmt.Errorf("unpack the SDK: %w", err)
	}
	mod := "module " + Module + "\n\ngo " + language() + "\n"
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(mod), 0o600); err != nil {
		return fmt.Errorf("unpack the SDK: %w", err)
	}
	return nil
}
