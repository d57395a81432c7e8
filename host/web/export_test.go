package web

// Endpoints lists for each path of the API, by method, the scope that a key
// needs; "" where nobody has to be known.
func Endpoints() map[string]map[string]string {
	s := &server{}
	all := map[string]map[string]string{"/healthz": {"GET": ""}}
	for _, routes := range append(s.knownRoutes(), s.openRoutes()) {
		for _, route := range routes {
			all[route.path] = map[string]string{}
			for method, e := range route.on {
				all[route.path][method] = string(e.need)
			}
		}
	}
	return all
}
