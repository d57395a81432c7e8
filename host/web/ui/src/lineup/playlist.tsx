// One playlist: its groups, which of them become channels, and what is left out, and what its refreshes did.

import { Group, Stack, Switch, Text, TextInput, Title } from "@mantine/core";
import { useState } from "react";

import { useAdmin } from "../api/queries";
import type { JsonObject } from "../api/types";
import { Empty } from "../frame/states";
import { complain } from "../frame/toast";
import { numberOf, textOfValue } from "../settings/kinds";
import { History } from "./history";
import { playlists } from "./playlists";
import { paths, useAll, useSave } from "./queries";
import { Filters, Logins } from "./rules";
import { SourcePage } from "./sourcepage";
import type { AccountGroup } from "./types";

export default function PlaylistPage({ id }: { id: number }) {
  return (
    <SourcePage id={id} kind={playlists}>
      <Groups id={id} />
      <Filters id={id} />
      <Logins id={id} />
      <History kind="m3u_refresh" id={id} />
    </SourcePage>
  );
}

function Groups({ id }: { id: number }) {
  const path = `${paths.accounts}${id}/groups/`;
  const groups = useAll<AccountGroup>(path);
  const [words, setWords] = useState("");
  const shown = (groups.data ?? []).filter((group) => group.name.toLowerCase().includes(words.toLowerCase()));
  return (
    <Stack gap="xs" component="section" aria-label="Groups">
      <Title order={2} size="h4">
        Groups
      </Title>
      <Text size="sm" c="dimmed">
        The streams of groups that are on come with the next refresh. “Make channels” gives each of them a channel, numbered from where you say.
      </Text>
      {(groups.data?.length ?? 0) > 10 && (
        <TextInput type="search" aria-label="Search groups" placeholder="Search groups" value={words} onChange={(e) => setWords(e.currentTarget.value)} />
      )}
      {groups.data?.length === 0 && <Empty title="No groups yet">They come with the first refresh.</Empty>}
      {shown.slice(0, 200).map((group) => (
        <GroupRow key={group.id} path={path} group={group} />
      ))}
      {shown.length > 200 && <Text size="sm">and {shown.length - 200} more: search for them</Text>}
    </Stack>
  );
}

function GroupRow({ path, group }: { path: string; group: AccountGroup }) {
  const admin = useAdmin();
  const save = useSave(path);
  const set = (values: JsonObject) => save.mutate({ id: group.id, values }, { onError: (error) => complain("Not saved", error) });
  return (
    <Group justify="space-between" gap="sm" className="row" px="xs" py={4}>
      <Text size="sm" fw={500} className="break" flex="1 1 160px">
        {group.name}
        {group.is_stale && (
          <Text span size="xs" c="dimmed">
            {" "}
            (gone from the playlist)
          </Text>
        )}
      </Text>
      <Group gap="md">
        <Switch size="sm" label="On" aria-label={`Take ${group.name}`} disabled={!admin} checked={group.enabled} onChange={(e) => set({ enabled: e.currentTarget.checked })} />
        <Switch
          size="sm"
          label="Make channels"
          aria-label={`Make channels of ${group.name}`}
          disabled={!admin || !group.enabled}
          checked={group.auto_channel_sync}
          onChange={(e) => set({ auto_channel_sync: e.currentTarget.checked })}
        />
        <TextInput
          size="xs"
          w={80}
          type="number"
          aria-label={`First number of ${group.name}`}
          placeholder="from 1"
          disabled={!admin || !group.auto_channel_sync}
          defaultValue={textOfValue(group.auto_sync_channel_start)}
          onBlur={(e) => {
            const next = numberOf(e.currentTarget.value);
            if (next !== group.auto_sync_channel_start) {
              set({ auto_sync_channel_start: next });
            }
          }}
        />
      </Group>
    </Group>
  );
}
