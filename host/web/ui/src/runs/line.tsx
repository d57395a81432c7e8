// One run in a few lines: how far it is, how to end it, what came out.

import { Anchor, Button, Group, Progress, Stack, Text } from "@mantine/core";

import { Notice } from "../frame/notice";
import { isActive, useAdmin, useCancel, useRun } from "../api/queries";
import type { Run } from "../api/types";
import { complain } from "../frame/toast";
import { Link } from "../router";
import { Result } from "./result";
import { outcomeOf, percentOf, spanOf } from "./words";

export function RunLine({ id }: { id: string }) {
  const run = useRun(id);
  if (!run.data) {
    return run.isError ? <Text size="sm">The run is not known any more.</Text> : null;
  }
  return isActive(run.data) ? <Active run={run.data} /> : <Ended run={run.data} />;
}

export function Active({ run }: { run: Run }) {
  const cancel = useCancel();
  const admin = useAdmin();
  const percent = percentOf(run);
  const { done, total, message } = run.progress;
  const count = total > 0 ? `${done} of ${total}` : done > 0 ? String(done) : "";
  return (
    <Group gap="sm" wrap="nowrap" align="center" data-run={run.id} data-status={run.status}>
      <Stack gap={4} flex={1} miw={0}>
        <Group justify="space-between" gap="xs" wrap="nowrap">
          <Text size="sm" truncate role="status">
            {run.status === "queued" ? "Waiting for its turn…" : message || "Running, please wait…"}
          </Text>
          <Text size="sm" c="dimmed" style={{ whiteSpace: "nowrap" }}>
            {count}
          </Text>
        </Group>
        <Progress
          value={percent ?? 100}
          animated={percent === null}
          striped={percent === null}
          transitionDuration={150}
          aria-label={`Progress of ${run.action}`}
        />
      </Stack>
      <Anchor component={Link} href={`/runs/${run.id}`} size="sm" underline="always">
        Log
      </Anchor>
      {admin && (
        <Button
          size="xs"
          variant="default"
          loading={cancel.isPending}
          onClick={() => cancel.mutate(run.id, { onError: (error) => complain("Not cancelled", error) })}
          aria-label={`Cancel ${run.action}`}
        >
          Cancel
        </Button>
      )}
    </Group>
  );
}

function Ended({ run }: { run: Run }) {
  const outcome = outcomeOf(run);
  return (
    <Notice color={outcome.color} icon={false} role="status" data-run={run.id} data-status={run.status}>
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={6} flex="1 1 200px" miw={0}>
          <Text size="sm" fw={600} className="break" style={{ whiteSpace: "pre-line" }}>
            {headline(run)}
          </Text>
          <Result result={run.result} brief />
        </Stack>
        <Group gap="sm">
          <Text size="xs" c="dimmed">
            {outcome.label}
            {run.duration_ms !== null && ` in ${spanOf(run.duration_ms)}`}
          </Text>
          <Anchor component={Link} href={`/runs/${run.id}`} size="sm" underline="always">
            Run and log
          </Anchor>
        </Group>
      </Group>
    </Notice>
  );
}

/** What a run says of itself in a sentence. */
export function headline(run: Run): string {
  if (run.error) {
    return run.error;
  }
  const message = run.result?.message;
  if (typeof message === "string" && message.trim() !== "") {
    return message;
  }
  switch (run.status) {
    case "cancelled":
      return "The run was cancelled.";
    case "error":
      return "The action failed and did not say why.";
    default:
      return "The action is done.";
  }
}
