// The shapes of jobs and schedules; docs/rest.md describes them.

import type { Json } from "../api/types";

export const jobsPath = "/api/jobs/";
export const schedulesPath = "/api/schedules/";

export type JobState = "queued" | "scheduled" | "running" | "retrying" | "ok" | "failed" | "cancelled";

export interface Job {
  id: number;
  /** What it does: plugin_run, m3u_refresh, epg_refresh, … */
  kind: string;
  state: JobState;
  /** As an account's number; may be empty. */
  about: string;
  /** Null for whoever is no admin. */
  args: Json;
  attempt: number;
  attempts: number;
  /** What it said last; null unless it runs. */
  progress: Json;
  output: Json;
  error: string;
  created_at: string;
  scheduled_at: string;
  started_at: string | null;
  finished_at: string | null;
}

export interface Schedule {
  id: number;
  owner: "action" | "m3u" | "epg" | "user";
  /** plugin/action, or the number of the account or source. */
  target: string;
  name: string;
  kind: string;
  args: Json;
  /** Five fields; empty where every_seconds is set. */
  cron: string;
  every_seconds: number;
  timezone: string;
  missed: "skip" | "once" | "all";
  paused: boolean;
  /** The next three times; empty while it is paused. */
  next: string[];
  last_at: string | null;
  last_job: number | null;
}
