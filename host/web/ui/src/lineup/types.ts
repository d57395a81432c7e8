// The shapes of the lineup; docs/rest.md describes them. Addresses are null for readers who are no admin.

import type { JsonObject } from "../api/types";

export interface Row {
  id: number;
}

/** A page of rows. */
export interface PageOf<T> {
  /** How many rows there are on all pages. */
  count: number;
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
}

export interface Account extends Source {
  server_url: string | null;
  account_type: string;
  locked: boolean;
  stream_count: number;
  secrets: Record<string, boolean>;
}

export interface Guide extends Source {
  source_type: string;
  url: string | null;
  epg_data_count: number;
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
