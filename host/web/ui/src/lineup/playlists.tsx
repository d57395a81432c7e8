// The playlists.

import { Title } from "@mantine/core";

import { Link } from "../router";
import { accountForm } from "./forms";
import { paths } from "./queries";
import { Sources } from "./sources";
import type { Account } from "./types";

export default function Playlists() {
  return (
    <Sources<Account>
      title="Playlists"
      noun="playlist"
      path={paths.accounts}
      also={[paths.streams, paths.channels, paths.groups]}
      form={accountForm}
      empty="A playlist brings the streams that channels are made of: an M3U file, its address, or an Xtream Codes server."
      gone="Its streams are deleted, and so are the channels that its refreshes made."
      // The account "custom" holds the streams that people made.
      shown={(row) => !row.locked}
      name={(row) => (
        <Title order={2} size="h4">
          <Link href={`/playlists/${row.id}`} className="plain break">
            {row.name}
          </Link>
        </Title>
      )}
      about={about}
      request={(row) => ({ path: `/api/m3u/refresh/${row.id}/` })}
    />
  );
}

export function about(row: Account): string {
  const kind = row.account_type === "XC" ? "Xtream Codes" : "M3U";
  return [kind, countOf(row.stream_count, "stream"), everyOf(row.refresh_interval)].join(" · ");
}

/** A count with its noun, as in 1 stream, 12,000 streams. */
export function countOf(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

export function everyOf(hours: number): string {
  return hours === 0 ? "by hand only" : hours === 1 ? "every hour" : `every ${hours} hours`;
}
