import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Line } from "../api/types";
import { Batch } from "./stream";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const lines = (...messages: string[]) => messages.map((message) => ({ message }) as Line);

test("a line is there at once, many in a batch, and of too many the last", () => {
  const taken: string[][] = [];
  const batch = new Batch((some) => taken.push(some.map((line) => line.message)), 3, 100);
  batch.add(lines("a"));
  expect(taken).toEqual([["a"]]);
  batch.add(lines("b"));
  batch.add(lines("c", "d"));
  batch.add(lines("e"));
  expect(taken).toHaveLength(1);
  vi.advanceTimersByTime(100);
  expect(taken[1]).toEqual(["c", "d", "e"]);
  vi.advanceTimersByTime(1000);
  batch.add(lines("f"));
  expect(taken[2]).toEqual(["f"]); // nothing came for a while
  batch.add(lines("g"));
  batch.end();
  expect(taken[3]).toEqual(["g"]);
  vi.advanceTimersByTime(1000);
  expect(taken).toHaveLength(4);
});
