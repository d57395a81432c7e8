// What the runs of a plugin tell of its versions.

import type { Run } from "../api/types";

export interface Version {
  version: string;
  runs: number;
  failed: number;
  /** What ran it, each once. */
  engines: string[];
  /** When it ran last. */
  last: string;
}

/** The versions that ran, the latest first. */
export function versionsOf(runs: Run[]): Version[] {
  const found = new Map<string, Version>();
  for (const run of [...runs].sort((a, b) => b.created_at.localeCompare(a.created_at))) {
    const version = found.get(run.version) ?? { version: run.version, runs: 0, failed: 0, engines: [], last: run.created_at };
    version.runs += 1;
    version.failed += run.failed ? 1 : 0;
    if (run.engine !== "" && !version.engines.includes(run.engine)) {
      version.engines.push(run.engine);
    }
    found.set(run.version, version);
  }
  return [...found.values()];
}

/** A size as in 512 bytes, 1.5 KB, 3 MB. */
export function bytesOf(size: number): string {
  if (size < 1024) {
    return size === 1 ? "1 byte" : `${size} bytes`;
  }
  const [unit, name] = size < 1024 * 1024 ? [1024, "KB"] : [1024 * 1024, "MB"];
  const count = size / unit;
  return `${count < 10 ? Number(count.toFixed(1)) : Math.round(count)} ${name}`;
}
