// Where the parts of the lineup are.

export const paths = {
  channels: "/api/channels/channels/",
  streams: "/api/channels/streams/",
  groups: "/api/channels/groups/",
  profiles: "/api/channels/profiles/",
  logos: "/api/channels/logos/",
  events: "/api/core/systemevents/",
  accounts: "/api/m3u/accounts/",
  guides: "/api/epg/sources/",
  stations: "/api/epg/epgdata/",
  programmes: "/api/epg/programs/",
};
