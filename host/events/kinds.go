package events

import "github.com/pluggarr/pluggarr/sdk"

//go:generate go run ./mkevents ../../docs/events.md

// Kind is an event that the host knows.
type Kind struct {
	// Name is what actions list in their events.
	Name string
	// Title is the event for users, in Dispatcharr's words where it has some.
	Title string
	// Text says when it happens, in one sentence.
	Text string
	// Payload is the zero value of the payload's type in package sdk.
	Payload any
	// Sent says that this host itself sends it. The others can be sent by plugins.
	Sent bool
}

// Kinds lists the events that the host knows: Dispatcharr's seventeen in its
// order, then the host's own.
func Kinds() []Kind {
	return []Kind{
		{sdk.EventChannelStart, "Channel Started", "A channel begins to play.", sdk.ChannelStarted{}, false},
		{sdk.EventChannelStop, "Channel Stopped", "Nobody watches a channel any more.", sdk.ChannelStopped{}, false},
		{sdk.EventChannelReconnect, "Channel Reconnected", "A channel's stream is opened again.", sdk.ChannelReconnected{}, false},
		{sdk.EventChannelError, "Channel Error", "A channel's stream cannot be opened.", sdk.ChannelFailed{}, false},
		{sdk.EventChannelFailover, "Channel Failover", "A channel goes on with another stream.", sdk.ChannelFailedOver{}, false},
		{sdk.EventStreamSwitch, "Stream Switch", "A channel was given another stream.", sdk.StreamSwitched{}, false},
		{sdk.EventRecordingStart, "Recording Started", "A recording begins.", sdk.RecordingStarted{}, false},
		{sdk.EventRecordingEnd, "Recording Ended", "A recording is over.", sdk.RecordingEnded{}, false},
		{sdk.EventEPGRefresh, "EPG Refreshed", "A guide was refreshed that at least one channel is mapped to.", sdk.EPGRefreshed{}, true},
		{sdk.EventM3URefresh, "M3U Refreshed", "A playlist was refreshed and all went well.", sdk.M3URefreshed{}, true},
		{sdk.EventClientConnect, "Client Connected", "Somebody begins to watch a channel.", sdk.ClientConnected{}, false},
		{sdk.EventClientDisconnect, "Client Disconnected", "Somebody watches a channel no longer.", sdk.ClientDisconnected{}, false},
		{sdk.EventLoginFailed, "Login Failed", "A name and a password did not fit. Who tried too often is not told again.", sdk.LoginFailed{}, true},
		{sdk.EventEPGBlocked, "EPG Blocked", "Somebody asked for a guide and may not have it.", sdk.OutputBlocked{}, false},
		{sdk.EventM3UBlocked, "M3U Blocked", "Somebody asked for a playlist and may not have it.", sdk.OutputBlocked{}, false},
		{sdk.EventVODStart, "VOD Started", "Somebody begins to watch a film or an episode.", sdk.VODWatched{}, false},
		{sdk.EventVODStop, "VOD Stopped", "Somebody watches it no longer.", sdk.VODWatched{}, false},
		{sdk.EventRunFinished, "Run Finished", "A run has ended. Runs to which an event led, also through a task, are not told.", sdk.RunFinished{}, true},
		{sdk.EventPluginState, "Plugin State", "A plugin has another state.", sdk.PluginStateChanged{}, true},
	}
}

// Own says whether only the host sends events of this name.
func Own(name string) bool {
	return name == sdk.EventRunFinished || name == sdk.EventPluginState
}
