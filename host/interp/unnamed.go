package interp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
)

// named returns source in which every parameter without a name is called "_".
// The interpreter gives a function that leaves the names out its arguments in
// the place of its results. Lines stay as they are. Source that does not parse,
// which was found out before, is returned as it is.
func named(source []byte) []byte {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", source, parser.SkipObjectResolution)
	if err != nil {
		return source
	}
	var at []int
	ast.Inspect(file, func(n ast.Node) bool {
		switch f := n.(type) {
		case *ast.FuncDecl:
			at = append(at, unnamed(fset, f.Type)...)
		case *ast.FuncLit:
			at = append(at, unnamed(fset, f.Type)...)
		}
		return true
	})
	slices.Sort(at)
	for _, offset := range slices.Backward(at) { // from behind, so that the other places stay right
		source = slices.Concat(source[:offset], []byte("_ "), source[offset:])
	}
	return source
}

// unnamed returns where the parameters of a function without names begin.
func unnamed(fset *token.FileSet, f *ast.FuncType) []int {
	var at []int
	for _, p := range f.Params.List {
		if len(p.Names) == 0 {
			at = append(at, fset.File(p.Type.Pos()).Offset(p.Type.Pos()))
		}
	}
	return at
}
