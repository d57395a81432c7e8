// What the page asks about jobs and schedules.

import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { call } from "../api/client";
import { useConnected } from "../api/live";
import { usePlugins } from "../api/queries";
import { newest } from "../lineup/pages";
import { paths, useNames } from "../lineup/queries";
import { complain } from "../frame/toast";
import { jobsPath, schedulesPath, type Job, type Schedule } from "./types";
import { isUnfinished, type Names } from "./words";

/** The jobs, the newest first. */
export function useJobs(state: string, limit: number) {
  const connected = useConnected();
  const words = state === "" ? "" : state === "unfinished" ? "&unfinished=1" : `&state=${state}`;
  return useQuery({
    queryKey: ["jobs", state, limit],
    queryFn: ({ signal }) =>
      newest<Job>(limit, async (count, before) => {
        const from = before === undefined ? "" : `&before=${before.id}`;
        return (await call<{ jobs: Job[] }>(`${jobsPath}?limit=${count}${words}${from}`, { signal })).jobs;
      }),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.some(isUnfinished) && !connected ? 1000 : 10_000),
  });
}

export function useJobNames(): Names {
  const plugins = usePlugins().data ?? [];
  return { accounts: useNames(paths.accounts), guides: useNames(paths.guides), plugins: new Map(plugins.map((p) => [p.key, p])) };
}

/** Cancels a job, or does it again. */
export function useJobAct() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, act }: { id: number; act: "cancel" | "retry" }) => call<Job>(`${jobsPath}${id}/${act}/`, { method: "POST" }),
    onError: (error, { act }) => complain(act === "cancel" ? "Not cancelled" : "Not done again", error),
    onSettled: () => client.invalidateQueries({ queryKey: ["jobs"] }),
  });
}

/** The jobs that refreshed a playlist or a guide, the newest first. */
export function useRefreshes(kind: "m3u_refresh" | "epg_refresh", id: number) {
  return useQuery({
    queryKey: ["jobs", kind, id],
    queryFn: async ({ signal }) => (await call<{ jobs: Job[] }>(`${jobsPath}?kind=${kind}&about=${id}&limit=20`, { signal })).jobs,
    refetchInterval: 15_000,
  });
}

export function useSchedules() {
  return useQuery({
    queryKey: ["schedules"],
    queryFn: async ({ signal }) => (await call<{ schedules: Schedule[] }>(schedulesPath, { signal })).schedules,
    refetchInterval: 15_000,
  });
}
