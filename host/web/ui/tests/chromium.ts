// Finds the browser of the machine.

import { existsSync } from "node:fs";

/** Returns Chromium's program; undefined when there is none. */
export function chromium(): string | undefined {
  return [process.env.CHROMIUM ?? "", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => path !== "" && existsSync(path));
}
