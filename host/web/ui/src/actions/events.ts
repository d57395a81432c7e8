// What events are called on the page.

const names: Record<string, string> = {
  channel_start: "Channel Started",
  channel_stop: "Channel Stopped",
  channel_reconnect: "Channel Reconnected",
  channel_error: "Channel Error",
  channel_failover: "Channel Failover",
  stream_switch: "Stream Switch",
  recording_start: "Recording Started",
  recording_end: "Recording Ended",
  epg_refresh: "EPG Refreshed",
  m3u_refresh: "M3U Refreshed",
  client_connect: "Client Connected",
  client_disconnect: "Client Disconnected",
  login_failed: "Login Failed",
  epg_blocked: "EPG Blocked",
  m3u_blocked: "M3U Blocked",
  vod_start: "VOD Started",
  vod_stop: "VOD Stopped",
  run_finished: "Run Finished",
  plugin_state: "Plugin State",
};

/** The events that there are, with their names for people. */
export const eventNames = Object.entries(names);

/** The name of an event for people; one that is not known is named as it is. */
export function eventName(event: string): string {
  return Object.hasOwn(names, event) ? (names[event] ?? event) : event;
}
