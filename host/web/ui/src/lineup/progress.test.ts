import { describe, expect, it } from "vitest";

import { isOver } from "./progress";

describe("isOver", () => {
  const cases: [action: string, status: string, want: boolean][] = [
    ["downloading", "", false],
    ["parsing", "success", true],
    ["parsing_channels", "success", false],
    ["parsing_channels", "error", true],
    ["parsing_programs", "success", true],
    ["processing_groups", "pending_setup", true],
  ];
  it.each(cases)("of %s with status %j is %j", (action, status, want) => {
    expect(isOver({ action, status, percent: 100, message: "" })).toBe(want);
  });
});
