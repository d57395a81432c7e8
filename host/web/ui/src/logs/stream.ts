// Reads a log as it is written: JSON objects, one a line.

import { send } from "../api/client";
import type { Level, Line } from "../api/types";

export interface Query {
  plugin: string;
  /** Only lines of this run. */
  run?: string;
  /** The least serious level. */
  level?: Level;
  contains?: string;
}

const tail = 1000; // lines of the past

export function logPath(query: Query, mode: "follow" | "download"): string {
  const words = new URLSearchParams();
  if (query.run) {
    words.set("run", query.run);
  }
  if (query.level) {
    words.set("level", query.level);
  }
  if (query.contains) {
    words.set("contains", query.contains);
  }
  if (mode === "follow") {
    words.set("tail", String(tail));
  }
  words.set(mode, "true");
  return `/api/plugins/plugins/${encodeURIComponent(query.plugin)}/logs/?${words}`;
}

/** Cuts chunks of text into lines; what is not a whole line yet waits. */
export class Cutter {
  private rest = "";

  cut(chunk: string): Line[] {
    const parts = (this.rest + chunk).split("\n");
    this.rest = parts.pop() ?? "";
    return parts.flatMap((part) => {
      try {
        return part.trim() === "" ? [] : [JSON.parse(part) as Line];
      } catch {
        return []; // half a line of an answer that broke off
      }
    });
  }
}

/** Hands on lines in batches: a plugin may write thousands a second, and each batch is drawn. Of many, the last count. */
export class Batch {
  private lines: Line[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly take: (lines: Line[]) => void,
    private readonly most = tail,
    private readonly pause = 250, // ms
  ) {}

  add(lines: Line[]): void {
    if (lines.length === 0) {
      return;
    }
    this.lines = this.lines.concat(lines).slice(-this.most);
    if (this.timer === undefined) {
      this.flush(); // a single line is there at once
      this.timer = setTimeout(() => this.again(), this.pause);
    }
  }

  /** Hands on what is left; nothing comes after it. */
  end(): void {
    clearTimeout(this.timer);
    this.flush();
  }

  private again(): void {
    this.timer = this.lines.length > 0 ? setTimeout(() => this.again(), this.pause) : undefined;
    this.flush();
  }

  private flush(): void {
    const { lines } = this;
    this.lines = [];
    if (lines.length > 0) {
      this.take(lines);
    }
  }
}

/** Calls take with new lines until the signal ends it or the answer does. */
export async function follow(query: Query, signal: AbortSignal, take: (lines: Line[]) => void): Promise<void> {
  const response = await send(logPath(query, "follow"), { signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const cutter = new Cutter();
  const batch = new Batch((lines) => {
    if (!signal.aborted) {
      take(lines);
    }
  });
  try {
    while (reader) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      batch.add(cutter.cut(value));
    }
  } finally {
    batch.end();
  }
}

/** Hands the log to the browser as a file. */
export async function download(query: Query): Promise<void> {
  const response = await send(logPath(query, "download"));
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = `${query.plugin}.log`;
  link.click();
  URL.revokeObjectURL(url);
}
