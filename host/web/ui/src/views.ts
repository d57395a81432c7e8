// The views of the page and the paths that name them.

/** The view that a path names. */
export type View =
  | { name: "plugins" }
  | { name: "plugin"; key: string; tab: Tab }
  | { name: "run"; id: string }
  | { name: "page"; page: Page }
  | { name: Detail; id: number }
  | { name: "unknown" };

export const tabs = ["settings", "actions", "runs", "log", "files"] as const;
export type Tab = (typeof tabs)[number];

/** What has an entry in the bar at the side, besides the plugins. */
export const pages = ["channels", "streams", "groups", "logos", "playlists", "guides", "jobs", "schedules", "events", "users", "keys", "settings"] as const;
export type Page = (typeof pages)[number];

/** What has a view for each of its rows, by the path that comes before the number. */
const details = { channels: "channel", profiles: "profile", playlists: "playlist", guides: "guide" } as const;
export type Detail = (typeof details)[keyof typeof details];

/** Reads a path such as /plugins/hello/runs. */
export function viewOf(path: string): View {
  let words: string[];
  try {
    words = path.split("/").filter(Boolean).map(decodeURIComponent);
  } catch {
    return { name: "unknown" };
  }
  const [first, second, third] = words;
  if (first === undefined || (first === "plugins" && second === undefined)) {
    return { name: "plugins" };
  }
  if (first === "plugins" && second !== undefined && words.length <= 3) {
    const tab = third === undefined ? "settings" : tabs.find((t) => t === third);
    return tab ? { name: "plugin", key: second, tab } : { name: "unknown" };
  }
  if (first === "runs" && second !== undefined && words.length === 2) {
    return { name: "run", id: second };
  }
  return pageOf(words);
}

function pageOf([first, second, ...rest]: string[]): View {
  const page = pages.find((p) => p === first);
  if (page !== undefined && second === undefined) {
    return { name: "page", page };
  }
  if (first !== undefined && Object.hasOwn(details, first) && /^\d{1,15}$/.test(second ?? "") && rest.length === 0) {
    return { name: details[first as keyof typeof details], id: Number(second) };
  }
  return { name: "unknown" };
}

export function pluginPath(key: string, tab: Tab = "settings"): string {
  return `/plugins/${encodeURIComponent(key)}/${tab}`;
}
