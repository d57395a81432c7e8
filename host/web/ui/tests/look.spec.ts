// Looks at every view in light and dark, wide and narrow: a program judges whether everybody can use it.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { enter, expect, picture, test } from "./host";
import { disc } from "./png";

const views = [
  ...["playlists", "playlists/2", "guides", "guides/1", "channels", "channels/1", "streams", "groups", "profiles/1", "logos"],
  ...["jobs", "schedules", "events", "users", "keys", "settings"],
];

async function judge(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const bad = violations.filter((v) => v.impact === "serious" || v.impact === "critical");
  expect.soft(
    bad.map((v) => `${what}: ${v.id} ${v.nodes.map((n) => n.html).slice(0, 3).join(" ")}`),
    what,
  ).toEqual([]);
  // Nothing sticks out: who has a phone scrolls one way only.
  const [scroll, client] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth] as const);
  expect.soft(scroll, `${what}: wider than the screen`).toBeLessThanOrEqual(client);
}

for (const { scheme, width, height } of [
  { scheme: "light", width: 1280, height: 860 },
  { scheme: "dark", width: 1280, height: 860 },
  { scheme: "light", width: 360, height: 740 },
  { scheme: "dark", width: 360, height: 740 },
] as const) {
  test(`every view, ${scheme}, ${width} pixels wide`, async ({ page, host }) => {
    await page.emulateMedia({ colorScheme: scheme });
    const missing: string[] = [];
    page.on("response", (answer) => {
      if (answer.status() === 404) {
        missing.push(answer.url());
      }
    });
    await page.setViewportSize({ width, height });
    host.copy("guide_doctor", "legacy_tools", "mistaken");
    host.write("unknown_yet/main.go", "package main\n\nfunc main() {}\n");
    await host.start();
    const suffix = `${scheme === "dark" ? "-dark" : ""}${width < 500 ? "-phone" : ""}`;

    await page.goto(host.link);
    await expect(page.getByRole("heading", { name: "Welcome" })).toBeVisible();
    await judge(page, "setup");
    await picture(page, `setup${suffix}`);

    const access = await enter(page, host);
    for (const key of ["guide_doctor", "legacy_tools", "mistaken"]) {
      await host.ask(`/api/plugins/plugins/${key}/enabled/`, { enabled: true }, access);
    }
    for (const action of ["check", "refuse"]) {
      await host.ask("/api/plugins/plugins/guide_doctor/run/", { action }, access);
    }
    await host.ask("/api/plugins/plugins/guide_doctor/run/", { action: "fail" }, access).catch(() => null);
    await page.reload();
    await expect(page.getByRole("article")).toHaveCount(4);
    await expect(page.getByText("undefined: nmae")).toBeVisible();
    await judge(page, "list");
    await picture(page, `plugins${suffix}`);

    for (const tab of ["settings", "actions", "runs", "log", "files"]) {
      await page.goto(`${host.url}/plugins/guide_doctor/${tab}`);
      await expect(page.getByRole("tabpanel")).toBeVisible();
      if (tab === "settings") {
        await expect(page.getByLabel("Channels at once")).toBeVisible();
      }
      if (tab === "actions") {
        await page.getByRole("button", { name: "Run: Check the guide" }).click();
        await expect(page.getByText("All is well in mode safe")).toBeVisible();
        await page.getByRole("button", { name: "Run: Ask the provider" }).click();
        await expect(page.getByText("The provider does not answer")).toBeVisible();
      }
      if (tab === "files") {
        await page.getByRole("button", { name: "main.go" }).click();
        await expect(page.getByLabel("Content of main.go")).toBeVisible();
      }
      if (tab === "log") {
        await expect(page.getByText("two channels have no guide").first()).toBeVisible();
      }
      await judge(page, tab);
      await picture(page, `${tab}${suffix}`);
    }
    await page.goto(`${host.url}/plugins/guide_doctor/runs`);
    await page.getByRole("link", { name: /Check the guide, Done/ }).first().click();
    await expect(page.getByText("two channels have no guide")).toBeVisible();
    await judge(page, "run");
    await picture(page, `run${suffix}`);

    writeFileSync(join(host.folder, "few.m3u"), '#EXTM3U\n#EXTINF:-1 group-title="News",Harbour News with a rather long name\nhttp://streams.invalid/1.ts\n');
    await host.ask("/api/m3u/accounts/", { name: "Provider", file_path: join(host.folder, "few.m3u") }, access);
    await host.ask("/api/epg/sources/", { name: "Listings", file_path: join(host.folder, "gone.xml") }, access);
    mkdirSync(join(host.folder, "files", "logos"), { recursive: true });
    writeFileSync(join(host.folder, "files", "logos", "deep-field-in-a-file-with-a-long-name.png"), disc(60, 80, 160));
    const logo = (await host.ask("/api/channels/logos/", { name: "Deep Field", url: "/data/logos/deep-field-in-a-file-with-a-long-name.png" }, access)) as { id: number };
    await host.ask("/api/channels/channels/", { name: "Deep Field", channel_number: 7, logo_id: logo.id }, access);
    await host.ask("/api/schedules/", { plugin: "guide_doctor", action: "check", cron: "0 4 * * *" }, access);
    await host.ask("/api/accounts/api-keys/generate/", { name: "dashboard", scope: "read" }, access);
    await host.ask("/api/channels/profiles/", { name: "Kids" }, access);
    await host.ask("/api/m3u/accounts/2/filters/", { filter_type: "name", regex_pattern: "(?i)shopping|test card", exclude: true }, access);
    await host.ask("/api/m3u/accounts/2/profiles/", { name: "Second login", search_pattern: "ann/one", replace_pattern: "ben/two" }, access);
    for (const view of views) {
      await page.goto(`${host.url}/${view}`);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.locator("[aria-label^='Loading']")).toHaveCount(0);
      await judge(page, view);
      await picture(page, `view-${view.replace("/", "-")}${suffix}`);
    }
    expect(missing, "what the page asked for and is not there").toEqual([]);
  });
}
