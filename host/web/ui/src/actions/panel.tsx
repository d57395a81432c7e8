// The actions of a plugin: what they do, their buttons, and the run that each has under way.

import { Badge, Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { lazy, Suspense, useState } from "react";

import { isActive, useRunAction, useRuns } from "../api/queries";
import type { Action, Json, Plugin, Run } from "../api/types";
import { Icon } from "../frame/icons";
import { Empty } from "../frame/states";
import { complain } from "../frame/toast";
import { RunLine } from "../runs/line";
import { asksNothing } from "./confirm";
import { eventName } from "./events";
import { lookOf } from "./look";

const Ask = lazy(() => import("./ask"));

export default function Actions({ plugin }: { plugin: Plugin }) {
  const runs = useRuns(plugin.key, 50);
  if (plugin.actions.length === 0) {
    return <Empty title="No actions">{plugin.enabled ? "This plugin has none." : "Enable the plugin to see what it can do."}</Empty>;
  }
  return (
    <Stack>
      {!plugin.enabled && <Text c="dimmed">The plugin is switched off. Enable it to run its actions.</Text>}
      {plugin.actions.map((action) => (
        <ActionRow key={action.id} plugin={plugin} action={action} runs={(runs.data ?? []).filter((run) => run.action === action.id)} />
      ))}
    </Stack>
  );
}

function ActionRow({ plugin, action, runs }: { plugin: Plugin; action: Action; runs: Run[] }) {
  const [asking, setAsking] = useState(false);
  const [mine, setMine] = useState<string | null>(null);
  const start = useRunAction(plugin.key);
  const active = runs.filter(isActive);
  const run = async (params: Json) => {
    const { run: id } = await start.mutateAsync({ action: action.id, params });
    setMine(id);
  };
  const press = () => {
    if (asksNothing(plugin, action)) {
      run({}).catch((error: unknown) => complain(`${action.label} did not start`, error));
    } else {
      setAsking(true);
    }
  };
  // What is under way, else what was started here; after that the history has it.
  const shown = active.length > 0 ? active.map((r) => r.id) : mine === null ? [] : [mine];
  if (mine !== null && !shown.includes(mine)) {
    shown.unshift(mine);
  }
  return (
    <Paper withBorder p={{ base: "sm", sm: "md" }} component="section" aria-label={action.label} data-action={action.id}>
      <Group justify="space-between" align="flex-start" gap="md">
        <Stack gap={6} flex="1 1 260px" miw={0}>
          <Title order={2} size="h5" className="break">
            {action.label}
          </Title>
          {action.description && (
            <Text size="sm" c="dimmed" className="break" style={{ whiteSpace: "pre-line" }}>
              {action.description}
            </Text>
          )}
          <Causes action={action} />
        </Stack>
        <Button
          {...lookOf(action)}
          leftSection={<Icon of="play" size={15} />}
          disabled={!plugin.enabled || plugin.missing}
          loading={start.isPending}
          onClick={press}
          aria-label={`${buttonText(action)}: ${action.label}`}
        >
          {buttonText(action)}
        </Button>
      </Group>
      {shown.length > 0 && (
        <Stack gap="xs" mt="md">
          {shown.map((id) => (
            <RunLine key={id} id={id} />
          ))}
        </Stack>
      )}
      {asking && (
        <Suspense>
          <Ask plugin={plugin} action={action} close={() => setAsking(false)} run={run} />
        </Suspense>
      )}
    </Paper>
  );
}

function buttonText(action: Action): string {
  const label = action.button_label?.trim() ?? "";
  return label === "" ? "Run" : label;
}

function Causes({ action }: { action: Action }) {
  const events = action.events ?? [];
  if (events.length === 0 && !action.schedule) {
    return null;
  }
  return (
    <Group gap={6}>
      <Text size="xs" c="dimmed">
        Also runs
      </Text>
      {events.map((event) => (
        <Badge key={event} color="green" variant="dot" tt="none" title={event}>
          {eventName(event)}
        </Badge>
      ))}
      {action.schedule && (
        <Badge color="blue" variant="dot" tt="none" title="A cron expression">
          {action.schedule}
        </Badge>
      )}
    </Group>
  );
}
