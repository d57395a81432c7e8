import { expect, test } from "vitest";

import type { Plugin } from "../api/types";
import { choose, type Choice } from "./filter";
import { placeOf } from "./trouble";
import { safeLink } from "./words";

function plugin(key: string, more: Partial<Plugin> = {}): Plugin {
  return { key, name: key, description: "", author: "", enabled: false, error: null, missing: false, state: "disabled", ...more } as Plugin;
}

const all = [
  plugin("beta", { author: "Ada", enabled: true, state: "running" }),
  plugin("Alpha", { description: "Sorts streams" }),
  plugin("gamma", { enabled: true, state: "failed", error: { message: "m", fault: "plugin" } }),
];

test.each<[Partial<Choice>, string[]]>([
  [{}, ["Alpha", "beta", "gamma"]],
  [{ text: " STREAMS " }, ["Alpha"]],
  [{ text: "ada" }, ["beta"]],
  [{ show: "enabled" }, ["beta", "gamma"]],
  [{ show: "disabled" }, ["Alpha"]],
  [{ show: "trouble" }, ["gamma"]],
  [{ order: "state" }, ["gamma", "beta", "Alpha"]],
  [{ order: "author" }, ["beta", "Alpha", "gamma"]],
])("%j", (choice, names) => {
  expect(choose(all, { text: "", show: "all", order: "name", ...choice }).map((p) => p.name)).toEqual(names);
});

test.each([
  ["https://tools.example/", "https://tools.example/"],
  ["javascript:alert(1)", ""],
  ["tools.example", ""],
])("a plugin's link %s", (url, link) => {
  expect(safeLink(url)).toBe(link);
});

test.each([
  [{ file: "main.go", line: 3, column: 7 }, "main.go:3:7"],
  [{ file: "main.go", line: 3, column: 0 }, "main.go:3"],
  [{ file: "", line: 0, column: 0 }, ""],
])("the place %j", (place, text) => {
  expect(placeOf({ ...place, message: "" })).toBe(text);
});
