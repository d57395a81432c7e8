// How a row is called where it can be chosen.

import type { Named } from "../lineup/types";

export type Pickable = Named & { channel_number?: number | null; tvg_id?: string | null; url?: string | null };

/** The name, with what tells it from others of that name. */
export function labelOf(row: Pickable): string {
  if (row.channel_number !== undefined && row.channel_number !== null) {
    return `${row.channel_number} ${row.name}`;
  }
  return row.name;
}
