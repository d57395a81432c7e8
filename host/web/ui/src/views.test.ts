import { expect, test } from "vitest";

import { pluginPath, viewOf } from "./views";

test.each([
  ["/", { name: "plugins" }],
  ["/plugins", { name: "plugins" }],
  ["/plugins/", { name: "plugins" }],
  ["/plugins/hello", { name: "plugin", key: "hello", tab: "settings" }],
  ["/plugins/a.b/log", { name: "plugin", key: "a.b", tab: "log" }],
  ["/plugins/hello/nothing", { name: "unknown" }],
  ["/runs/01a2", { name: "run", id: "01a2" }],
  ["/runs", { name: "unknown" }],
  ["/channels", { name: "page", page: "channels" }],
  ["/channels/12", { name: "channel", id: 12 }],
  ["/channels/12/x", { name: "unknown" }],
  ["/channels/x", { name: "unknown" }],
  ["/playlists/3/", { name: "playlist", id: 3 }],
  ["/guides/3", { name: "guide", id: 3 }],
  ["/profiles/3", { name: "profile", id: 3 }],
  ["/jobs/3", { name: "unknown" }],
  ["/plugins/%", { name: "unknown" }],
])("the path %s", (path, view) => {
  expect(viewOf(path)).toEqual(view);
});

test("a key of any letters keeps its path", () => {
  expect(viewOf(pluginPath("a/b c%", "runs"))).toEqual({ name: "plugin", key: "a/b c%", tab: "runs" });
});
