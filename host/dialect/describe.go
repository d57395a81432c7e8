package dialect

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"slices"

	"github.com/pluggarr/pluggarr/sdk"
)

// reader reads a sdk.Plugin out of the source that makes it.
type reader struct {
	*load
	vars map[types.Object]ast.Expr // what variables start as; nil for their zero value
	set  map[types.Object]bool     // variables that are changed later
	funs map[types.Object]*ast.FuncDecl

	settings types.Type // of the plugin's Settings; nil without any or when unknown
	unknown  bool       // whether Settings could not be read at all
}

// describe reads what the plugin declares, and reports what the SDK would
// refuse when the plugin is loaded.
func (l *load) describe() {
	calls := l.serveCalls()
	if len(calls) == 0 {
		if len(l.problems.all) == 0 {
			l.report(l.at(l.main.syntax[0].Name.Pos()), "sdk.Serve is not called: main has to end with sdk.Serve(sdk.Plugin{…})")
		}
		return
	}
	r := &reader{load: l}
	r.collect()
	if len(calls) > 1 {
		r.warn(calls[1], "sdk.Serve is called more than once; the first call is described")
	}
	if len(calls[0].Args) == 1 {
		r.plugin(calls[0].Args[0])
	}
}

// serveCalls finds the calls of sdk.Serve, those in main first.
func (l *load) serveCalls() []*ast.CallExpr {
	var calls []*ast.CallExpr
	for _, p := range slices.Backward(l.order) { // main is the last
		if p.Vendored {
			continue
		}
		for _, file := range p.syntax {
			ast.Inspect(file, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && l.sdkFunc(call.Fun) == "Serve" {
					calls = append(calls, call)
				}
				return true
			})
		}
	}
	return calls
}

// sdkFunc returns the name of the SDK's function that e names, "" for anything
// else.
func (l *load) sdkFunc(e ast.Expr) string {
	if id := nameOf(e); id != nil {
		if f, ok := l.info.Uses[id].(*types.Func); ok && f.Pkg() != nil && f.Pkg().Path() == SDK {
			return f.Name()
		}
	}
	return ""
}

// nameOf returns the identifier that a name, a selector or an instantiation of
// one ends with; nil for other expressions.
func nameOf(e ast.Expr) *ast.Ident {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e
	case *ast.SelectorExpr:
		return e.Sel
	case *ast.IndexExpr:
		return nameOf(e.X)
	case *ast.IndexListExpr:
		return nameOf(e.X)
	}
	return nil
}

// warn notes something that is left out.
func (r *reader) warn(n ast.Node, format string, args ...any) {
	at := r.at(n.Pos())
	r.description.Warnings = append(r.description.Warnings,
		fmt.Sprintf("%s:%d: %s", at.file, at.line, fmt.Sprintf(format, args...)))
}

// plugin reads the argument of sdk.Serve.
func (r *reader) plugin(e ast.Expr) {
	lit := r.literal(e)
	if lit == nil {
		r.warn(e, "the plugin is not declared by a literal; what it is shows when it runs")
		return
	}
	fields := r.fields(lit)
	d := &r.description
	d.Name = r.text(fields, "Name", "")
	d.Version = r.text(fields, "Version", "")
	d.Description = r.text(fields, "Description", "")
	d.Author = r.text(fields, "Author", "")
	d.HelpURL = r.text(fields, "HelpURL", "")
	if d.Name == "" && r.isEmpty(fields["Name"]) {
		r.report(r.at(lit.Pos()), "the plugin has no Name")
	}
	r.readSettings(fields["Settings"])
	r.readActions(fields["Actions"])
	r.readStart(fields["Start"])
	d.HasStop = r.isSet(fields["Stop"])
	d.HasOptions = r.isSet(fields["Options"])
}

// text reads a string field; of names the thing it belongs to in a warning.
func (r *reader) text(fields map[string]ast.Expr, field, of string) string {
	e := fields[field]
	if r.isEmpty(e) {
		return ""
	}
	v := r.constant(e)
	if v == nil || v.Kind() != constant.String {
		r.warn(e, "%s%s is not a constant and is left out", of, field)
		return ""
	}
	return constant.StringVal(v)
}

// isEmpty says that a string field is absent or known to be "".
func (r *reader) isEmpty(e ast.Expr) bool {
	if e == nil {
		return true
	}
	v := r.constant(e)
	return v != nil && v.Kind() == constant.String && constant.StringVal(v) == ""
}

// isSet says that a field of a function type is there and not nil.
func (r *reader) isSet(e ast.Expr) bool {
	return e != nil && !r.info.Types[e].IsNil()
}

func (r *reader) readSettings(e ast.Expr) {
	if e == nil || r.info.Types[e].IsNil() {
		return
	}
	r.settings = r.info.TypeOf(e)
	if r.settings == nil || types.IsInterface(r.settings) {
		r.settings, r.unknown = nil, true
		r.warn(e, "the type of Settings is not known before the plugin runs")
		return
	}
	if _, ok := r.settings.Underlying().(*types.Struct); !ok {
		r.report(r.at(e.Pos()), "settings have to be a struct, not %s", r.name(r.settings))
		return
	}
	r.description.Settings = r.shape(r.settings, e)
}

func (r *reader) readActions(e ast.Expr) {
	if e == nil || r.info.Types[e].IsNil() {
		return
	}
	lit := r.literal(e)
	if lit == nil {
		r.warn(e, "Actions are not a literal and are left out")
		return
	}
	seen := map[string]bool{}
	for _, element := range lit.Elts {
		if kv, ok := element.(*ast.KeyValueExpr); ok {
			element = kv.Value
		}
		r.readAction(element, seen)
	}
}

