package sdk

// Names of events: what an action lists in [Action.Events] and finds in
// [Context.Event]. The first seventeen, and the keys of their payloads, are
// those of Dispatcharr, so that plugins in both languages hear the same. A key
// whose value would be 0, false, "" or null is left out of a payload.
const (
	EventChannelStart     = "channel_start"     // a channel begins to play; payload [ChannelStarted]
	EventChannelStop      = "channel_stop"      // nobody watches a channel any more; payload [ChannelStopped]
	EventChannelReconnect = "channel_reconnect" // a channel's stream is opened again; payload [ChannelReconnected]
	EventChannelError     = "channel_error"     // a channel's stream cannot be opened; payload [ChannelFailed]
	EventChannelFailover  = "channel_failover"  // a channel goes on with another stream; payload [ChannelFailedOver]
	EventStreamSwitch     = "stream_switch"     // a channel was given another stream; payload [StreamSwitched]
	EventRecordingStart   = "recording_start"   // a recording begins; payload [RecordingStarted]
	EventRecordingEnd     = "recording_end"     // a recording is over; payload [RecordingEnded]
	EventEPGRefresh       = "epg_refresh"       // a guide was refreshed; payload [EPGRefreshed]
	EventM3URefresh       = "m3u_refresh"       // a playlist was refreshed; payload [M3URefreshed]
	EventClientConnect    = "client_connect"    // somebody watches a channel; payload [ClientConnected]
	EventClientDisconnect = "client_disconnect" // somebody watches a channel no longer; payload [ClientDisconnected]
	EventLoginFailed      = "login_failed"      // somebody could not log in; payload [LoginFailed]
	EventEPGBlocked       = "epg_blocked"       // somebody may not have the guide; payload [OutputBlocked]
	EventM3UBlocked       = "m3u_blocked"       // somebody may not have the playlist; payload [OutputBlocked]
	EventVODStart         = "vod_start"         // somebody watches a film or an episode; payload [VODWatched]
	EventVODStop          = "vod_stop"          // somebody watches it no longer; payload [VODWatched]

	EventRunFinished = "run_finished" // a run has ended that no event began; payload [RunFinished]
	EventPluginState = "plugin_state" // a plugin has another state; payload [PluginStateChanged]
)

// PlayedChannel is what the events of channels, clients and recordings have in
// common. Each value may be missing.
type PlayedChannel struct {
	// ChannelName is the channel's name.
	ChannelName string `json:"channel_name,omitempty"`
	// StreamName is the name of the stream that it plays.
	StreamName string `json:"stream_name,omitempty"`
	// StreamURL is that stream's address.
	StreamURL string `json:"stream_url,omitempty"`
	// ChannelURL is the same as StreamURL.
	ChannelURL string `json:"channel_url,omitempty"`
	// ProviderName is the name of the M3U account that the stream is from.
	ProviderName string `json:"provider_name,omitempty"`
	// ProfileUsed is the name of the stream profile that it is played with.
	ProfileUsed string `json:"profile_used,omitempty"`
}

// ChannelStarted is the payload of [EventChannelStart].
type ChannelStarted struct {
	PlayedChannel
	// StreamID is the stream's row.
	StreamID int64 `json:"stream_id,omitempty"`
}

// ChannelStopped is the payload of [EventChannelStop].
type ChannelStopped struct {
	PlayedChannel
	// Runtime is how long the channel played, in seconds.
	Runtime float64 `json:"runtime,omitempty"`
	// TotalBytes is how much was sent.
	TotalBytes int64 `json:"total_bytes,omitempty"`
}

// ChannelReconnected is the payload of [EventChannelReconnect].
type ChannelReconnected struct {
	PlayedChannel
	// Attempt is which try it is, counted from 1.
	Attempt int `json:"attempt,omitempty"`
	// MaxAttempts is how many there are at most.
	MaxAttempts int `json:"max_attempts,omitempty"`
	// Reason is "health_monitor" when that asked for it, else missing.
	Reason string `json:"reason,omitempty"`
}

// ChannelFailed is the payload of [EventChannelError].
type ChannelFailed struct {
	PlayedChannel
	// ErrorType is "connection_failed" or "connection_exception".
	ErrorType string `json:"error_type,omitempty"`
	// ErrorMessage says what went wrong.
	ErrorMessage string `json:"error_message,omitempty"`
	// URL is the beginning of the address that was tried, 100 characters at most.
	URL string `json:"url,omitempty"`
	// Attempts is how often it was tried.
	Attempts int `json:"attempts,omitempty"`
}

// ChannelFailedOver is the payload of [EventChannelFailover].
type ChannelFailedOver struct {
	PlayedChannel
	// Reason is "buffering_timeout".
	Reason string `json:"reason,omitempty"`
	// Duration is how long the stream had nothing to send, in seconds.
	Duration float64 `json:"duration,omitempty"`
}

// StreamSwitched is the payload of [EventStreamSwitch].
type StreamSwitched struct {
	PlayedChannel
	// NewURL is the beginning of the new stream's address, 100 characters at most.
	NewURL string `json:"new_url,omitempty"`
	// StreamID is the new stream's row.
	StreamID int64 `json:"stream_id,omitempty"`
}

// RecordingStarted is the payload of [EventRecordingStart].
type RecordingStarted struct {
	PlayedChannel
	// RecordingID is the recording's row.
	RecordingID int64 `json:"recording_id,omitempty"`
}

