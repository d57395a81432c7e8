// What is on a channel, day by day.

import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { Failed, Waiting } from "../frame/states";
import { dayOf, overOf } from "./day";
import { allRows, paths } from "./queries";
import type { Channel, Programme } from "./types";

export function GuideOf({ channel }: { channel: Channel }) {
  const [offset, setOffset] = useState(0);
  const now = useNow();
  const { from, to } = dayOf(now, offset);
  const filter = { channel_id: String(channel.id), after: from.toISOString(), before: to.toISOString() };
  const programmes = useQuery({
    queryKey: ["rows", paths.programmes, filter],
    queryFn: ({ signal }) => allRows<Programme>(paths.programmes, filter, signal),
    enabled: channel.epg_data_id !== null,
  });
  return (
    <Stack gap="xs" component="section" aria-label="Guide">
      <Group justify="space-between">
        <Title order={2} size="h4">
          Guide
        </Title>
        {channel.epg_data_id !== null && (
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={() => setOffset(offset - 1)} aria-label="The day before">
              ‹
            </Button>
            <Text size="sm" fw={500} w={130} ta="center" role="status">
              {offset === 0 ? "Today" : from.toLocaleDateString(undefined, { weekday: "short", day: "numeric", month: "short" })}
            </Text>
            <Button size="xs" variant="default" onClick={() => setOffset(offset + 1)} aria-label="The day after">
              ›
            </Button>
          </Group>
        )}
      </Group>
      {channel.epg_data_id === null && (
        <Text size="sm" c="dimmed">
          No guide yet. Edit the channel to choose one.
        </Text>
      )}
      {programmes.isLoading && <Waiting what="the programmes" />}
      {programmes.isError && <Failed what="The programmes" error={programmes.error} retry={() => programmes.refetch()} />}
      {programmes.data?.length === 0 && (
        <Text size="sm" c="dimmed">
          The guide has nothing for this day. A channel that is new gets its programmes with the guide’s next refresh.
        </Text>
      )}
      {programmes.data && programmes.data.length > 0 && (
        <Day key={offset} programmes={programmes.data} now={now} />
      )}
    </Stack>
  );
}

/** The time, renewed while somebody looks. */
function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 15_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** Begins with what is on; what is over is shown to whoever asks for it. */
function Day({ programmes, now }: { programmes: Programme[]; now: number }) {
  const [whole, setWhole] = useState(false);
  const over = overOf(programmes, now);
  const folded = !whole && over > 0;
  return (
    <>
      {folded && (
        <Button size="compact-sm" variant="subtle" style={{ alignSelf: "flex-start" }} onClick={() => setWhole(true)}>
          Earlier today: {over} {over === 1 ? "programme" : "programmes"}
        </Button>
      )}
      <Stack gap={0} component="ul" m={0} p={0} style={{ listStyle: "none" }} aria-label="Programmes">
        {(folded ? programmes.slice(over) : programmes).map((programme) => (
          <Entry key={programme.id} programme={programme} now={now} />
        ))}
      </Stack>
    </>
  );
}

function Entry({ programme, now }: { programme: Programme; now: number }) {
  const [start, end] = [Date.parse(programme.start_time), Date.parse(programme.end_time)];
  const on = start <= now && now < end;
  return (
    <li className={on ? "programme on" : end <= now ? "programme past" : "programme"} aria-current={on ? "time" : undefined}>
      <time dateTime={programme.start_time}>{new Date(start).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hour12: false })}</time>
      <div>
        <span className="programme-title">{programme.title}</span>
        {programme.sub_title && <span> · {programme.sub_title}</span>}
        {on && <span className="pill">now, until {new Date(end).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hour12: false })}</span>}
        {programme.description && <div className="programme-text clamp">{programme.description}</div>}
      </div>
    </li>
  );
}
