package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"

	"github.com/pluggarr/pluggarr/sdk/wire"
)

// session is one plugin in the hands of one host.
type session struct {
	plugin      Plugin
	description Description
	fault       error // what is wrong with the declaration

	ready chan struct{} // closed when conn is set
	conn  *wire.Conn

	frames     func(value any) string // of the panic that is being recovered; see ServeTraced
	greeted    atomic.Bool
	background *background
}

// newSession makes a session whose background work ends with ctx.
func newSession(ctx context.Context, p Plugin) *session {
	s := &session{plugin: p, frames: traceback, ready: make(chan struct{}), background: newBackground(ctx)}
	s.description, s.fault = p.describe()
	return s
}

func (s *session) attach(conn *wire.Conn) {
	s.conn = conn
	close(s.ready)
}

// handle answers the host.
func (s *session) handle(ctx context.Context, method string, params json.RawMessage) (any, error) {
	<-s.ready
	var answer func(context.Context, json.RawMessage) (any, error)
	switch method {
	case wire.MethodHello:
		return s.hello(params)
	case wire.MethodDescribe:
		answer = func(context.Context, json.RawMessage) (any, error) { return s.description, nil }
	case wire.MethodStart:
		answer = decoded(s.start)
	case wire.MethodRun:
		answer = decoded(s.run)
	case wire.MethodOptions:
		answer = decoded(s.options)
	case wire.MethodStop:
		answer = decoded(s.stop)
	default:
		return nil, wire.Errorf(wire.CodeUnknownMethod, "unknown method %q", method)
	}
	if !s.greeted.Load() {
		return nil, wire.Errorf(wire.CodeInvalidRequest, "%s before hello", method)
	}
	return answer(ctx, params)
}

// decoded makes a method of a function of its parameters.
func decoded[P any](f func(context.Context, P) (any, error)) func(context.Context, json.RawMessage) (any, error) {
	return func(ctx context.Context, raw json.RawMessage) (any, error) {
		var p P
		if err := json.Unmarshal(raw, &p); err != nil {
			return nil, wire.Errorf(wire.CodeInvalidParams, "decode the parameters: %v", err)
		}
		return f(ctx, p)
	}
}

func (s *session) hello(raw json.RawMessage) (any, error) {
	var p wire.HelloParams
	if err := json.Unmarshal(raw, &p); err != nil {
		return nil, wire.Errorf(wire.CodeInvalidParams, "decode hello: %v", err)
	}
	if p.Protocol != wire.Version {
		return nil, wire.Errorf(wire.CodeVersion,
			"the host speaks protocol %d, this plugin was built for %d: build it again with the host's SDK", p.Protocol, wire.Version)
	}
	if s.fault != nil {
		return nil, wire.Errorf(wire.CodeLoad, "the plugin's declaration is not right: %v", s.fault).
			WithData(wire.LoadFailure{Problems: problems(s.fault)})
	}
	if !s.greeted.CompareAndSwap(false, true) {
		return nil, wire.Errorf(wire.CodeInvalidRequest, "hello was said before")
	}
	return wire.HelloResult{Protocol: wire.Version, Runtime: "go", Version: runtime.Version()}, nil
}

// problems lists joined errors one by one.
func problems(err error) []wire.Problem {
	var list []wire.Problem
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		for _, e := range joined.Unwrap() {
			list = append(list, wire.Problem{Message: e.Error()})
		}
	}
	return list
}

// start begins the background work with these settings; what runs already is
// ended first.
func (s *session) start(ctx context.Context, p wire.StartParams) (any, error) {
	if s.plugin.Start.call == nil {
		return nil, nil
	}
	return nil, s.background.begin(ctx, func(ctx context.Context) { s.work(ctx, p.Settings) })
}

func (s *session) run(ctx context.Context, p wire.RunParams) (any, error) {
	for _, a := range s.plugin.Actions {
		if a.ID != p.Action {
			continue
		}
		var event *Event
		if p.Event != nil {
			event = &Event{Name: p.Event.Name, Payload: p.Event.Payload}
		}
		c := s.context(ctx, Run{ID: p.Run, Action: p.Action}, event)
		c.settings = p.Settings
		return s.guard(ctx, func() (any, error) {
			result, err := a.Run.call(c, p.Settings, p.Params)
			if err != nil {
				return nil, err
			}
			raw, err := result.MarshalJSON() // here: what its values do while they are encoded is the plugin's doing
			return json.RawMessage(raw), err
		})
	}
	return Failed("Unknown action %s", p.Action), nil
}

func (s *session) options(ctx context.Context, p wire.OptionsParams) (any, error) {
	if s.plugin.Options == nil {
		return nil, wire.Errorf(wire.CodeUnknownMethod, "the plugin has no Options")
	}
	c := s.context(ctx, Run{}, nil)
	c.settings = p.Settings
	return s.guard(ctx, func() (any, error) {
		list, err := s.plugin.Options(c, p.Field)
		if list == nil {
			list = []Option{}
		}
		return list, err
	})
}

// stop ends the background work, then gives the plugin its last word.
func (s *session) stop(ctx context.Context, p wire.StopParams) (any, error) {
	if err := s.background.end(ctx); err != nil || s.plugin.Stop == nil {
		return nil, err
	}
	c := s.context(ctx, Run{}, nil)
	return s.guard(ctx, func() (any, error) { return nil, s.plugin.Stop(c, StopReason(p.Reason)) })
}

func (s *session) context(ctx context.Context, run Run, event *Event) *Context {
	return &Context{Context: ctx, Log: newLog(s.conn, run.ID), Event: event, Host: newHost(link{conn: s.conn, run: run.ID}), Run: run, conn: s.conn}
}

// guard calls plugin code: a panic becomes the call's error, and every error
// is marked as the plugin's, or as the end of a call that ctx cancelled.
func (s *session) guard(ctx context.Context, f func() (any, error)) (result any, err error) {
	defer func() {
		if r := recover(); r != nil {
			result = nil
			err = wire.Errorf(wire.CodePlugin, "panic: %v", r).
				WithData(wire.PluginFailure{Type: "panic", Traceback: s.frames(r)})
		}
	}()
	result, err = f()
	var known *wire.Error
	switch {
	case err == nil, errors.As(err, &known):
		return result, err
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		return nil, wire.Errorf(wire.CodeCancelled, "%v", err)
	}
	return nil, wire.Errorf(wire.CodePlugin, "%v", err).WithData(wire.PluginFailure{Type: fmt.Sprintf("%T", err)})
}
