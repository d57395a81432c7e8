// The runs of a plugin, the newest first.

import { Anchor, Badge, Button, Group, Paper, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { isActive, useRuns } from "../api/queries";
import type { Plugin, Run } from "../api/types";
import { Empty, Failed, Waiting } from "../frame/states";
import { Link } from "../router";
import { Active, headline } from "./line";
import { ago, fullTime, outcomeOf, spanOf, triggerOf } from "./words";

const step = 25;
const most = 500; // what the host keeps of a plugin

export default function History({ plugin }: { plugin: Plugin }) {
  const [limit, setLimit] = useState(step);
  const runs = useRuns(plugin.key, limit);
  if (runs.isPending) {
    return <Waiting what="the runs" />;
  }
  if (!runs.data) {
    return <Failed what="The runs" error={runs.error} retry={() => runs.refetch()} />;
  }
  if (runs.data.length === 0) {
    return <Empty title="No runs yet">What this plugin does is listed here, with its result and its log, for 30 days.</Empty>;
  }
  const labels = new Map(plugin.actions.map((a) => [a.id, a.label]));
  return (
    <Stack gap="xs">
      <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: "none" }}>
        {runs.data.map((run) => (
          <li key={run.id}>
            <Row run={run} label={labels.get(run.action) ?? run.action} />
          </li>
        ))}
      </Stack>
      {runs.data.length >= limit && limit < most && (
        <Button variant="default" loading={runs.isFetching} onClick={() => setLimit(Math.min(most, limit * 2))}>
          Show more
        </Button>
      )}
    </Stack>
  );
}

function Row({ run, label }: { run: Run; label: string }) {
  const outcome = outcomeOf(run);
  return (
    <Paper withBorder p="sm" data-run={run.id}>
      <Stack gap={6}>
        <Group justify="space-between" gap="xs">
          <Group gap="sm">
            <Badge color={outcome.color} variant="dot" tt="none">
              {outcome.label}
            </Badge>
            <Anchor component={Link} href={`/runs/${run.id}`} underline="always" fw={500} aria-label={`${label}, ${outcome.label}, ${ago(run.created_at)}`}>
              {label}
            </Anchor>
          </Group>
          <Text size="xs" c="dimmed" title={fullTime(run.created_at)}>
            {ago(run.created_at)}, {triggerOf(run)}
            {run.duration_ms !== null && `, took ${spanOf(run.duration_ms)}`}
          </Text>
        </Group>
        {isActive(run) ? (
          <Active run={run} />
        ) : (
          run.error && (
            <Text size="sm" className="clamp">
              {headline(run)}
            </Text>
          )
        )}
      </Stack>
    </Paper>
  );
}
