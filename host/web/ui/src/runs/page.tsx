// One run: what went in, what came out, and its log.

import { Anchor, Badge, Group, Paper, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

import { isActive, useAdmin, usePlugin, useRun } from "../api/queries";
import type { Run } from "../api/types";
import { Failed, Waiting } from "../frame/states";
import { LogView } from "../logs/view";
import { Link } from "../router";
import { pluginPath } from "../views";
import { Active, headline } from "./line";
import { Result, Tree } from "./result";
import { fullTime, outcomeOf, spanOf, triggerOf } from "./words";

export default function RunPage({ id }: { id: string }) {
  const run = useRun(id);
  const admin = useAdmin();
  if (run.isPending) {
    return <Waiting what="the run" />;
  }
  if (!run.data) {
    return <Failed what="The run" error={run.error} retry={() => run.refetch()} />;
  }
  return (
    <Stack maw={1000} mx="auto">
      <Head run={run.data} />
      {isActive(run.data) ? (
        <Paper withBorder p="md">
          <Active run={run.data} />
        </Paper>
      ) : (
        <Outcome run={run.data} />
      )}
      <Params run={run.data} />
      {admin && (
        <Part title="Log">
          <LogView plugin={run.data.plugin} run={id} />
        </Part>
      )}
    </Stack>
  );
}

function Head({ run }: { run: Run }) {
  const plugin = usePlugin(run.plugin);
  const outcome = outcomeOf(run);
  const label = plugin.data?.actions.find((a) => a.id === run.action)?.label ?? run.action;
  return (
    <Stack gap={6}>
      <Anchor component={Link} href={pluginPath(run.plugin, "runs")} size="sm">
        ‹ Runs of {plugin.data?.name ?? run.plugin}
      </Anchor>
      <Group gap="sm">
        <Title order={1} size="h2" className="break">
          {label}
        </Title>
        <Badge color={outcome.color} variant="dot" size="lg" tt="none" data-status={run.status}>
          {outcome.label}
        </Badge>
      </Group>
      <Text size="sm" c="dimmed">
        {fullTime(run.created_at)}, {triggerOf(run)}
        {run.duration_ms !== null && `, took ${spanOf(run.duration_ms)}`}
        {run.version && `, version ${run.version}`}
        {run.engine && `, ${run.engine}`}
      </Text>
    </Stack>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack gap="xs" component="section" aria-label={title}>
      <Title order={2} size="h4">
        {title}
      </Title>
      {children}
    </Stack>
  );
}

const faults = {
  plugin: "The fault is the plugin's: show this to its author.",
  user: "Correct the values and try again.",
  host: "The fault is the host's: its log holds the details.",
};

function Outcome({ run }: { run: Run }) {
  const failed = outcomeOf(run).color === "red";
  return (
    <Part title={failed ? "What went wrong" : "Result"}>
      <Paper withBorder p="md">
        <Stack gap="sm">
          <Text fw={600} className="break" style={{ whiteSpace: "pre-line" }} {...(failed ? { c: "var(--mantine-color-error)" } : {})}>
            {headline(run)}
          </Text>
          {run.status === "error" && run.fault !== "" && <Text size="sm">{faults[run.fault]}</Text>}
          <Result result={run.result} />
          {run.traceback && (
            <pre className="source" tabIndex={0} aria-label="Traceback">
              {run.traceback.trimEnd()}
            </pre>
          )}
        </Stack>
      </Paper>
    </Part>
  );
}

function Params({ run }: { run: Run }) {
  const { params } = run;
  if (params === null || (typeof params === "object" && Object.keys(params).length === 0)) {
    return null;
  }
  return (
    <Part title="Parameters">
      <Paper withBorder p="md">
        <Tree name="" value={params} open={2} />
      </Paper>
    </Part>
  );
}
