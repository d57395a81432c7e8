// The jobs: what waits, runs and failed.

import { Button, NativeSelect, Stack } from "@mantine/core";
import { useState } from "react";

import { Heading } from "../frame/head";
import { Empty, Failed, Waiting } from "../frame/states";
import { JobLine } from "./line";
import { useJobs } from "./queries";

const step = 50;

export default function Jobs() {
  const [state, setState] = useState("");
  const [limit, setLimit] = useState(step);
  const jobs = useJobs(state, limit);
  return (
    <Stack gap={0} maw={900} mx="auto">
      <Heading title="Jobs">
        <NativeSelect
          aria-label="Show"
          value={state}
          onChange={(e) => setState(e.currentTarget.value)}
          data={[
            { value: "", label: "All jobs" },
            { value: "unfinished", label: "Waiting and running" },
            { value: "failed", label: "Failed" },
          ]}
        />
      </Heading>
      {jobs.isPending && <Waiting what="the jobs" />}
      {jobs.isError && <Failed what="The jobs" error={jobs.error} retry={() => jobs.refetch()} />}
      {jobs.data?.length === 0 && (
        <Empty title="No jobs">What the host does in the background is listed here: refreshes, actions by schedule, tasks of plugins. Jobs are kept for a day, failed ones for a week.</Empty>
      )}
      <Stack gap="xs">
        {jobs.data?.map((job) => (
          <JobLine key={job.id} job={job} />
        ))}
        {jobs.data && jobs.data.length >= limit && (
          <Button variant="default" loading={jobs.isFetching} onClick={() => setLimit(limit * 2)}>
            Show more
          </Button>
        )}
      </Stack>
    </Stack>
  );
}
