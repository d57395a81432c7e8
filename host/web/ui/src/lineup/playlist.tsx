// One playlist: its groups, which of them become channels, and what is left out, and what its refreshes did.

import { Anchor, Group, Stack, Switch, Text, TextInput, Title } from "@mantine/core";
import { useState } from "react";

import { useAdmin } from "../api/queries";
import type { JsonObject } from "../api/types";
import { Empty, Failed, Waiting } from "../frame/states";
import { Sure } from "../frame/sure";
import { complain } from "../frame/toast";
import { Editor } from "../settings/editor";
import { numberOf, textOfValue } from "../settings/kinds";
import { go, Link } from "../router";
import { accountForm, sent } from "./forms";
import { History } from "./history";
import { Filters, Logins } from "./rules";
import { about } from "./playlists";
import { paths, useAll, useRemove, useRow, useSave } from "./queries";
import { SourceCard } from "./sourcecard";
import type { Account, AccountGroup } from "./types";

export default function PlaylistPage({ id }: { id: number }) {
  const account = useRow<Account>(paths.accounts, id);
  const save = useSave(paths.accounts);
  const remove = useRemove(paths.accounts, paths.streams, paths.channels);
  const [asked, setAsked] = useState<"edit" | "remove" | null>(null);
  if (account.isPending) {
    return <Waiting what="the playlist" />;
  }
  if (!account.data) {
    return <Failed what="The playlist" error={account.error} retry={() => account.refetch()} />;
  }
  const row = account.data;
  return (
    <Stack maw={900} mx="auto">
      <Anchor component={Link} href="/playlists" size="sm">
        ‹ All playlists
      </Anchor>
      <SourceCard
        path={paths.accounts}
        source={row}
        title={
          <Title order={1} size="h2" className="break">
            {row.name}
          </Title>
        }
        about={about(row)}
        request={{ path: `/api/m3u/refresh/${id}/` }}
        edit={() => setAsked("edit")}
        remove={() => setAsked("remove")}
      />
      <Groups id={id} />
      <Filters id={id} />
      <Logins id={id} />
      <History kind="m3u_refresh" id={id} />
      {asked === "edit" && (
        <Editor
          title={`Edit ${row.name}`}
          schema={accountForm}
          values={row as unknown as JsonObject}
          secrets={row.secrets}
          save={(values) => save.mutateAsync({ id, values: sent(values) })}
          close={() => setAsked(null)}
        />
      )}
      {asked === "remove" && (
        <Sure title={`Delete ${row.name}?`} act={() => remove.mutateAsync(id).then(() => go("/playlists", true))} close={() => setAsked(null)}>
          Its streams are deleted, and so are the channels that its refreshes made.
        </Sure>
      )}
    </Stack>
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
