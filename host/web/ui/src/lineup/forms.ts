// The forms of the lineup, in the words of a schema.

import type { JsonObject, Schema } from "../api/types";
import { isObject } from "../runs/shape";

const name: Schema = { type: "string", title: "Name", "x-required": true };
const every: Schema = { type: "integer", title: "Refresh every … hours", description: "0 for only by hand.", minimum: 0, default: 0 };
const active: Schema = { type: "boolean", title: "Active", description: "What is not active is not refreshed.", default: true };

export const nameForm: Schema = { type: "object", properties: { name } };

export const accountForm: Schema = {
  type: "object",
  properties: {
    name,
    account_type: { type: "string", title: "Kind", enum: ["STD", "XC"], "x-enum-labels": { STD: "Playlist (M3U)", XC: "Xtream Codes" }, default: "STD" },
    server_url: { type: "string", title: "Address", "x-widget": "url", description: "Of the playlist, or of the server for Xtream Codes." },
    file_path: { type: "string", title: "File on the host", description: "Used when there is no address.", "x-visible-if": { field: "account_type", value: "STD" } },
    username: { type: "string", title: "User name", "x-visible-if": { field: "account_type", value: "XC" } },
    password: { type: "string", title: "Password", writeOnly: true, "x-visible-if": { field: "account_type", value: "XC" } },
    refresh_interval: every,
    max_streams: { type: "integer", title: "Streams at once", description: "0 for no limit.", minimum: 0, default: 0, "x-section": "More" },
    stale_stream_days: { type: "integer", title: "Keep streams that are gone for … days", minimum: 0, default: 7, "x-section": "More" },
    priority: { type: "integer", title: "Priority", description: "The highest comes first.", minimum: 0, default: 0, "x-section": "More" },
    is_active: { ...active, "x-section": "More" },
  },
};

export const guideForm: Schema = {
  type: "object",
  properties: {
    name,
    source_type: { type: "string", title: "Kind", enum: ["xmltv", "dummy"], "x-enum-labels": { xmltv: "XMLTV", dummy: "Made up, without a guide" }, default: "xmltv" },
    url: { type: "string", title: "Address", "x-widget": "url", "x-visible-if": { field: "source_type", value: "xmltv" } },
    file_path: { type: "string", title: "File on the host", description: "Used when there is no address.", "x-visible-if": { field: "source_type", value: "xmltv" } },
    refresh_interval: every,
    priority: { type: "integer", title: "Priority", description: "Where several guides know a channel, the highest wins.", minimum: 0, default: 0, "x-section": "More" },
    is_active: { ...active, "x-section": "More" },
  },
};

export const channelForm: Schema = {
  type: "object",
  properties: {
    name,
    channel_number: { type: "number", title: "Number", description: "Orders the lineup. May have a fraction." },
    channel_group_id: { type: "integer", title: "Group", "x-widget": "group" },
    epg_data_id: { type: "integer", title: "Guide", "x-widget": "station", description: "The channel of a guide whose programmes are this channel's." },
    logo_id: { type: "integer", title: "Logo", "x-widget": "logo", "x-section": "More" },
    tvg_id: { type: "string", title: "Guide id", "x-section": "More" },
    hidden_from_output: { type: "boolean", title: "Hidden", description: "Players do not get it.", "x-section": "More" },
    is_adult: { type: "boolean", title: "For adults", "x-section": "More" },
    user_level: {
      type: "integer",
      title: "Who may watch",
      enum: [0, 1, 10],
      "x-enum-labels": { 0: "Everybody", 1: "Standard users", 10: "Admins" },
      default: 0,
      "x-section": "More",
    },
  },
};

export const streamForm: Schema = {
  type: "object",
  properties: {
    name,
    url: { type: "string", title: "Address", "x-widget": "url" },
    channel_group_id: { type: "integer", title: "Group", "x-widget": "group" },
    tvg_id: { type: "string", title: "Guide id" },
  },
};

export const logoForm: Schema = {
  type: "object",
  properties: { name, url: { type: "string", title: "Address", "x-widget": "url", "x-required": true, description: "Of the image; or a path on the host." } },
};

/** What a filter looks at. */
export const filterTypes: Record<string, string> = { name: "Name", group: "Group", url: "Address" };

export const filterForm: Schema = {
  type: "object",
  properties: {
    filter_type: { type: "string", title: "Looks at", enum: Object.keys(filterTypes), "x-enum-labels": filterTypes, default: "name" },
    regex_pattern: { type: "string", title: "Regular expression", "x-widget": "regex", "x-required": true, description: "As Python has them; found anywhere in the text." },
    exclude: { type: "boolean", title: "Leave out what fits", description: "Else what fits is kept, and later filters are not asked.", default: true },
    order: { type: "integer", title: "Place", description: "The lowest is asked first.", minimum: 0, default: 0 },
    heeds: { type: "boolean", title: "Capital letters count", default: true },
  },
};

/** Whether a filter tells capital letters from small ones. */
export function heeds(more: JsonObject | null): boolean {
  return !isObject(more) || more.case_sensitive !== false;
}

/** What a filter holds besides its columns, with another answer to that; whatever else is in it stays. */
export function heeding(more: JsonObject | null, capitals: boolean): JsonObject | null {
  const next = isObject(more) ? { ...more } : {};
  delete next.case_sensitive;
  if (!capitals) {
    next.case_sensitive = false;
  }
  return Object.keys(next).length > 0 ? next : null;
}

export const loginForm: Schema = {
  type: "object",
  properties: {
    name,
    search_pattern: { type: "string", title: "Look for", "x-widget": "regex", "x-required": true, description: "A regular expression over a stream’s address, as in ann/secret1." },
    replace_pattern: { type: "string", title: "Put in its place", "x-required": true, description: "As in ben/secret2; $1 is the first group." },
    max_streams: { type: "integer", title: "Streams at once", description: "0 for no limit.", minimum: 0, default: 0 },
    is_active: { type: "boolean", title: "Active", default: true },
  },
};

const nullable = new Set(["server_url", "file_path", "username", "url"]);

/** The values as the host takes them: an input that is empty means that there is no such value. */
export function sent(values: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value === "" && nullable.has(key) ? null : value]));
}
