package web

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"github.com/pluggarr/pluggarr/host/auth"
	"github.com/pluggarr/pluggarr/host/store"
)

// pluginsPath is where the API of plugins begins, as in Dispatcharr.
const pluginsPath = "/api/plugins/plugins/"

// request is a request whose sender is known.
type request struct {
	*http.Request
	caller auth.Caller
	key    string // the plugin's key in the path; "" where the route has none
}

// endpoint is what answers one method of a route.
type endpoint struct {
	need  store.KeyScope // what a key has to allow
	serve func(w http.ResponseWriter, r *request) error
}

// methods are the endpoints of a route by method; GET also answers HEAD.
type methods map[string]endpoint

// routes lists the API under pluginsPath, the first that fits counts. Every path
// ends with a slash.
func (s *server) routes() []struct {
	path string
	on   methods
} {
	const read, run, admin = store.ScopeRead, store.ScopeRun, store.ScopeAdmin
	return []struct {
		path string
		on   methods
	}{
		{"", methods{http.MethodGet: {read, s.listPlugins}}},
		{"reload/", methods{http.MethodPost: {admin, s.reload}}},
		{"{key}/", methods{http.MethodGet: {read, s.onePlugin}}},
		{"{key}/settings/", methods{http.MethodPost: {admin, s.saveSettings}}},
		{"{key}/run/", methods{http.MethodPost: {run, s.run}}},
		{"{key}/enabled/", methods{http.MethodPost: {admin, s.setEnabled}}},
		{"{key}/logo/", methods{http.MethodGet: {read, s.logo}}},
	}
}

// router answers by path. Nobody learns what is under /api without a key.
func (s *server) router() http.Handler {
	// Cleaning redirects, and a POST loses its body by it. An escaped slash is
	// part of a word.
	api := mux.NewRouter().SkipClean(true).UseEncodedPath()
	api.NotFoundHandler = http.HandlerFunc(s.nothing)
	for _, route := range s.routes() {
		path := pluginsPath + route.path
		api.Handle(path, s.dispatch(route.on))
		api.HandleFunc(strings.TrimSuffix(path, "/"), s.slash)
	}

	root := mux.NewRouter().SkipClean(true).UseEncodedPath()
	root.NotFoundHandler = http.HandlerFunc(s.nothing)
	root.HandleFunc("/healthz", s.health)
	root.Path("/api").Handler(s.known(api))
	root.PathPrefix("/api/").Handler(s.known(api))
	return root
}

// dispatch answers by method.
func (s *server) dispatch(on methods) http.Handler {
	allowed := slices.Sorted(maps.Keys(on))
	if _, ok := on[http.MethodGet]; ok {
		allowed = append(allowed, http.MethodHead)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, plain *http.Request) {
		key, ok := keyOf(plain)
		if !ok {
			s.nothing(w, plain)
			return
		}
		method := plain.Method
		if method == http.MethodHead {
			method = http.MethodGet // the server leaves the body out
		}
		e, ok := on[method]
		if !ok {
			s.wrongMethod(w, plain, allowed)
			return
		}
		r := &request{Request: plain, caller: callerFrom(plain.Context()), key: key}
		err := permitted(r.caller, e.need)
		if err == nil {
			err = e.serve(w, r)
		}
		if err != nil {
			s.fail(w, r, err)
		}
	})
}

// keyOf returns the plugin's key in the path, "" where the route has none;
// false for words of the API, which are no keys whether or not something
// answers to them yet.
func keyOf(r *http.Request) (string, bool) {
	key, err := url.PathUnescape(mux.Vars(r)["key"])
	return key, err == nil && !slices.Contains([]string{"reload", "import", "runs"}, key)
}

// slash sends a request without the slash at the end to where the route is; 308
// keeps method and body.
func (s *server) slash(w http.ResponseWriter, r *http.Request) {
	if _, ok := keyOf(r); !ok {
		s.nothing(w, r)
		return
	}
	to := r.URL.EscapedPath() + "/"
	if r.URL.RawQuery != "" {
		to += "?" + r.URL.RawQuery
	}
	w.Header().Set("Location", to)
	s.write(w, http.StatusPermanentRedirect, detail{Detail: "The path ends with a slash."})
}

func (s *server) nothing(w http.ResponseWriter, _ *http.Request) {
	s.write(w, http.StatusNotFound, detail{Detail: "Not found."})
}

func (s *server) wrongMethod(w http.ResponseWriter, r *http.Request, allowed []string) {
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	s.write(w, http.StatusMethodNotAllowed, detail{Detail: `Method "` + r.Method + `" not allowed.`})
}

// callerKey is where a request's context holds its sender.
type callerKey struct{}

func withCaller(ctx context.Context, c auth.Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// callerFrom returns the sender; nobody, who may do nothing, when there is none.
func callerFrom(ctx context.Context) auth.Caller {
	c, _ := ctx.Value(callerKey{}).(auth.Caller)
	return c
}
