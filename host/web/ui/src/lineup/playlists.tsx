// The playlists.

import { accountForm } from "./forms";
import { paths } from "./queries";
import { Sources, type SourceKind } from "./sources";
import type { Account } from "./types";

export const playlists: SourceKind<Account> = {
  noun: "playlist",
  path: paths.accounts,
  also: [paths.streams, paths.channels, paths.groups],
  form: accountForm,
  empty: "A playlist brings the streams that channels are made of: an M3U file, its address, or an Xtream Codes server.",
  gone: "Its streams are deleted, and so are the channels that its refreshes made.",
  // The account "custom" holds the streams that people made.
  shown: (row) => !row.locked,
  about: (row) => [row.account_type === "XC" ? "Xtream Codes" : "M3U", countOf(row.stream_count, "stream"), everyOf(row.refresh_interval)].join(" · "),
  request: (row) => ({ path: `/api/m3u/refresh/${row.id}/` }),
};

export default function Playlists() {
  return <Sources kind={playlists} />;
}

/** A count with its noun, as in 1 stream, 12,000 streams. */
export function countOf(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

export function everyOf(hours: number): string {
  return hours === 0 ? "by hand only" : hours === 1 ? "every hour" : `every ${hours} hours`;
}
