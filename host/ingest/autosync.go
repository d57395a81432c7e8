package ingest

import "context"

// SyncResult is what the channel sync did.
type SyncResult struct {
	// Created, Updated, Deleted and Failed count channels.
	Created, Updated, Deleted, Failed int
	// Failures say which streams got no channel.
	Failures []SyncFailure
}

// SyncFailure is a stream that got no channel.
type SyncFailure struct {
	// StreamName is the stream's.
	StreamName string `json:"stream_name"`
	// StreamID is the stream's row.
	StreamID int64 `json:"stream_id"`
	// Group is the name of its group.
	Group string `json:"group"`
	// Reason is a word for machines, such as "range_exhausted".
	Reason string `json:"reason"`
	// Error is a sentence for people.
	Error string `json:"error"`
}

func (r *m3uRun) syncChannels(context.Context) error { return nil }
