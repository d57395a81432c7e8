// Playlists and guides of a provider come in while somebody watches, by hand and by plugins of both languages.

import type { Page } from "@playwright/test";

import { enter, expect, picture } from "./host";
import { test, type Provider } from "./provider";

/** Switches a plugin on and runs its only action, with all questions that come. */
async function runAll(page: Page, plugin: string, action: string): Promise<void> {
  await page.getByRole("link", { name: "Plugins", exact: true }).click();
  await page.getByRole("article", { name: plugin }).getByRole("switch").press("Space");
  await page.getByRole("button", { name: "I understand, enable" }).click();
  await page.getByRole("link", { name: `Actions of ${plugin}` }).click();
  await page.getByRole("button", { name: `Run: ${action}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Confirm" }).click();
}

/** Waits until the provider was asked so often for each file. */
async function askedFor(provider: Provider, times: number): Promise<void> {
  await expect.poll(() => Math.min(provider.asked.get("/list.m3u") ?? 0, provider.asked.get("/guide.xml") ?? 0)).toBe(times);
}

test("a provider's playlist and guide come in, and two plugins refresh them", async ({ page, host, provider }) => {
  test.skip(!process.env.PLUGGARR_PYTHON && !process.env.CI, "the packages of Python plugins are not there: run .ci/venv");
  host.example("refresh_all_go", "refresh_all");
  await host.start();
  await enter(page, host, "/playlists");
  const dialog = page.getByRole("dialog");

  // Both show how far they are while the provider takes its time.
  provider.dawdle();
  await page.getByRole("button", { name: "Add a playlist" }).click();
  await dialog.getByLabel("Name").fill("Provider");
  await dialog.getByLabel("Address").fill(`${provider.url}/list.m3u`);
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  const list = page.getByRole("article", { name: "Provider" });
  await expect(list.getByRole("progressbar", { name: "Progress of Provider" })).toBeVisible();
  await expect(list.getByRole("status")).toContainText(/Download/);
  await page.getByRole("link", { name: "Guides" }).click();
  await page.getByRole("button", { name: "Add a guide" }).click();
  await dialog.getByLabel("Name").fill("Listings");
  await dialog.getByLabel("Address").fill(`${provider.url}/guide.xml`);
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  const guide = page.getByRole("article", { name: "Listings" });
  await expect(guide.getByRole("progressbar", { name: "Progress of Listings" })).toBeVisible();
  await page.getByRole("link", { name: "Jobs" }).click();
  await expect(page.getByRole("article", { name: "Refresh playlist Provider" })).toHaveAttribute("data-state", "running");
  provider.hurry();
  await expect(page.getByRole("article", { name: "Refresh playlist Provider" })).toContainText("Done");
  await expect(page.getByRole("article", { name: "Refresh guide Listings" })).toContainText("Done");

  // The first group becomes channels with the next refresh, which the plugin in Go asks for.
  await page.getByRole("link", { name: "Playlists", exact: true }).click();
  await expect(list).toContainText("12 streams");
  await page.getByRole("link", { name: "Provider" }).click();
  await page.getByRole("switch", { name: "Make channels of News" }).click();
  await expect(page.getByRole("switch", { name: "Make channels of News" })).toBeChecked();
  await runAll(page, "Refresh All Sources", "Refresh All M3Us and EPGs");
  await expect(page.getByText("Refresh jobs queued")).toBeVisible();
  await askedFor(provider, 2);
  await page.getByRole("link", { name: "Channels", exact: true }).click();
  await expect(page.getByRole("table", { name: "Channels" }).getByRole("row")).toHaveCount(7);

  // The plugin in Python asks for another; the channels' programmes are there by now.
  await runAll(page, "Refresh Everything", "Refresh");
  await expect(page.getByText("Both are on their way.")).toBeVisible();
  await askedFor(provider, 3);
  await page.getByRole("link", { name: "Jobs" }).click();
  const done = (name: string) => page.getByRole("article", { name }).filter({ hasText: "Done" });
  await expect(done("Refresh playlist Provider")).toHaveCount(3);
  await expect(done("Refresh guide Listings")).toHaveCount(2);
  await expect(done("Refresh Everything: refresh_all_epg_data")).toHaveCount(1); // the guides' refreshes are part of that task
  await picture(page, "jobs");
  await page.getByRole("link", { name: "Events" }).click();
  await expect(page.getByRole("article", { name: "M3U Refreshed" })).toHaveCount(3);
  await expect(page.getByRole("article", { name: "M3U Refreshed" }).first()).toContainText("account name Provider");
  await expect(page.getByRole("article", { name: "EPG Refreshed" }).first()).toContainText("source name Listings");
  await picture(page, "events");
  await page.getByRole("link", { name: "Channels", exact: true }).click();
  await page.getByRole("link", { name: "Harbour News HD" }).click();
  await expect(page.locator("[aria-current=time]")).toContainText(/Hour \d+ of Harbour News.*now, until/);

  // Each of them keeps what its refreshes did.
  await page.getByRole("link", { name: "Guides" }).click();
  await page.getByRole("link", { name: "Listings" }).click();
  await expect(page.getByRole("region", { name: "Refreshes" }).getByRole("article")).toHaveCount(2);
  await expect(page.getByRole("table", { name: "Channels of the guide" })).toContainText("Harbour News");
});
