package interp_test

import (
	"fmt"
	"go/types"
	"slices"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/dialect"
	"github.com/pluggarr/pluggarr/host/interp/symbols"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// What may be imported can be run: it has a table, or nothing in it but
// generic code.
func TestTablesAreWhatIsAllowed(t *testing.T) {
	t.Parallel()
	std, err := dialect.Importer()
	if err != nil {
		t.Fatal(err)
	}
	paths := symbols.Paths()
	for _, path := range dialect.AllowedStd() {
		if slices.Contains(paths, path) {
			if symbols.Table(path) == nil {
				t.Errorf("package %s is listed and has no table", path)
			}
			continue
		}
		pkg, err := std.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range pkg.Scope().Names() {
			if f, ok := pkg.Scope().Lookup(name).(*types.Func); ok && f.Exported() && f.Signature().TypeParams().Len() == 0 {
				t.Errorf("package %s has %s and no table", path, name)
			}
		}
	}
	for _, path := range paths {
		if !slices.Contains(append(dialect.AllowedStd(), dialect.AllowedStdInTests()...), path) {
			t.Errorf("package %s has a table and is not allowed", path)
		}
	}
	if symbols.Table("os/exec") != nil || symbols.Table("os")["StartProcess"].IsValid() {
		t.Error("plugins can start programs")
	}
}

// A plugin that names everything in the SDK runs.
func TestSDKIsAllThere(t *testing.T) {
	t.Parallel()
	std, err := dialect.Importer()
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := std.Import(dialect.SDK)
	if err != nil {
		t.Fatal(err)
	}
	var uses strings.Builder
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if !obj.Exported() {
			continue
		}
		switch obj := obj.(type) {
		case *types.TypeName:
			fmt.Fprintf(&uses, "\tvar v%s sdk.%[1]s\n\t_ = v%[1]s\n", name)
		case *types.Func:
			if obj.Signature().TypeParams().Len() == 0 {
				fmt.Fprintf(&uses, "\tf%s := sdk.%[1]s\n\t_ = f%[1]s\n", name)
			}
		default:
			fmt.Fprintf(&uses, "\tc%s := sdk.%[1]s\n\t_ = c%[1]s\n", name)
		}
	}
	source := head + `func a(*sdk.Context, struct{}) (sdk.Result, error)           { return sdk.Result{}, nil }
func b(*sdk.Context, struct{}, struct{}) (sdk.Result, error) { return sdk.Result{}, nil }
func c(*sdk.Context, struct{}) error                         { return nil }

func main() {
	_, _, _ = sdk.Handle(a), sdk.HandleParams(b), sdk.Background(c)
` + uses.String() + "\tsdk.Serve(sdk.Plugin{Name: \"All\"})\n}\n"
	p := interpreted(t)
	if got := p.call(t, wire.MethodHello, hello(t, folder(t, source))); !strings.Contains(got, `"protocol":1`) {
		t.Errorf("hello = %s\n%s", got, source)
	}
	if err := p.end(t); err != nil {
		t.Error(err)
	}
}
