package web

import (
	_ "embed"
	"net/http"

	"github.com/pluggarr/pluggarr/host/store"
)

//go:generate go run ./mkrest openapi.json ../../docs/rest.md

// openAPI describes the API, in OpenAPI 3.1. Tests hold it to the router and to
// the answers.
//
//go:embed openapi.json
var openAPI []byte

// schemaRoutes lists what the API says of itself.
func (s *server) schemaRoutes() []route {
	return []route{{"/api/schema/", methods{http.MethodGet: {need: store.ScopeRead, own: true, serve: s.schema}}}}
}

// schema answers with the API's description.
func (*server) schema(w http.ResponseWriter, _ *request) error {
	writeRaw(w, http.StatusOK, openAPI)
	return nil
}
