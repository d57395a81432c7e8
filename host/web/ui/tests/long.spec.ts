// A hundred thousand streams: scrolled, searched, and narrowed to a group.

import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { enter, expect, test } from "./host";

const count = 100_000;

test("a hundred thousand streams are scrolled and searched", async ({ page, host }) => {
  const playlist = join(host.folder, "long.m3u");
  const lines = Array.from({ length: count }, (_, i) => {
    const number = String(i).padStart(6, "0");
    return `#EXTINF:-1 tvg-id="s${number}" group-title="Group ${i % 200}",Stream ${number}\nhttp://streams.invalid/${number}.ts`;
  });
  writeFileSync(playlist, `#EXTM3U\n${lines.join("\n")}\n`);
  await host.start();
  const access = await enter(page, host, "/playlists");
  await host.ask("/api/m3u/accounts/", { name: "Long", file_path: playlist }, access);
  await expect(page.getByRole("article", { name: "Long" })).toContainText("100,000 streams", { timeout: 120_000 });

  await page.getByRole("link", { name: "Streams", exact: true }).click();
  const table = page.getByRole("table", { name: "Streams" });
  await expect(table).toContainText("Stream 000000");
  expect(await table.getByRole("row").count()).toBeLessThan(80);

  // To the end at once, and row by row.
  const body = page.getByLabel("Streams, rows");
  await body.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await expect(table).toContainText("Stream 099999");
  const frames = await body.evaluate(async (element) => {
    element.scrollTo(0, element.scrollHeight / 2);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    let slowest = 0;
    let last = await new Promise<number>(requestAnimationFrame);
    for (let i = 0; i < 60; i++) {
      element.scrollBy(0, 200);
      const now = await new Promise<number>(requestAnimationFrame);
      slowest = Math.max(slowest, now - last);
      last = now;
    }
    return slowest;
  });
  process.stdout.write(`  slowest of 60 pictures while scrolling 100,000 streams, ms: ${frames.toFixed(0)}\n`);
  await expect(table.getByText(/^…$/)).toHaveCount(0);

  await page.getByLabel("Search streams").fill("077777");
  await expect(table.getByRole("row")).toHaveCount(2);
  await expect(table).toContainText("Stream 077777");
});
