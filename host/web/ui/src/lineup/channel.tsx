// One channel: what it is, the streams that feed it in their order, and what is on.

import { Anchor, Badge, Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";

import { useAdmin } from "../api/queries";
import type { JsonObject } from "../api/types";
import { Icon } from "../frame/icons";
import { Failed, Waiting } from "../frame/states";
import { Sure } from "../frame/sure";
import { complain } from "../frame/toast";
import { Pick } from "../pick/pick";
import { go, Link } from "../router";
import { Editor } from "../settings/editor";
import { channelForm } from "./forms";
import { GuideOf } from "./guide";
import { LogoOf } from "./logo";
import { paths, useAll, useNames, useRemove, useRow, useSave } from "./queries";
import { Tool } from "./sourcecard";
import type { Channel, Stream } from "./types";

export default function ChannelPage({ id }: { id: number }) {
  const channel = useRow<Channel>(paths.channels, id);
  if (channel.isPending) {
    return <Waiting what="the channel" />;
  }
  if (!channel.data) {
    return <Failed what="The channel" error={channel.error} retry={() => channel.refetch()} />;
  }
  return (
    <Stack maw={900} mx="auto">
      <Anchor component={Link} href="/channels" size="sm">
        ‹ All channels
      </Anchor>
      <Head channel={channel.data} />
      <Streams channel={channel.data} />
      <GuideOf channel={channel.data} />
    </Stack>
  );
}

function Head({ channel }: { channel: Channel }) {
  const admin = useAdmin();
  const groups = useNames(paths.groups);
  const save = useSave(paths.channels, paths.programmes);
  const remove = useRemove(paths.channels);
  const [asked, setAsked] = useState<"edit" | "remove" | null>(null);
  const group = channel.channel_group_id === null ? undefined : groups.get(channel.channel_group_id);
  return (
    <Group justify="space-between" gap="xs">
      <Group gap="md" wrap="nowrap" flex="1 1 240px">
        <LogoOf id={channel.logo_id} name={channel.name} size={56} />
        <Stack gap={4}>
          <Title order={1} size="h2" className="break">
            {channel.channel_number !== null && `${channel.channel_number} `}
            {channel.name}
          </Title>
          <Group gap={6}>
            {group !== undefined && <Badge variant="default" tt="none">{group}</Badge>}
            {channel.auto_created && <Badge variant="default" tt="none">Made by its playlist</Badge>}
            {channel.hidden_from_output && <Badge variant="default" tt="none">Hidden</Badge>}
            {channel.is_catchup && <Badge variant="default" tt="none">Catch-up, {channel.catchup_days} days</Badge>}
          </Group>
        </Stack>
      </Group>
      {admin && (
        <Group gap="xs">
          <Button size="xs" variant="default" leftSection={<Icon of="pencil" size={14} />} onClick={() => setAsked("edit")}>
            Edit
          </Button>
          <Button size="xs" variant="default" c="var(--mantine-color-error)" leftSection={<Icon of="trash" size={14} />} onClick={() => setAsked("remove")}>
            Delete
          </Button>
        </Group>
      )}
      {asked === "edit" && (
        <Editor
          title={`Edit ${channel.name}`}
          schema={channelForm}
          values={channel as unknown as JsonObject}
          save={(values) => save.mutateAsync({ id: channel.id, values })}
          close={() => setAsked(null)}
        />
      )}
      {asked === "remove" && (
        <Sure title={`Delete ${channel.name}?`} act={() => remove.mutateAsync(channel.id).then(() => go("/channels", true))} close={() => setAsked(null)}>
          {channel.auto_created ? "Its playlist makes it again with the next refresh, as long as its group makes channels." : "Its streams stay."}
        </Sure>
      )}
    </Group>
  );
}

function Streams({ channel }: { channel: Channel }) {
  const admin = useAdmin();
  const rows = useAll<Stream>(paths.streams, { channel_id: String(channel.id) });
  const save = useSave(paths.channels, paths.streams);
  const byId = new Map((rows.data ?? []).map((row) => [row.id, row]));
  const set = (streams: number[]) => save.mutate({ id: channel.id, values: { streams } }, { onError: (error) => complain("Not saved", error) });
  const moved = (from: number, to: number) => {
    const next = [...channel.streams];
    next.splice(to, 0, ...next.splice(from, 1));
    set(next);
  };
  return (
    <Stack gap="xs" component="section" aria-label="Streams">
      <Title order={2} size="h4">
        Streams
      </Title>
      <Text size="sm" c="dimmed">
        {channel.streams.length === 0 ? "No stream feeds this channel." : "The first is tried first."}
      </Text>
      <Stack gap={6} component="ol" m={0} p={0} style={{ listStyle: "none" }}>
        {channel.streams.map((id, i) => (
          <Paper withBorder p={6} pl="sm" key={id} component="li">
            <Group justify="space-between" wrap="nowrap" gap="xs">
              <Text size="sm" truncate title={byId.get(id)?.url ?? ""}>
                {i + 1}. {byId.get(id)?.name ?? "…"}
              </Text>
              {admin && (
                <Group gap={0} wrap="nowrap">
                  <Tool of="up" label={`Try ${byId.get(id)?.name ?? id} earlier`} disabled={i === 0 || save.isPending} act={() => moved(i, i - 1)} />
                  <Tool of="down" label={`Try ${byId.get(id)?.name ?? id} later`} disabled={i === channel.streams.length - 1 || save.isPending} act={() => moved(i, i + 1)} />
                  <Tool of="trash" label={`Take ${byId.get(id)?.name ?? id} out`} disabled={save.isPending} act={() => set(channel.streams.filter((other) => other !== id))} />
                </Group>
              )}
            </Group>
          </Paper>
        ))}
      </Stack>
      {admin && (
        <Pick
          what="stream"
          aria-label="Add a stream"
          placeholder="Add a stream…"
          value=""
          take={(id) => {
            if (id !== null && !channel.streams.includes(Number(id))) {
              set([...channel.streams, Number(id)]);
            }
          }}
        />
      )}
    </Stack>
  );
}
