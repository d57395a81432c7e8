package sdk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// Handler is the work of an action; [Handle] and [HandleParams] make one.
type Handler struct {
	settings reflect.Type // nil: the zero Handler, or a faulty one
	params   reflect.Type // nil: the action takes no parameters
	call     func(ctx *Context, settings, params json.RawMessage) (Result, error)
	fault    error // why the Handler cannot be used
}

// Worker is the background work of a plugin; [Background] makes one.
type Worker struct {
	settings reflect.Type
	call     func(ctx *Context, settings json.RawMessage) error
	fault    error
}

// errNoFunction reports a nil function, or something else in its place.
var errNoFunction = errors.New("it has no function to run")

// Handle makes a [Handler] of a function that gets the saved settings. S is the
// type of the plugin's Settings.
func Handle[S any](f func(ctx *Context, settings S) (Result, error)) Handler {
	if f == nil {
		return Handler{fault: errNoFunction}
	}
	return Handler{
		settings: reflect.TypeFor[S](),
		call: func(ctx *Context, settings, _ json.RawMessage) (Result, error) {
			var s S
			if err := decode("settings", settings, &s); err != nil {
				return Result{}, err
			}
			return f(ctx, s)
		},
	}
}

// HandleParams makes a [Handler] of a function that also gets parameters: P is
// a struct declared like settings. The page shows its form before the run, and
// the values are checked before the function is called.
func HandleParams[S, P any](f func(ctx *Context, settings S, params P) (Result, error)) Handler {
	if f == nil {
		return Handler{fault: errNoFunction}
	}
	return Handler{
		settings: reflect.TypeFor[S](),
		params:   reflect.TypeFor[P](),
		call: func(ctx *Context, settings, params json.RawMessage) (Result, error) {
			var s S
			var p P
			if err := errors.Join(decode("settings", settings, &s), decode("parameters", params, &p)); err != nil {
				return Result{}, err
			}
			return f(ctx, s, p)
		},
	}
}

// Background makes a [Worker] of a function that runs until its context ends:
// when the plugin is disabled, reloaded or removed, when the host ends, and
// when the settings change. In the last case it is called again with the new
// ones. An error is logged; the function is not called again for it.
func Background[S any](f func(ctx *Context, settings S) error) Worker {
	if f == nil {
		return Worker{fault: errNoFunction}
	}
	return Worker{
		settings: reflect.TypeFor[S](),
		call: func(ctx *Context, settings json.RawMessage) error {
			var s S
			if err := decode("settings", settings, &s); err != nil {
				return err
			}
			return f(ctx, s)
		},
	}
}

// HandleAny is [Handle] and [HandleParams] for a function whose type is only
// known while the program runs. The interpreter, which cannot call generic
// functions of compiled packages, puts it in their place; plugins do not need
// it. A function of another shape makes a Handler that [Serve] refuses.
func HandleAny(f any) Handler {
	fn := reflect.ValueOf(f)
	args, err := signature(fn, []reflect.Type{reflect.TypeFor[Result](), reflect.TypeFor[error]()})
	if err == nil && len(args) != 1 && len(args) != 2 {
		err = fmt.Errorf("a handler takes a context, settings and perhaps parameters, this one is a %T", f)
	}
	if err != nil {
		return Handler{fault: err}
	}
	h := Handler{settings: args[0]}
	if len(args) == 2 {
		h.params = args[1]
	}
	h.call = func(ctx *Context, settings, params json.RawMessage) (Result, error) {
		in, err := arguments(ctx, args, settings, params)
		if err != nil {
			return Result{}, err
		}
		out := fn.Call(in)
		result, _ := reflect.TypeAssert[Result](out[0]) // its type was checked above
		err, _ = reflect.TypeAssert[error](out[1])      // nil is none
		return result, err
	}
	return h
}

// BackgroundAny is to [Background] what [HandleAny] is to [Handle].
func BackgroundAny(f any) Worker {
	fn := reflect.ValueOf(f)
	args, err := signature(fn, []reflect.Type{reflect.TypeFor[error]()})
	if err == nil && len(args) != 1 {
		err = fmt.Errorf("background work takes a context and settings, this one is a %T", f)
	}
	if err != nil {
		return Worker{fault: err}
	}
	return Worker{settings: args[0], call: func(ctx *Context, settings json.RawMessage) error {
		in, err := arguments(ctx, args, settings, nil)
		if err != nil {
			return err
		}
		err, _ = reflect.TypeAssert[error](fn.Call(in)[0]) // nil is none
		return err
	}}
}

// signature checks that fn takes a *Context first and returns results; it
// returns the types of the other arguments.
func signature(fn reflect.Value, results []reflect.Type) ([]reflect.Type, error) {
	if fn.Kind() != reflect.Func || fn.IsNil() {
		return nil, errNoFunction
	}
	t := fn.Type()
	fits := t.NumIn() > 0 && t.In(0) == reflect.TypeFor[*Context]() && t.NumOut() == len(results) && !t.IsVariadic()
	for i := range results {
		fits = fits && t.Out(i) == results[i]
	}
	if !fits {
		return nil, fmt.Errorf("a handler takes *sdk.Context first and returns %v, this one is a %v", results, t)
	}
	var args []reflect.Type
	for i := 1; i < t.NumIn(); i++ {
		args = append(args, t.In(i))
	}
	return args, nil
}

// arguments decodes one JSON value per type.
func arguments(ctx *Context, types []reflect.Type, values ...json.RawMessage) ([]reflect.Value, error) {
	in := []reflect.Value{reflect.ValueOf(ctx)}
	var faults []error
	for i, t := range types {
		v := reflect.New(t)
		faults = append(faults, decode([]string{"settings", "parameters"}[i], values[i], v.Interface()))
		in = append(in, v.Elem())
	}
	return in, errors.Join(faults...)
}

// decode reads what the host sent; nothing at all leaves v as it is.
func decode(what string, raw json.RawMessage, v any) error {
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return nil
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("decode the %s: %w", what, err)
	}
	return nil
}
