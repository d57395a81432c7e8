// Measures the page with much to show. The figures are printed; docs/benchmarks.md holds those of a machine at rest.

import { gzipSync } from "node:zlib";

import { enter, expect, test, type Host } from "./host";

/** The inputs of a form. */
const inputs = ":is(input, select, textarea)[id^='field-f']";

function python(name: string, fields: number): string {
  const list = Array.from({ length: fields }, (_, i) => {
    const field = { id: `f${i}`, label: `Field ${i}`, help_text: `What field ${i} is for.` };
    switch (i % 5) {
      case 0:
        return { ...field, type: "boolean", default: true };
      case 1:
        return { ...field, type: "number", default: i, min: 0, max: 1000, step: 1 };
      case 2:
        return { ...field, type: "select", default: "a", options: ["a", "b", "c"].map((value) => ({ value, label: `Choice ${value}` })) };
      case 3:
        return { ...field, type: "text", default: "" };
      default:
        return { ...field, type: "string", default: "", placeholder: "anything" };
    }
  });
  return JSON.stringify({ name, version: "1.0.0", description: `A plugin with ${fields} fields.`, author: "Measure", fields: list, actions: [] });
}

function plugin(host: Host, key: string, name: string, fields: number): void {
  host.write(`${key}/plugin.json`, python(name, fields));
  host.write(`${key}/plugin.py`, "class Plugin:\n    def run(self, action, params, context):\n        return {}\n");
}

test("forms with many fields open and take letters at once; many plugins are listed at once", async ({ page, host }) => {
  for (let i = 0; i < 200; i++) {
    plugin(host, `p${i}`, `Plugin ${i}`, 10);
  }
  plugin(host, "many", "Many", 150);
  plugin(host, "most", "Most", 268);
  await host.start();
  await enter(page, host);
  await expect(page.getByRole("article")).toHaveCount(202);

  const figures: Record<string, number> = {};
  // Beside the time that passes, what the page itself needs of a processor: other work on the machine adds nothing to it.
  const metrics = await page.context().newCDPSession(page);
  await metrics.send("Performance.enable", { timeDomain: "threadTicks" });
  const busy = async () => (await metrics.send("Performance.getMetrics")).metrics.find((m) => m.name === "TaskDuration")?.value ?? 0;
  const measure = async (what: string, path: string, wanted: { what: string; count: number }) => {
    const before = await busy();
    figures[`${what}, ms`] = await open(page, path, wanted);
    figures[`${what}, ms of the processor`] = ((await busy()) - before) * 1000;
  };
  for (const [key, fields] of [
    ["many", 150],
    ["most", 268],
  ] as const) {
    const path = `/plugins/${key}/settings`;
    // A first look loads the code of forms; what is measured is the form.
    await host.ask(`/api/plugins/plugins/${key}/enabled/`, { enabled: true }, await access(page));
    await page.goto(host.url + path);
    await expect(page.locator(inputs)).toHaveCount(fields);
    await page.getByRole("link", { name: "All plugins" }).click();
    await expect(page.getByRole("article")).toHaveCount(202);
    await measure(`first fields of ${fields}`, path, { what: inputs, count: 1 });
    await expect(page.locator(inputs)).toHaveCount(fields);
    await page.getByRole("link", { name: "All plugins" }).click();
    await expect(page.getByRole("article")).toHaveCount(202);
    await measure(`all of ${fields} fields`, path, { what: inputs, count: fields });
    figures[`slowest of 30 letters in ${fields} fields, ms`] = await letters(page, "#field-f4");
    await page.getByRole("button", { name: "Discard" }).click();
    await measure(`list of 202 plugins, ${fields === 150 ? "once" : "again"}`, "/plugins", { what: "article", count: 202 });
  }
  figures["code and styles of the first view, KB gzipped"] = await weight(page, host);
  test.info().annotations.push(...Object.entries(figures).map(([type, value]) => ({ type, description: value.toFixed(0) })));
  process.stdout.write(Object.entries(figures).map(([what, value]) => `  ${what}: ${value.toFixed(0)}\n`).join(""));
  expect(figures["code and styles of the first view, KB gzipped"]).toBeLessThanOrEqual(350);
});

type Page = Parameters<Parameters<typeof test>[2]>[0]["page"];

async function access(page: Page): Promise<string> {
  return page.evaluate(() => (JSON.parse(localStorage.getItem("pluggarr.tokens") ?? "{}") as { access: string }).access);
}

/** Follows a link of the page; returns how long until so much is drawn. */
async function open(page: Page, path: string, wanted: { what: string; count: number }): Promise<number> {
  return page.evaluate(
    async ([to, want, what]) => {
      const link = document.querySelector<HTMLElement>(`a[href='${to}']`);
      const begun = performance.now();
      link?.click();
      await new Promise<void>((resolve) => {
        const look = () => (document.querySelectorAll(what).length >= want ? resolve() : requestAnimationFrame(look));
        look();
      });
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      return performance.now() - begun;
    },
    [path, wanted.count, wanted.what] as const,
  );
}

/** Types into a field; returns the longest time from a letter to the next picture. */
async function letters(page: Page, field: string): Promise<number> {
  return page.evaluate(async (selector) => {
    const input = document.querySelector<HTMLInputElement>(selector);
    // React hears of a value only when it is set as a browser sets it.
    const own = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
    let slowest = 0;
    for (let i = 0; i < 30 && input; i++) {
      const begun = performance.now();
      own?.set?.call(input, input.value + "x");
      input.dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise((resolve) => setTimeout(resolve)); // what was typed is drawn by now
      slowest = Math.max(slowest, performance.now() - begun);
      await new Promise(requestAnimationFrame);
    }
    return slowest;
  }, field);
}

/** What a browser that was never here loads for the list. */
async function weight(page: Page, host: Host): Promise<number> {
  await page.goto(`${host.url}/plugins`);
  await expect(page.getByRole("article")).toHaveCount(202);
  const names = await page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .map((entry) => entry.name)
      .filter((name) => name.includes("/assets/")),
  );
  const sizes = await Promise.all(names.map(async (name) => gzipSync(Buffer.from(await (await fetch(name)).arrayBuffer())).length));
  return sizes.reduce((sum, size) => sum + size, 0) / 1024;
}
