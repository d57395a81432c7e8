import { expect, test } from "vitest";

import type { Json, Run } from "../api/types";
import { Cutter, logPath } from "../logs/stream";
import { cellOf, gridOf, restOf } from "./shape";
import { ago, outcomeOf, percentOf, spanOf } from "./words";

test.each([
  [3, "3 ms"],
  [4210, "4.2 s"],
  [185_000, "3 min 5 s"],
  [7_260_000, "2 h 1 min"],
])("%i ms is written %s", (ms, text) => {
  expect(spanOf(ms)).toBe(text);
});

test.each([
  [3, "just now"],
  [59, "59 seconds ago"],
  [3599, "59 minutes ago"],
  [90_000, "yesterday"],
])("%i seconds ago", (seconds, text) => {
  expect(ago("2026-01-01T00:00:00Z", Date.parse("2026-01-01T00:00:00Z") + seconds * 1000)).toBe(text);
});

test("an action that says it did not do its work has failed", () => {
  const run = { status: "ok", failed: true, result: null } as unknown as Run; // lists leave the result out
  expect(outcomeOf(run).label).toBe("Failed");
  expect(outcomeOf({ ...run, failed: false }).label).toBe("Done");
});

test.each([
  [1, 4, 25],
  [9, 4, 100],
  [1, 0, null],
])("%i of %i", (done, total, percent) => {
  expect(percentOf({ progress: { done, total, message: "" } } as Run)).toBe(percent);
});

test.each<[Json, string[] | null]>([
  [[{ a: 1 }, { b: 2 }], ["a", "b"]],
  [[], null],
  [[1, 2], null],
  [[{ a: 1 }, [1]], null],
  [{ a: 1 }, null],
])("the columns of %j", (value, columns) => {
  expect(gridOf(value)?.columns ?? null).toEqual(columns);
});

test("what was shown elsewhere is left out of a result", () => {
  expect(restOf({ status: "ok", message: "done", n: 1 })).toEqual([["n", 1]]);
  expect(restOf({ message: { deep: true } })).toEqual([["message", { deep: true }]]);
  expect(cellOf(null)).toBe("–");
  expect(cellOf([1])).toBe("[1]");
});

test("a log is cut into lines wherever its pieces end", () => {
  const cutter = new Cutter();
  expect(cutter.cut('{"message":"a"}\n{"mess')).toEqual([{ message: "a" }]);
  expect(cutter.cut('age":"b"}\n\nno json\n')).toEqual([{ message: "b" }]);
});

test("a log is asked for with what narrows it", () => {
  expect(logPath({ plugin: "a b", run: "r", level: "error", contains: "x&y" }, "download")).toBe(
    "/api/plugins/plugins/a%20b/logs/?run=r&level=error&contains=x%26y&download=true",
  );
});