// RecordingEnded is the payload of [EventRecordingEnd].
type RecordingEnded struct {
	PlayedChannel
	// RecordingID is the recording's row.
	RecordingID int64 `json:"recording_id,omitempty"`
	// Interrupted says that it ended early.
	Interrupted bool `json:"interrupted,omitempty"`
	// BytesWritten is how much was recorded.
	BytesWritten int64 `json:"bytes_written,omitempty"`
}

// EPGRefreshed is the payload of [EventEPGRefresh]. It is sent when at least
// one channel is mapped to the source.
type EPGRefreshed struct {
	// SourceName is the name of the EPG source.
	SourceName string `json:"source_name,omitempty"`
	// Programs is how many programmes were kept.
	Programs int `json:"programs,omitempty"`
	// Channels is how many of the guide's channels they belong to.
	Channels int `json:"channels,omitempty"`
	// SkippedPrograms is how many belong to channels that nobody mapped.
	SkippedPrograms int `json:"skipped_programs,omitempty"`
	// UnmappedChannels is how many channels of the guide nobody mapped; XMLTV only.
	UnmappedChannels int `json:"unmapped_channels,omitempty"`
}

// M3URefreshed is the payload of [EventM3URefresh]. It is sent when the refresh
// went well.
type M3URefreshed struct {
	// AccountName is the name of the M3U account.
	AccountName string `json:"account_name,omitempty"`
	// ElapsedTime is how long it took, in seconds.
	ElapsedTime float64 `json:"elapsed_time,omitempty"`
	// StreamsCreated is how many streams are new.
	StreamsCreated int `json:"streams_created,omitempty"`
	// StreamsUpdated is how many have changed.
	StreamsUpdated int `json:"streams_updated,omitempty"`
	// StreamsStale is how many were not in the playlist and are kept for now.
	StreamsStale int `json:"streams_stale,omitempty"`
	// StreamsDeleted is how many were not in it for too long.
	StreamsDeleted int `json:"streams_deleted,omitempty"`
	// TotalProcessed is how many entries were looked at.
	TotalProcessed int `json:"total_processed,omitempty"`
}

// ClientConnected is the payload of [EventClientConnect].
type ClientConnected struct {
	PlayedChannel
	// ClientIP is the address of who watches.
	ClientIP string `json:"client_ip,omitempty"`
	// ClientID tells connections apart.
	ClientID string `json:"client_id,omitempty"`
	// UserAgent is what the player calls itself, 100 characters at most.
	UserAgent string `json:"user_agent,omitempty"`
	// Username is who logged in, when somebody did.
	Username string `json:"username,omitempty"`
}

// ClientDisconnected is the payload of [EventClientDisconnect].
type ClientDisconnected struct {
	ClientConnected
	// Duration is how long it was connected, in seconds.
	Duration float64 `json:"duration,omitempty"`
	// BytesSent is how much it was sent.
	BytesSent int64 `json:"bytes_sent,omitempty"`
}

// LoginFailed is the payload of [EventLoginFailed].
type LoginFailed struct {
	// User is the name that was given.
	User string `json:"user,omitempty"`
	// ClientIP is the address it came from.
	ClientIP string `json:"client_ip,omitempty"`
	// UserAgent is what the client calls itself.
	UserAgent string `json:"user_agent,omitempty"`
	// Reason says what was wrong.
	Reason string `json:"reason,omitempty"`
}

// OutputBlocked is the payload of [EventEPGBlocked] and [EventM3UBlocked].
type OutputBlocked struct {
	// Profile is the channel profile that was asked for; missing when User is there.
	Profile string `json:"profile,omitempty"`
	// User is whose playlist or guide was asked for; missing when Profile is there.
	User string `json:"user,omitempty"`
	// Reason says why it was not given.
	Reason string `json:"reason,omitempty"`
	// ClientIP is the address it was asked from.
	ClientIP string `json:"client_ip,omitempty"`
	// UserAgent is what the client calls itself.
	UserAgent string `json:"user_agent,omitempty"`
}

// VODWatched is the payload of [EventVODStart] and [EventVODStop].
type VODWatched struct {
	// ContentName is the title.
	ContentName string `json:"content_name,omitempty"`
	// ContentUUID names the film or episode.
	ContentUUID string `json:"content_uuid,omitempty"`
	// ClientIP is the address of who watches.
	ClientIP string `json:"client_ip,omitempty"`
	// Username is who watches, when somebody logged in.
	Username string `json:"username,omitempty"`
}

// RunFinished is the payload of [EventRunFinished]. A run to which an event led,
// also through a task, is not told, so that a plugin may listen without calling
// itself.
type RunFinished struct {
	// Run is the run's id.
	Run string `json:"run"`
	// Plugin is the key of the plugin that ran.
	Plugin string `json:"plugin"`
	// Action is the action's ID.
	Action string `json:"action"`
	// Trigger is what caused the run: "manual", "api", "schedule" or "task".
	Trigger string `json:"trigger"`
	// Status is "ok", "error" or "cancelled".
	Status string `json:"status"`
	// Error says what went wrong; missing when nothing did.
	Error string `json:"error,omitempty"`
	// DurationMS is how long it took, in milliseconds.
	DurationMS int64 `json:"duration_ms,omitempty"`
}

// PluginStateChanged is the payload of [EventPluginState].
type PluginStateChanged struct {
	// Plugin is the plugin's key.
	Plugin string `json:"plugin"`
	// State is where it is in its life now, as in "running" or "failed".
	State string `json:"state"`
}
