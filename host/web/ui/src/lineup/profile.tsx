// One profile: which channels are in it.

import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { call } from "../api/client";
import { useAdmin } from "../api/queries";
import { Heading } from "../frame/head";
import { Empty, Failed, Waiting } from "../frame/states";
import { complain } from "../frame/toast";
import { Pick } from "../pick/pick";
import { Link } from "../router";
import { LogoOf } from "./logo";
import { countOf } from "./playlists";
import { piecesOf } from "./pages";
import { allRows, paths, renew, useRow, type Filter } from "./queries";
import { Rows, type Column } from "./rows";
import { Tools, useWords } from "./tools";
import type { Channel, Named } from "./types";

const piece = 5000; // channels that are put in or out with one request, which the host reads up to 1 MB of

/** Which channels are in a profile, and how to change that. */
function useMembers(id: number) {
  const client = useQueryClient();
  const path = `${paths.profiles}${id}/channels/`;
  const queryKey = ["rows", path];
  const members = useQuery({ queryKey, queryFn: async ({ signal }) => new Set((await call<{ channels: number[] }>(path, { signal })).channels) });
  const set = useMutation({
    mutationFn: async ({ ids, enabled }: { ids: number[]; enabled: boolean }) => {
      let channels: number[] | undefined;
      for (const some of piecesOf(ids, piece)) {
        const json = { channels: some.map((channel_id) => ({ channel_id, enabled })) };
        ({ channels } = await call<{ channels: number[] }>(path, { method: "PATCH", json }));
      }
      return channels;
    },
    // At once on the page, and back when the host does not.
    onMutate: ({ ids, enabled }) => {
      const before = client.getQueryData<Set<number>>(queryKey);
      const next = new Set(before);
      ids.forEach((channel) => (enabled ? next.add(channel) : next.delete(channel)));
      client.setQueryData(queryKey, next);
      return before;
    },
    onSuccess: async (channels) => {
      if (channels) {
        client.setQueryData(queryKey, new Set(channels));
        await renew(client, paths.channels);
      }
    },
    onError: async (error, _what, before) => {
      client.setQueryData(queryKey, before);
      complain("Not saved", error);
      await renew(client, path, paths.channels); // some pieces may have been saved
    },
  });
  return { members, set };
}

export default function ProfilePage({ id }: { id: number }) {
  const profile = useRow<Named>(paths.profiles, id);
  const { members, set } = useMembers(id);
  const { typed, words, type } = useWords();
  const [group, setGroup] = useState("");
  const [gathering, setGathering] = useState(false);
  const admin = useAdmin();
  const inside = members.data;
  const { mutate } = set;
  const columns = useMemo<Column<Channel>[]>(
    () => [
      {
        label: "In it",
        width: "56px",
        cell: (row) => (
          <input
            type="checkbox"
            className="check"
            aria-label={`${row.name} is in the profile`}
            disabled={!admin}
            checked={inside?.has(row.id) ?? false}
            onChange={(e) => mutate({ ids: [row.id], enabled: e.currentTarget.checked })}
          />
        ),
      },
      { label: "No.", width: "64px", order: "channel_number", cell: (row) => row.channel_number ?? "" },
      { label: "Name", width: "minmax(0, 3fr)", order: "name", cell: (row) => (
          <span className="named">
            <LogoOf id={row.logo_id} name={row.name} />
            <Link href={`/channels/${row.id}`}>{row.name}</Link>
          </span>
        ) },
    ],
    [admin, inside, mutate],
  );
  if (profile.isPending || members.isPending) {
    return <Waiting what="the profile" />;
  }
  if (!profile.data || !members.data) {
    return <Failed what="The profile" error={profile.error ?? members.error} retry={() => Promise.all([profile.refetch(), members.refetch()])} />;
  }
  const filter: Filter = { search: words, channel_group_id: group };
  const all = async (enabled: boolean) => {
    setGathering(true);
    try {
      const rows = await allRows<Channel>(paths.channels, filter);
      mutate({ ids: rows.map((row) => row.id), enabled });
    } catch (error) {
      complain("Not saved", error);
    }
    setGathering(false);
  };
  return (
    <Stack gap={0} maw={900} mx="auto">
      <Anchor component={Link} href="/groups" size="sm" mb="xs">
        ‹ Groups and profiles
      </Anchor>
      <Heading title={profile.data.name}>
        {admin && (
          <Group gap="xs">
            <Button size="xs" variant="default" loading={gathering || set.isPending} onClick={() => void all(true)}>
              Put in what is listed
            </Button>
            <Button size="xs" variant="default" loading={gathering || set.isPending} onClick={() => void all(false)}>
              Take out what is listed
            </Button>
          </Group>
        )}
      </Heading>
      <Text size="sm" c="dimmed" mb="sm" role="status">
        In this profile: {countOf(members.data.size, "channel")}.
      </Text>
      <Tools what="channels" typed={typed} type={type}>
        <Pick what="group" aria-label="Group" placeholder="All groups" value={group} take={(next) => setGroup(next ?? "")} maw={220} />
      </Tools>
      <Rows<Channel>
        label="Channels"
        path={paths.channels}
        filter={filter}
        columns={columns}
        empty={<Empty title="No channel fits">Nothing has these words in this group.</Empty>}
      />
    </Stack>
  );
}
