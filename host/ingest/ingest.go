// Package ingest brings playlists and guides into the database: it downloads, reads and compares them, and writes what changed.
package ingest
