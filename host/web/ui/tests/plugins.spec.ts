// The list and single plugins: mistakes, Python, switches, secrets, tables, the keyboard.

import { enter, expect, test, type Host } from "./host";

async function enable(host: Host, access: string, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    await host.ask(`/api/plugins/plugins/${key}/enabled/`, { enabled: true }, access);
  }
}

test("a mistake is shown with its line, and is gone when it is mended", async ({ page, host }) => {
  host.copy("mistaken", "legacy_tools");
  await host.start();
  await enter(page, host);
  const card = page.getByRole("article", { name: "Half Done" });
  await expect(card).toContainText("main.go:8:30");
  await expect(card.getByLabel("Source at main.go:8:30")).toContainText("nmae");
  await expect(card.getByRole("button", { name: "Actions" })).toBeDisabled();

  host.write(
    "mistaken/main.go",
    `package main

import "github.com/pluggarr/pluggarr/sdk"

func greet(ctx *sdk.Context, _ struct{}) (sdk.Result, error) { return sdk.OK("Hello"), nil }

func main() {
	sdk.Serve(sdk.Plugin{Name: "Half Done", Version: "0.2.0", Actions: []sdk.Action{{ID: "greet", Label: "Greet", Run: sdk.Handle(greet)}}})
}
`,
  );
  await expect(card).toContainText("v0.2.0"); // without being asked to look
  await expect(card.locator(".notice")).toHaveCount(0);

  // Words and states narrow the list.
  await page.getByLabel("Search plugins").fill("grace");
  await expect(page.getByRole("article")).toHaveCount(1);
  await page.getByLabel("Show", { exact: true }).selectOption("enabled");
  await expect(page.getByText("No plugin fits")).toBeVisible();
  await page.getByRole("button", { name: "Show all" }).click();
  await expect(page.getByRole("article")).toHaveCount(2);
});

test("a plugin in Python is trusted, set, confirmed and fails with its traceback", async ({ page, host }) => {
  host.copy("legacy_tools");
  await host.start();
  await enter(page, host);
  const card = page.getByRole("article", { name: "Stream Tools" });
  const toggle = card.getByRole("switch", { name: "Enable Stream Tools" });

  // By keyboard: the switch asks, Escape leaves it off.
  await toggle.focus();
  await page.keyboard.press("Space");
  await expect(page.getByRole("dialog")).toContainText("Do you trust Stream Tools?");
  await page.keyboard.press("Escape");
  await expect(toggle).not.toBeChecked();
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "I understand, enable" }).click();
  await expect(toggle).toBeChecked();

  await card.getByRole("link", { name: "Settings of Stream Tools" }).click();
  await expect(page.getByText("Make a backup of your playlist first.")).toBeVisible();
  await expect(page.getByLabel("Threshold")).toHaveAttribute("max", "10");
  await page.getByLabel("Order").selectOption("age");
  await page.keyboard.press("Tab");
  await page.getByRole("textbox", { name: "Password" }).fill("hunter2");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("button", { name: "Remove Password" })).toBeVisible();
  await page.getByRole("button", { name: "Remove Password" }).click();
  await expect(page.getByText("It will be removed when you save.")).toBeVisible();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Not set.")).toBeVisible();

  await page.getByRole("tab", { name: "Actions" }).click();
  // No confirmation; an object without a question; the setting "confirm"; one of its own.
  await page.getByRole("button", { name: "Run: Count" }).click();
  await expect(page.getByText("12 streams")).toBeVisible();
  await page.getByRole("button", { name: "Sort them: Sort" }).click();
  await expect(page.getByRole("dialog")).toContainText("Run Sort?");
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await expect(page.getByText("sorted age")).toHaveCount(0);
  await page.getByRole("button", { name: "Sort them: Sort" }).click();
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByText("sorted age")).toBeVisible();
  await page.getByRole("button", { name: "Run: Export" }).click();
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByText("/data/streams.csv")).toBeVisible();
  await page.getByRole("button", { name: "Run: Crash" }).click();
  await expect(page.locator("[data-status=error]")).toContainText("no such stream: 12");
  await page.locator("[data-status=error]").getByRole("link", { name: "Run and log" }).click();
  await expect(page.getByLabel("Traceback")).toContainText("raise ValueError");
});

test("every kind of setting is edited and comes back", async ({ page, host }) => {
  host.copy("guide_doctor");
  await host.start();
  const access = await enter(page, host);
  await enable(host, access, "guide_doctor");
  await page.goto(`${host.url}/plugins/guide_doctor/settings`);

  await page.getByLabel("Check every night").click();
  await page.getByLabel("How alike names have to be").fill("0.55");
  await page.getByLabel("Look every").fill("soon");
  await page.getByRole("combobox", { name: "Skip these names" }).fill("Shop");
  await page.keyboard.press("Enter");
  await page.getByLabel("Wednesday").click();
  await page.getByLabel("Colour in the guide", { exact: true }).fill("#aa0000");
  await page.getByLabel("Note").fill("two\nlines");
  await page.getByRole("button", { name: "Add a row" }).click();
  const rows = page.getByRole("table", { name: "Rules" }).getByRole("row");
  await rows.nth(2).getByLabel("Days").fill("99");
  await page.getByLabel("Address").fill("me@tv.example");
  await page.getByLabel("Token").fill("t0ken");
  await page.getByRole("button", { name: "Save", exact: true }).click();

  const wrong = page.getByRole("alert");
  await expect(wrong).toContainText("3 values have to be corrected");
  await expect(wrong).toContainText("rules[1].pattern");
  await wrong.getByRole("button", { name: "every" }).click();
  await expect(page.getByLabel("Look every")).toBeFocused();
  await page.getByLabel("Look every").fill("30m");
  await rows.nth(2).getByLabel("Pattern").fill("^Sport");
  await rows.nth(2).getByLabel("Days").fill("3");
  await page.getByRole("button", { name: "Move row 2 up" }).click();
  await expect(wrong).toHaveCount(0);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();

  const answer = await fetch(`${host.url}/api/plugins/plugins/guide_doctor/`, { headers: { Authorization: `Bearer ${access}` } });
  const entry = (await answer.json()) as { settings: unknown; secrets: unknown };
  expect(entry.settings).toEqual({
    enabled: false,
    ratio: 0.55,
    every: "30m",
    skip: ["Test", "Barker", "Shop"],
    days: ["mon", "wed"],
    colour: "#aa0000",
    note: "two\nlines",
    rules: [
      { pattern: "^Sport", days: 3 },
      { pattern: "^News", keep: true, days: 7 },
    ],
    delivery: { to: "me@tv.example" },
  });
  expect(entry.secrets).toEqual({ api_key: false, "delivery.token": true });
});

test("a login is renewed while it lasts, and asked for when it is over", async ({ page, host }) => {
  host.copy("legacy_tools");
  await host.start();
  const { refresh } = await host.admin();
  const keep = (tokens: object) => page.evaluate((value) => localStorage.setItem("pluggarr.tokens", value), JSON.stringify(tokens));
  await page.goto(host.url);
  await keep({ access: "e30.eyJleHAiOjF9.x", refresh }); // it ended in 1970
  await page.reload();
  await expect(page.getByRole("article", { name: "Stream Tools" })).toBeVisible();
  await keep({ access: "e30.e30.x", refresh: "over" });
  await page.reload();
  await expect(page.getByRole("heading", { name: "Log in to Pluggarr" })).toBeVisible();
});
