// The shapes of the lineup; docs/rest.md describes them. Addresses are null for readers who are no admin.

import type { JsonObject } from "../api/types";

export interface Row {
  id: number;
}

/** A page of rows. */
export interface PageOf<T> {
  /** How many rows there are on all pages. */
  count: number;
  /** Where the next page is; null on the last. */
  next: string | null;
  results: T[];
}

export interface Named extends Row {
  name: string;
}

export interface Channel extends Named {
  channel_number: number | null;
  channel_group_id: number | null;
  tvg_id: string | null;
  epg_data_id: number | null;
  logo_id: number | null;
  user_level: number;
  is_adult: boolean;
  auto_created: boolean;
  auto_created_by_id: number | null;
  hidden_from_output: boolean;
  is_catchup: boolean;
  catchup_days: number;
  /** The streams that feed it, the first tried first. */
  streams: number[];
}

export interface Stream extends Named {
  url: string | null;
  m3u_account_id: number | null;
  channel_group_id: number | null;
  tvg_id: string;
  is_custom: boolean;
  is_stale: boolean;
  is_catchup: boolean;
  stream_chno: number | null;
}

/** What a playlist and a guide have in common. */
export interface Source extends Named {
  is_active: boolean;
  status: string;
  last_message: string | null;
  updated_at: string | null;
  /** In hours, 0 for never. */
  refresh_interval: number;
  file_path: string | null;
  /** Which passwords are set. */
  secrets: Record<string, boolean>;
}

export interface Account extends Source {
  server_url: string | null;
  account_type: string;
  locked: boolean;
  stream_count: number;
}

export interface Guide extends Source {
  source_type: string;
  url: string | null;
  epg_data_count: number;
}

export interface LogoRow extends Named {
  /** The image's address, or a path on the host. */
  url: string;
}

/** A rule by which a playlist's refresh drops streams or keeps them. */
export interface FilterRow extends Row {
  /** What is looked at: name, group or url. */
  filter_type: string;
  regex_pattern: string;
  exclude: boolean;
  order: number;
  custom_properties: JsonObject | null;
}

/** A login of a playlist, besides that of the playlist itself. */
export interface Login extends Named {
  is_default: boolean;
  is_active: boolean;
  /** 0 for no limit. */
  max_streams: number;
  search_pattern: string | null;
  replace_pattern: string | null;
  exp_date: string | null;
}

/** Something that happened. */
export interface EventRow extends Row {
  event_type: string;
  timestamp: string;
  channel_name: string | null;
  /** Null for readers who are no admin. */
  details: JsonObject | null;
}

/** A channel of a guide. */
export interface Station extends Named {
  tvg_id: string | null;
  epg_source_id: number | null;
}

/** How a playlist treats one of its groups. */
export interface AccountGroup extends Named {
  channel_group_id: number;
  enabled: boolean;
  auto_channel_sync: boolean;
  auto_sync_channel_start: number | null;
  is_stale: boolean;
}

export interface Programme extends Row {
  start_time: string;
  end_time: string;
  title: string;
  sub_title: string | null;
  description: string | null;
  custom_properties: JsonObject | null;
}
