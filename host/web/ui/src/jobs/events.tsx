// What happened lately, and which actions listen.

import { Badge, Button, Group, NativeSelect, Paper, Stack, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { eventName, eventNames } from "../actions/events";
import { call } from "../api/client";
import { usePlugins } from "../api/queries";
import type { JsonObject, Plugin } from "../api/types";
import { Heading } from "../frame/head";
import { Empty, Failed, Waiting } from "../frame/states";
import { addressOf, paths } from "../lineup/queries";
import type { EventRow, PageOf } from "../lineup/types";
import { Link } from "../router";
import { cellOf } from "../runs/shape";
import { ago, fullTime } from "../runs/words";
import { pluginPath } from "../views";

const step = 100; // events
const most = 1000; // what the host sends at once

export default function Events() {
  const [name, setName] = useState("");
  const [limit, setLimit] = useState(step);
  const events = useQuery({
    queryKey: ["rows", paths.events, name, limit],
    queryFn: ({ signal }) => call<PageOf<EventRow>>(addressOf(paths.events, { event_type: name }, 1, limit), { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  });
  const plugins = usePlugins();
  return (
    <Stack gap={0} maw={900} mx="auto">
      <Heading title="Events">
        <NativeSelect
          aria-label="Show"
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
          data={[{ value: "", label: "All events" }, ...eventNames.map(([value, label]) => ({ value, label }))]}
        />
      </Heading>
      {events.isPending && <Waiting what="the events" />}
      {events.isError && <Failed what="The events" error={events.error} retry={() => events.refetch()} />}
      {events.data?.count === 0 && (
        <Empty title="No events">What happens to the lineup is listed here, newest first: refreshes, failed logins. Actions of plugins may listen to it.</Empty>
      )}
      <Stack gap="xs">
        {events.data?.results.map((event) => <EventLine key={event.id} event={event} plugins={plugins.data ?? []} />)}
        {events.data && events.data.next !== null && limit < most && (
          <Button variant="default" loading={events.isFetching} onClick={() => setLimit(Math.min(most, limit * 2))}>
            Show more
          </Button>
        )}
        {events.data && events.data.next !== null && limit >= most && <Text size="sm">and {events.data.count - limit} older ones: choose one kind of event to see further back</Text>}
      </Stack>
    </Stack>
  );
}

function EventLine({ event, plugins }: { event: EventRow; plugins: Plugin[] }) {
  const listeners = plugins.filter((p) => p.enabled && p.actions.some((a) => a.events?.includes(event.event_type)));
  return (
    <Paper withBorder p="sm" component="article" aria-label={eventName(event.event_type)}>
      <Stack gap={4}>
        <Group justify="space-between" gap="xs">
          <Group gap="sm">
            <Text fw={500} size="sm" title={event.event_type}>
              {eventName(event.event_type)}
            </Text>
            {event.channel_name !== null && (
              <Badge variant="default" tt="none">
                {event.channel_name}
              </Badge>
            )}
          </Group>
          <Text size="xs" c="dimmed" title={fullTime(event.timestamp)}>
            {ago(event.timestamp)}
          </Text>
        </Group>
        <Text size="sm" className="break">
          {wordsOf(event.details)}
        </Text>
        {listeners.length > 0 && (
          <Group gap={6} fz="xs">
            <Text size="xs" c="dimmed">
              Heard by
            </Text>
            {listeners.map((p) => (
              <Link key={p.key} href={pluginPath(p.key, "runs")} className="text-link">
                <bdi>{p.name}</bdi>
              </Link>
            ))}
          </Group>
        )}
      </Stack>
    </Paper>
  );
}

/** What an event says, in a line. */
function wordsOf(details: JsonObject | null): string {
  return Object.entries(details ?? {})
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${cellOf(typeof value === "number" ? Number(value.toFixed(2)) : value)}`)
    .join(" · ");
}
