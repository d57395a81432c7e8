import { expect, test } from "vitest";

import { cronWords, dueWords, type Due } from "./cron";

test.each([
  ["0 4 * * *", "at 04:00 every day"],
  ["30 4,16 * * *", "at 04:30 and 16:30 every day"],
  ["*/15 * * * *", "every 15 minutes"],
  ["0 */6 * * *", "every 6 hours"],
  ["5 * * * *", "every hour, 5 minutes past"],
  ["* * * * *", "every minute"],
  ["0 9 * * 1-5", "at 09:00 from Monday to Friday"],
  ["0 9 * * SUN", "at 09:00 on Sunday"],
  ["0 9 * * 7,3", "at 09:00 on Sunday and Wednesday"],
  ["0 0 1 * *", "at 00:00 on day 1 of the month"],
  ["0 0 24 12 *", "at 00:00 on day 24 of December"],
  ["@daily", "at 00:00 every day"],
  // No words rather than wrong ones.
  ["*/7 * * * *", ""],
  ["0 */5 * * *", ""],
  ["0 0 1 * 1", ""],
  ["0 0 L * *", ""],
  ["61 0 * * *", ""],
  ["0 4 * *", ""],
  ["", ""],
])("%s", (cron, words) => {
  expect(cronWords(cron)).toBe(words);
});

test.each<[Due | undefined, string]>([
  [{ times: ["Feb 3, 2026, 4:00:00 AM", "Feb 4, 2026, 4:00:00 AM"] }, "Next: Feb 3, 2026, 4:00:00 AM · Feb 4, 2026, 4:00:00 AM"],
  [{ times: ["3 Feb 2026, 04:00:00"] }, "Next: 3 Feb 2026, 04:00:00"],
  [{ fault: "61 is no minute." }, "61 is no minute."],
  [{ times: [] }, ""],
  [undefined, ""],
])("%j is said as %j", (due, words) => {
  expect(dueWords(due)).toBe(words);
});
