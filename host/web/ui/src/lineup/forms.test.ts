import { expect, test } from "vitest";

import type { JsonObject } from "../api/types";
import { heeding, heeds } from "./forms";

test.each<[JsonObject | null, boolean, JsonObject | null]>([
  [null, true, null],
  [null, false, { case_sensitive: false }],
  [{ case_sensitive: false }, true, null],
  [{ case_sensitive: false, note: "by hand" }, true, { note: "by hand" }],
  [{ note: "by hand" }, false, { note: "by hand", case_sensitive: false }],
])("a filter with %j that heeds capitals: %j", (more, capitals, next) => {
  expect(heeding(more, capitals)).toEqual(next);
  expect(heeds(next)).toBe(capitals);
});