func (r *reader) readAction(e ast.Expr, seen map[string]bool) {
	lit := r.literal(e)
	if lit == nil {
		r.warn(e, "an action is not a literal and is left out")
		return
	}
	fields := r.fields(lit)
	warned := len(r.description.Warnings)
	a := sdk.ActionDescription{ID: r.text(fields, "ID", "an action's ")}
	if a.ID == "" && len(r.description.Warnings) > warned {
		return // an action of unknown name cannot be listed
	}
	of := fmt.Sprintf("action %q: ", a.ID)
	a.Label = r.text(fields, "Label", of)
	a.Description = r.text(fields, "Description", of)
	a.ButtonLabel = r.text(fields, "ButtonLabel", of)
	a.ButtonVariant = r.text(fields, "ButtonVariant", of)
	a.ButtonColor = r.text(fields, "ButtonColor", of)
	a.Schedule = r.text(fields, "Schedule", of)
	a.Confirm = r.confirm(fields["Confirm"], of)
	a.Events = r.events(fields["Events"], of)
	if v, ok := r.known(fields["Timeout"], of+"Timeout"); ok {
		n, _ := constant.Int64Val(constant.ToInt(v))
		a.Timeout = sdk.Duration(n)
	}
	if v, ok := r.known(fields["Background"], of+"Background"); ok {
		a.Background = constant.BoolVal(v)
	}
	switch {
	case a.ID == "" || r.isEmpty(fields["Label"]):
		r.report(r.at(lit.Pos()), "an action has an ID and a Label")
	case seen[a.ID]:
		r.report(r.at(fields["ID"].Pos()), "the action ID %q is taken", a.ID)
	}
	seen[a.ID] = true
	a.Params = r.readRun(fields["Run"], lit, of)
	r.description.Actions = append(r.description.Actions, a)
}

// known returns the constant value of a field, if it is there.
func (r *reader) known(e ast.Expr, what string) (constant.Value, bool) {
	if e == nil {
		return nil, false
	}
	v := r.constant(e)
	if v == nil || v.Kind() == constant.Unknown {
		r.warn(e, "%s is not a constant and is left out", what)
		return nil, false
	}
	return v, true
}

func (r *reader) confirm(e ast.Expr, of string) *sdk.Confirm {
	if e == nil || r.info.Types[e].IsNil() {
		return nil
	}
	lit := r.literal(e)
	if lit == nil {
		r.warn(e, "%sConfirm is not a literal and is left out", of)
		return nil
	}
	fields := r.fields(lit)
	return &sdk.Confirm{Title: r.text(fields, "Title", of+"Confirm."), Message: r.text(fields, "Message", of+"Confirm.")}
}

func (r *reader) events(e ast.Expr, of string) []string {
	if e == nil || r.info.Types[e].IsNil() {
		return nil
	}
	events, ok := r.strings(e)
	if !ok {
		r.warn(e, "%sEvents are not constants and are left out", of)
	}
	return events
}

// readRun checks an action's handler and returns the shape of its parameters.
func (r *reader) readRun(e ast.Expr, action ast.Expr, of string) *sdk.Shape {
	if e == nil {
		r.report(r.at(action.Pos()), "%sit has no function to run", of)
		return nil
	}
	args := r.handler(e, "Handle", "HandleParams")
	if args == nil {
		r.warn(e, "%sRun is not made by sdk.Handle or sdk.HandleParams here; its parameters are left out", of)
		return nil
	}
	r.fits(e, args[0], of)
	if len(args) < 2 {
		return nil
	}
	if !isStruct(args[1]) {
		r.report(r.at(e.Pos()), "%sparameters have to be a struct, not %s", of, r.name(args[1]))
		return nil
	}
	return r.shape(args[1], nil)
}

func (r *reader) readStart(e ast.Expr) {
	if e == nil {
		return
	}
	if args := r.handler(e, "Background"); args != nil {
		r.description.HasStart = true
		r.fits(e, args[0], "start: ")
		return
	}
	if lit := r.literal(e); lit != nil && len(lit.Elts) == 0 {
		return // sdk.Worker{}
	}
	r.warn(e, "Start is not made by sdk.Background here and is left out")
}

// handler returns the type arguments of the call of one of the SDK's generic
// functions that made e; nil when something else did.
func (r *reader) handler(e ast.Expr, names ...string) []types.Type {
	call, ok := r.follow(e).(*ast.CallExpr)
	if !ok {
		return nil
	}
	for _, name := range names {
		if r.sdkFunc(call.Fun) != name {
			continue
		}
		var list []types.Type
		for t := range r.info.Instances[nameOf(call.Fun)].TypeArgs.Types() {
			list = append(list, t)
		}
		return list
	}
	return nil
}

// fits reports a handler whose settings are not the plugin's.
func (r *reader) fits(e ast.Expr, want types.Type, of string) {
	if r.unknown {
		return
	}
	s, ok := want.Underlying().(*types.Struct)
	switch {
	case r.settings == nil && ok && s.NumFields() == 0:
	case r.settings == nil:
		r.report(r.at(e.Pos()), "%sits function takes %s, the plugin has no Settings", of, r.name(want))
	case !types.Identical(want, r.settings):
		r.report(r.at(e.Pos()), "%sits function takes %s, the plugin's Settings are %s", of, r.name(want), r.name(r.settings))
	}
}

// name is a type as the plugin's author writes it.
func (r *reader) name(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p == r.main.types {
			return ""
		}
		return p.Name()
	})
}
