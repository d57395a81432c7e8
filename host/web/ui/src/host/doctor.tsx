// What the host's machine can do, and what to do about it.

import { Badge, Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { call } from "../api/client";
import { Failed, Waiting } from "../frame/states";

interface Finding {
  check: string;
  result: "ok" | "warn" | "fail";
  detail: string;
  /** What to do about it; empty when nothing is. */
  next: string;
}

const results = {
  ok: { label: "Fine", color: "green" },
  warn: { label: "Could be better", color: "orange" },
  fail: { label: "Does not work", color: "red" },
};

export function Doctor() {
  const found = useQuery({
    queryKey: ["doctor"],
    queryFn: async ({ signal }) => (await call<{ checks: Finding[] }>("/api/core/doctor/", { signal })).checks,
    staleTime: 60_000,
  });
  return (
    <Paper withBorder p="md" mt="sm" component="section" aria-label="This machine">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          This machine
        </Title>
        <Button size="xs" variant="default" loading={found.isFetching} onClick={() => void found.refetch()}>
          Look again
        </Button>
      </Group>
      {found.isPending && <Waiting what="what the machine can do" />}
      {found.isError && <Failed what="What the machine can do" error={found.error} />}
      <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: "none" }}>
        {found.data?.map((finding) => (
          <li key={finding.check}>
            <Group gap="xs">
              <Badge variant="dot" tt="none" color={results[finding.result].color}>
                {results[finding.result].label}
              </Badge>
              <Text size="sm" fw={500}>
                {finding.check}
              </Text>
            </Group>
            <Text size="sm" c="dimmed" className="break" component="p" m={0} mt={2}>
              {finding.detail}
            </Text>
            {finding.next !== "" && (
              <Text size="sm" className="break" component="p" m={0}>
                {finding.next}
              </Text>
            )}
          </li>
        ))}
      </Stack>
    </Paper>
  );
}
