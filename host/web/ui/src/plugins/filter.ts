// Which plugins a list shows, and in what order.

import type { Plugin, PluginState } from "../api/types";

export const shows = ["all", "enabled", "disabled", "trouble"] as const;
export type Show = (typeof shows)[number];

export type Order = "name" | "state" | "author";

export interface Choice {
  /** Part of a name, a description or an author, in any case. */
  text: string;
  show: Show;
  order: Order;
}

export function choose(plugins: Plugin[], choice: Choice): Plugin[] {
  const text = choice.text.trim().toLowerCase();
  const has = (value: string) => value.toLowerCase().includes(text);
  return plugins
    .filter((p) => text === "" || has(p.name) || has(p.description) || has(p.author) || has(p.key))
    .filter((p) => {
      switch (choice.show) {
        case "all":
          return true;
        case "enabled":
          return p.enabled;
        case "disabled":
          return !p.enabled;
        case "trouble":
          return troubled(p);
      }
    })
    .sort((a, b) => compare(a, b, choice.order));
}

export function troubled(p: Plugin): boolean {
  return p.error !== null || p.missing || p.state === "failed";
}

// What needs somebody comes first.
const urgency: Record<PluginState, number> = {
  failed: 0,
  missing: 1,
  waiting: 2,
  starting: 3,
  stopping: 3,
  running: 4,
  idle: 5,
  disabled: 6,
};

function compare(a: Plugin, b: Plugin, order: Order): number {
  const byName = a.name.localeCompare(b.name, undefined, { sensitivity: "base" }) || (a.key < b.key ? -1 : 1);
  switch (order) {
    case "name":
      return byName;
    case "state":
      return urgency[a.state] - urgency[b.state] || byName;
    case "author":
      // Those without an author come last.
      return Number(a.author === "") - Number(b.author === "") || a.author.localeCompare(b.author, undefined, { sensitivity: "base" }) || byName;
  }
}
