import { expect, test } from "vitest";

import type { Run } from "../api/types";
import { bytesOf, versionsOf } from "./versions";

test("runs tell which versions there were", () => {
  const run = (version: string, engine: string, hour: number, failed = false) => ({ version, engine, failed, created_at: `2026-01-01T0${hour}:00:00Z` }) as Run;
  expect(versionsOf([run("1", "interpreted", 1, true), run("2", "interpreted", 3), run("2", "compiled", 4), run("1", "", 2)])).toEqual([
    { version: "2", runs: 2, failed: 0, engines: ["compiled", "interpreted"], last: "2026-01-01T04:00:00Z" },
    { version: "1", runs: 2, failed: 1, engines: ["interpreted"], last: "2026-01-01T02:00:00Z" },
  ]);
  expect(versionsOf([])).toEqual([]);
});

test.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [1536, "1.5 KB"],
  [10_300, "10 KB"],
  [3 * 1024 * 1024, "3 MB"],
])("%i bytes are written %s", (size, text) => {
  expect(bytesOf(size)).toBe(text);
});
