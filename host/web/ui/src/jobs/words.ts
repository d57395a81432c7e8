// The words and colours for jobs.

import type { Json, JsonObject, Plugin } from "../api/types";
import { isObject } from "../runs/shape";
import type { Job, JobState } from "./types";

export const jobStates: Record<JobState, { label: string; color: string }> = {
  queued: { label: "Waits", color: "gray" },
  scheduled: { label: "Waits for its time", color: "gray" },
  running: { label: "Runs", color: "blue" },
  retrying: { label: "Failed, tries again", color: "orange" },
  ok: { label: "Done", color: "green" },
  failed: { label: "Failed", color: "red" },
  cancelled: { label: "Cancelled", color: "gray" },
};

export function isUnfinished(job: Job): boolean {
  return job.finished_at === null && job.state !== "ok" && job.state !== "failed" && job.state !== "cancelled";
}

/** What a job is about, as it can be named without asking for more. */
export interface Names {
  accounts: Map<number, string>;
  guides: Map<number, string>;
  /** The plugins by their keys. */
  plugins: Map<string, Pick<Plugin, "name" | "actions">>;
}

const kinds: Record<string, string> = { plugin_run: "Action", m3u_refresh: "Refresh of a playlist", epg_refresh: "Refresh of a guide", python_task: "Task of a plugin" };

/** What a job does, in words. */
export function titleOf(job: Pick<Job, "kind" | "about" | "args">, names: Names): string {
  const number = Number(job.about);
  switch (job.kind) {
    case "m3u_refresh":
      return `Refresh playlist ${names.accounts.get(number) ?? job.about}`.trim();
    case "epg_refresh":
      return `Refresh guide ${names.guides.get(number) ?? job.about}`.trim();
  }
  if (isObject(job.args)) {
    const { plugin, action, name, task, message } = job.args;
    const known = typeof plugin === "string" ? names.plugins.get(plugin) : undefined;
    if (typeof plugin === "string" && isObject(message ?? null)) {
      const { task: sent } = message as JsonObject;
      return `${known?.name ?? plugin}: ${typeof sent === "string" ? (sent.split(".").at(-1) ?? sent) : "task"}`;
    }
    if (typeof plugin === "string" && typeof action === "string") {
      return `${known?.name ?? plugin}: ${known?.actions.find((a) => a.id === action)?.label ?? action}`;
    }
    for (const word of [name, task]) {
      if (typeof word === "string") {
        return word;
      }
    }
  }
  return kinds[job.kind] ?? job.kind.replaceAll("_", " ");
}

/** The run that a job does or did; null for jobs that are no runs, and those that have not begun one. */
export function runOf(job: Pick<Job, "args">): string | null {
  return isObject(job.args) && typeof job.args.run === "string" && job.args.run !== "" ? job.args.run : null;
}

/** How far a job is, in percent and in words, where it says so. */
export function progressOf(progress: Json): { percent: number; text: string } | null {
  if (!isObject(progress)) {
    return null;
  }
  const { progress: percent, message, action, done, total } = progress;
  const text = typeof message === "string" && message !== "" ? message : typeof action === "string" ? action.replaceAll("_", " ") : "";
  if (typeof percent === "number") {
    return { percent, text };
  }
  return { percent: typeof done === "number" && typeof total === "number" && total > 0 ? (100 * done) / total : 0, text };
}

const units: [number, string][] = [
  [86_400, "day"],
  [3600, "hour"],
  [60, "minute"],
  [1, "second"],
];

/** A time between two jobs, as in every 2 hours. */
export function everyOf(seconds: number): string {
  const [size, unit] = units.find(([n]) => seconds % n === 0) ?? [1, "second"];
  const count = seconds / size;
  return count === 1 ? `every ${unit}` : `every ${count} ${unit}s`;
}

/** When something is going to be, as in in 3 hours. */
export function ahead(time: string, now = Date.now()): string {
  const seconds = Math.max(0, Math.round((Date.parse(time) - now) / 1000));
  const format = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  const [size, unit] = units.find(([n]) => seconds >= n) ?? [1, "second"];
  return format.format(Math.floor(seconds / size), unit as Intl.RelativeTimeFormatUnit);
}
