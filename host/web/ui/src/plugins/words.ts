// The words and colours for what a plugin is and how it is.

import type { Plugin, PluginState } from "../api/types";

interface Word {
  label: string;
  color: string;
  /** What it means, as a sentence. */
  means: string;
}

export const states: Record<PluginState, Word> = {
  missing: { label: "Missing", color: "red", means: "Its folder is gone." },
  disabled: { label: "Disabled", color: "gray", means: "It is switched off; nothing of it runs." },
  idle: { label: "Ready", color: "teal", means: "It is on and starts with the first call." },
  starting: { label: "Starting", color: "blue", means: "Its process is being started." },
  running: { label: "Running", color: "green", means: "Its process answers calls." },
  waiting: { label: "Restarting", color: "orange", means: "Its process died; the next one starts after a pause, or with the next call." },
  stopping: { label: "Stopping", color: "blue", means: "Its process is being ended." },
  failed: { label: "Failed", color: "red", means: "It is on and cannot run." },
};

/** What runs the plugin, as in "Go, interpreted"; empty when that is not known. */
export function engineOf(p: Pick<Plugin, "engine" | "runtime">): string {
  switch (p.engine) {
    case "interpreted":
      return "Go, interpreted";
    case "compiled":
      return p.runtime === "executable" ? "Program" : "Go, compiled";
    case "python":
      return "Python";
    default:
      return "";
  }
}

/** A link that a plugin gives; empty unless it leads to a web page. */
export function safeLink(url: string): string {
  try {
    const parsed = new URL(url);
    return parsed.protocol === "https:" || parsed.protocol === "http:" ? parsed.href : "";
  } catch {
    return "";
  }
}
