// The words and colours for how a run went, and how times are written.

import type { Run, RunStatus } from "../api/types";

interface Outcome {
  label: string;
  color: "gray" | "blue" | "green" | "red";
}

export const statuses: Record<RunStatus, Outcome> = {
  queued: { label: "Queued", color: "gray" },
  running: { label: "Running", color: "blue" },
  ok: { label: "Done", color: "green" },
  error: { label: "Failed", color: "red" },
  cancelled: { label: "Cancelled", color: "gray" },
};

/** How a run went. An action that ran and says that it did not do its work has failed, too. */
export function outcomeOf(run: Run): Outcome {
  return run.status === "ok" && run.failed ? statuses.error : statuses[run.status];
}

/** A time span in milliseconds as in 350 ms, 4.2 s, 3 min 5 s. */
export function spanOf(ms: number): string {
  if (ms < 1000) {
    return `${Math.round(ms)} ms`;
  }
  if (ms < 60_000) {
    return `${(ms / 1000).toFixed(1)} s`;
  }
  const seconds = Math.round(ms / 1000);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${seconds % 60} s`;
}

/** How long ago a time was, as in 5 minutes ago. */
export function ago(time: string, now = Date.now()): string {
  const seconds = Math.round((now - Date.parse(time)) / 1000);
  if (seconds < 10) {
    return "just now";
  }
  const format = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  if (seconds < 60) {
    return format.format(-seconds, "second");
  }
  if (seconds < 3600) {
    return format.format(-Math.floor(seconds / 60), "minute");
  }
  if (seconds < 86_400) {
    return format.format(-Math.floor(seconds / 3600), "hour");
  }
  return format.format(-Math.floor(seconds / 86_400), "day");
}

export function fullTime(time: string): string {
  return new Date(time).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
}

/** How far a run is, in percent; null when nobody knows. */
export function percentOf(run: Run): number | null {
  const { done, total } = run.progress;
  return total > 0 ? Math.max(0, Math.min(100, (done / total) * 100)) : null;
}

const triggers: Record<string, string> = { manual: "by hand", api: "by request", event: "by an event", schedule: "by schedule", start: "at the start" };

export function triggerOf(run: Run): string {
  return triggers[run.trigger] ?? run.trigger;
}
