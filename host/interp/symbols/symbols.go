// Package symbols holds what interpreted plugins see of the standard library:
// one table a package, made for the Go that builds this program.
//
// The tables have the shape that github.com/traefik/yaegi asks for, and
// composed.go and special.go follow its package stdlib (Apache License 2.0,
// Copyright Containous SAS and Traefik Labs).
package symbols
