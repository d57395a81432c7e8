import { expect, test } from "vitest";

import type { Action, Json } from "../api/types";
import { titleOf } from "./words";

const names = {
  accounts: new Map([[3, "Home"]]),
  guides: new Map<number, string>(),
  plugins: new Map([["sorter", { name: "Channel Sorter", actions: [{ id: "by_name", label: "Sort by name" }] as Action[] }]]),
};

test.each<[string, string, Json, string]>([
  ["m3u_refresh", "3", null, "Refresh playlist Home"],
  ["epg_refresh", "4", null, "Refresh guide 4"],
  ["plugin_run", "", { plugin: "tools", action: "sort" }, "tools: sort"],
  ["plugin_run", "", { plugin: "sorter", action: "by_name" }, "Channel Sorter: Sort by name"],
  ["plugin_run", "", { plugin: "sorter", action: "gone" }, "Channel Sorter: gone"],
  ["python_task", "", { plugin: "tools", message: { task: "apps.epg.tasks.refresh_all_epg_data" } }, "tools: refresh_all_epg_data"],
  ["python_task", "", { plugin: "tools", message: null }, "Task of a plugin"],
  ["python_task", "", null, "Task of a plugin"],
])("%s about %j with %j is called %s", (kind, about, args, title) => {
  expect(titleOf({ kind, about, args }, names)).toBe(title);
});
