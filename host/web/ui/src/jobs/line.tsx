// One job in a list: what it does, how far it is, what went wrong, and how to end it or do it again.

import { Anchor, Badge, Button, Group, Paper, Progress, Stack, Text } from "@mantine/core";

import { useAdmin } from "../api/queries";
import { Link } from "../router";
import { ago, fullTime, spanOf } from "../runs/words";
import { useJobAct, useJobNames } from "./queries";
import type { Job } from "./types";
import { ahead, isUnfinished, jobStates, progressOf, runOf, titleOf } from "./words";

export function JobLine({ job }: { job: Job }) {
  const title = titleOf(job, useJobNames());
  const state = jobStates[job.state];
  const run = runOf(job);
  return (
    <Paper withBorder p="sm" component="article" aria-label={title} data-state={job.state}>
      <Stack gap={6}>
        <Group justify="space-between" gap="xs">
          <Group gap="sm" flex="1 1 200px">
            <Badge color={state.color} variant="dot" tt="none">
              {state.label}
            </Badge>
            <Text fw={500} size="sm" className="break">
              {title}
            </Text>
          </Group>
          <Group gap="sm">
            <Text size="xs" c="dimmed" title={fullTime(job.created_at)}>
              {when(job)}
            </Text>
            {run !== null && (
              <Anchor component={Link} href={`/runs/${run}`} size="sm" underline="always">
                Run and log
              </Anchor>
            )}
            <Act job={job} title={title} />
          </Group>
        </Group>
        <Said job={job} title={title} />
      </Stack>
    </Paper>
  );
}

function when(job: Job): string {
  const parts = [ago(job.created_at)];
  if (job.started_at !== null && job.finished_at !== null) {
    parts.push(`took ${spanOf(Date.parse(job.finished_at) - Date.parse(job.started_at))}`);
  }
  if (job.state === "scheduled" || job.state === "retrying") {
    parts.push(`begins ${ahead(job.scheduled_at)}`);
  }
  if (job.attempt > 1) {
    parts.push(`try ${job.attempt} of ${job.attempts}`);
  }
  return parts.join(", ");
}

function Act({ job, title }: { job: Job; title: string }) {
  const admin = useAdmin();
  const act = useJobAct();
  if (!admin) {
    return null;
  }
  const verb = isUnfinished(job) ? "cancel" : "retry";
  const label = verb === "cancel" ? "Cancel" : job.state === "failed" ? "Try again" : "Do it again";
  return (
    <Button size="xs" variant="default" loading={act.isPending} onClick={() => act.mutate({ id: job.id, act: verb })} aria-label={`${label}: ${title}`}>
      {label}
    </Button>
  );
}

function Said({ job, title }: { job: Job; title: string }) {
  const progress = progressOf(job.progress);
  if (job.state === "running" && progress !== null) {
    return (
      <Stack gap={4}>
        {progress.text !== "" && (
          <Text size="sm" role="status">
            {progress.text}
          </Text>
        )}
        <Progress value={progress.percent || 100} striped={progress.percent === 0} animated={progress.percent === 0} aria-label={`Progress of ${title}`} />
      </Stack>
    );
  }
  return job.error === "" ? null : (
    <Text size="sm" c="var(--mantine-color-error)" className="break" style={{ whiteSpace: "pre-line" }}>
      {job.error}
    </Text>
  );
}
