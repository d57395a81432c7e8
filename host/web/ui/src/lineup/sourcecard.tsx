// A playlist or a guide in its list: how it is, how far its refresh is, what can be done with it.

import { ActionIcon, Badge, Button, Group, Paper, Progress, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { call } from "../api/client";
import { useAdmin } from "../api/queries";
import { Icon } from "../frame/icons";
import { complain } from "../frame/toast";
import { ago, fullTime } from "../runs/words";
import { actionLabel, useRefresh, type Refresh } from "./progress";
import type { Source } from "./types";

const statuses: Record<string, { label: string; color: string }> = {
  idle: { label: "Never refreshed", color: "gray" },
  fetching: { label: "Downloading", color: "blue" },
  parsing: { label: "Reading", color: "blue" },
  success: { label: "Up to date", color: "green" },
  error: { label: "Failed", color: "red" },
  pending_setup: { label: "Choose groups", color: "orange" },
  disabled: { label: "Not active", color: "gray" },
};

function StatusBadge({ source }: { source: Source }) {
  const known = statuses[source.is_active ? source.status : "disabled"];
  return (
    <Badge variant="dot" tt="none" color={known?.color ?? "gray"} data-status={source.status}>
      {known?.label ?? source.status}
    </Badge>
  );
}

/** How to have a playlist or a guide refreshed. */
function useRefreshNow(request: { path: string; json?: unknown }) {
  return useMutation({
    mutationFn: () => call(request.path, { method: "POST", ...(request.json === undefined ? {} : { json: request.json }) }),
    onError: (error) => complain("Not refreshed", error),
  });
}

interface Props {
  /** The list it is in. */
  path: string;
  source: Source;
  title: ReactNode;
  /** What it is and how much it has, in a line. */
  about: string;
  request: { path: string; json?: unknown };
  edit: () => void;
  remove: () => void;
}

export function SourceCard({ path, source, title, about, request, edit, remove }: Props) {
  const admin = useAdmin();
  const refresh = useRefresh(path, source.id);
  const now = useRefreshNow(request);
  return (
    <Paper withBorder p="md" component="article" aria-label={source.name}>
      <Stack gap={6}>
        <Group justify="space-between" gap="xs">
          <Group gap="sm">
            {title}
            <StatusBadge source={source} />
          </Group>
          {admin && (
            <Group gap={4}>
              <Button
                size="xs"
                variant="default"
                leftSection={<Icon of="refresh" size={14} />}
                loading={now.isPending}
                disabled={!source.is_active || refresh !== null}
                onClick={() => now.mutate()}
                aria-label={`Refresh ${source.name}`}
              >
                Refresh
              </Button>
              <Tool of="pencil" label={`Edit ${source.name}`} act={edit} />
              <Tool of="trash" label={`Delete ${source.name}`} act={remove} />
            </Group>
          )}
        </Group>
        <Text size="sm" c="dimmed" className="break">
          {about}
          {source.updated_at !== null && (
            <>
              {" · "}
              <span title={fullTime(source.updated_at)}>refreshed {ago(source.updated_at)}</span>
            </>
          )}
        </Text>
        {refresh === null ? <Message source={source} /> : <Under refresh={refresh} name={source.name} />}
      </Stack>
    </Paper>
  );
}

export function Tool({ of, label, act, disabled = false }: { of: "pencil" | "trash" | "plus" | "up" | "down"; label: string; act: () => void; disabled?: boolean }) {
  return (
    <ActionIcon variant="subtle" color={of === "trash" ? "red" : "gray"} size="lg" onClick={act} disabled={disabled} {...(disabled ? { bg: "transparent" } : {})} aria-label={label} title={label}>
      <Icon of={of} />
    </ActionIcon>
  );
}

function Message({ source }: { source: Source }) {
  if (source.last_message === null || source.last_message === "") {
    return null;
  }
  return (
    <Text size="sm" className="break" {...(source.status === "error" ? { c: "var(--mantine-color-error)", role: "alert" } : {})}>
      {source.last_message}
    </Text>
  );
}

function Under({ refresh, name }: { refresh: Refresh; name: string }) {
  return (
    <Stack gap={4}>
      <Text size="sm" role="status">
        {refresh.message || actionLabel(refresh.action)}
      </Text>
      <Progress value={refresh.percent || 100} striped={refresh.percent === 0} animated={refresh.percent === 0} aria-label={`Progress of ${name}`} />
    </Stack>
  );
}
