import { expect, test } from "vitest";

import { dayOf, overOf } from "./day";
import type { Programme } from "./types";

test("a day begins at midnight and ends where the next one begins", () => {
  const now = new Date(2026, 1, 28, 15, 30).getTime();
  expect(dayOf(now, 0)).toEqual({ from: new Date(2026, 1, 28), to: new Date(2026, 2, 1) });
  expect(dayOf(now, 1).from).toEqual(new Date(2026, 2, 1));
  expect(dayOf(now, -28).from).toEqual(new Date(2026, 0, 31));
});

test("a day is shown from what is on, or comes next", () => {
  const day = [9, 10, 12].map((hour) => ({ start_time: `2026-02-28T${String(hour).padStart(2, "0")}:00:00Z`, end_time: `2026-02-28T${String(hour + 1).padStart(2, "0")}:00:00Z` }) as Programme);
  const at = (time: string) => overOf(day, Date.parse(`2026-02-28T${time}:00Z`));
  expect(at("08:00")).toBe(0);
  expect(at("10:30")).toBe(1);
  expect(at("11:30")).toBe(2);
  expect(at("13:00")).toBe(0);
  expect(overOf([], 0)).toBe(0);
});
