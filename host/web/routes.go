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
	open  bool           // nobody has to be known
	own   bool           // it is about the caller alone: their level does not count
	serve serve
}

// serve answers a request, or returns why it does not.
type serve func(w http.ResponseWriter, r *request) error

// methods are the endpoints of a route by method; GET also answers HEAD.
type methods map[string]endpoint

// route is a path, which ends with a slash, and what answers there.
type route struct {
	path string
	on   methods
}

// pluginRoutes lists the API of plugins, the first that fits counts.
func (s *server) pluginRoutes() []route {
	const read, run, admin = store.ScopeRead, store.ScopeRun, store.ScopeAdmin
	return []route{
		{pluginsPath, methods{http.MethodGet: {need: read, serve: s.listPlugins}}},
		{pluginsPath + "reload/", methods{http.MethodPost: {need: admin, serve: s.reload}}},
		{pluginsPath + "{key}/", methods{http.MethodGet: {need: read, serve: s.onePlugin}}},
		{pluginsPath + "{key}/settings/", methods{http.MethodPost: {need: admin, serve: s.saveSettings}}},
		{pluginsPath + "{key}/options/", methods{http.MethodPost: {need: admin, serve: s.options}}},
		{pluginsPath + "{key}/run/", methods{http.MethodPost: {need: run, serve: s.run}}},
		{pluginsPath + "{key}/enabled/", methods{http.MethodPost: {need: admin, serve: s.setEnabled}}},
		{pluginsPath + "{key}/engine/", methods{http.MethodPost: {need: admin, serve: s.setEngine}}},
		{pluginsPath + "{key}/logo/", methods{http.MethodGet: {need: read, serve: s.logo}}},
	}
}

// knownRoutes lists the API for those who are known.
func (s *server) knownRoutes() [][]route {
	return [][]route{
		s.folderRoutes(), s.runRoutes(), s.logRoutes(), s.pluginRoutes(), s.accountRoutes(), s.schemaRoutes(), s.lineupRoutes(), s.jobRoutes(), s.scheduleRoutes(),
	}
}

// router answers by path. Nobody who is not known learns what is under /api.
func (s *server) router(g *gate, p *page) http.Handler {
	// Cleaning redirects, and a POST loses its body by it. An escaped slash is
	// part of a word.
	api := mux.NewRouter().SkipClean(true).UseEncodedPath()
	api.NotFoundHandler = http.HandlerFunc(s.nothing)
	for _, routes := range s.knownRoutes() {
		s.attach(api, routes)
	}

	root := mux.NewRouter().SkipClean(true).UseEncodedPath()
	root.NotFoundHandler = s.fallback(p)
	root.HandleFunc("/healthz", s.health)
	root.HandleFunc("/ws/", s.live(g))
	s.attach(root, s.openRoutes())
	root.Path("/api").Handler(s.known(api))
	root.PathPrefix("/api/").Handler(s.known(api))
	return root
}

func (s *server) attach(to *mux.Router, routes []route) {
	for _, route := range routes {
		to.Handle(route.path, s.dispatch(route.on))
		to.HandleFunc(strings.TrimSuffix(route.path, "/"), s.slash)
	}
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
		var err error
		if !e.open {
			err = permitted(r.caller, e)
		}
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
