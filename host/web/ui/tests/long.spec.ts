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
  await expect(page.getByRole("article", { name: "Long" })).toContainText("100,000 streams", { timeout: 300_000 });

  await page.getByRole("link", { name: "Streams", exact: true }).click();
  const table = page.getByRole("table", { name: "Streams" });
  await expect(table).toContainText("Stream 000000");
  expect(await table.getByRole("row").count()).toBeLessThan(80);

  // To the end at once, and row by row.
  const body = page.getByLabel("Streams, rows");
  await body.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await expect(table).toContainText("Stream 099999");
  await body.evaluate((element) => element.scrollTo(0, element.scrollHeight / 2));
  await expect(table.getByText(/^…$/)).toHaveCount(0);
  // Beside the time that passes, what the page itself needs of a processor: other work on the machine adds nothing to it.
  const metrics = await page.context().newCDPSession(page);
  await metrics.send("Performance.enable", { timeDomain: "threadTicks" });
  const busy = async () => (await metrics.send("Performance.getMetrics")).metrics.find((m) => m.name === "TaskDuration")?.value ?? 0;
  const before = await busy();
  const frames = await body.evaluate(async (element) => {
    const taken: number[] = [];
    let last = await new Promise<number>(requestAnimationFrame);
    for (let i = 0; i < 120; i++) {
      element.scrollBy(0, 200);
      const now = await new Promise<number>(requestAnimationFrame);
      taken.push(now - last);
      last = now;
    }
    return taken.sort((a, b) => a - b);
  });
  const work = ((await busy()) - before) * 1000;
  const at = (part: number) => (frames[Math.floor((frames.length - 1) * part)] ?? 0).toFixed(0);
  process.stdout.write(
    `  pictures while scrolling 100,000 streams, ms: half of them ${at(0.5)}, 95 of 100 ${at(0.95)}, slowest ${at(1)}; of the processor ${(work / frames.length).toFixed(1)} each\n`,
  );
  await expect(table.getByText(/^…$/)).toHaveCount(0);

  await page.getByLabel("Search streams").fill("077777");
  await expect(table.getByRole("row")).toHaveCount(2);
  await expect(table).toContainText("Stream 077777");
});
