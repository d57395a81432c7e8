// What the last refreshes of a playlist or a guide did.

import { Stack, Text, Title } from "@mantine/core";

import { JobLine } from "../jobs/line";
import { useRefreshes } from "../jobs/queries";

export function History({ kind, id }: { kind: "m3u_refresh" | "epg_refresh"; id: number }) {
  const jobs = useRefreshes(kind, id);
  return (
    <Stack gap="xs" component="section" aria-label="Refreshes">
      <Title order={2} size="h4">
        Refreshes
      </Title>
      {jobs.data?.length === 0 && (
        <Text size="sm" c="dimmed">
          None lately. The last twenty are listed, for a day, failed ones for a week.
        </Text>
      )}
      {jobs.data?.map((job) => <JobLine key={job.id} job={job} />)}
    </Stack>
  );
}
