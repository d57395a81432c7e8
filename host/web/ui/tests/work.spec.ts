// Live editing, jobs, schedules, pickers, users and keys.

import { enter, expect, picture, test } from "./host";

const plugin = (body: string) => `package main

import "errors"
import "github.com/pluggarr/pluggarr/sdk"

type settings struct {
	Group string \`json:"group" label:"Group" widget:"group"\`
	Station int64 \`json:"station" label:"Station" widget:"channel"\`
	When string \`json:"when" label:"When" widget:"cron"\`
	Country string \`json:"country" label:"Country"\`
	City string \`json:"city" label:"City" options:""\`
}

// cities are asked for while the form is shown.
func cities(ctx *sdk.Context, _ string) ([]sdk.Option, error) {
	var s settings
	if err := ctx.Settings(&s); err != nil {
		return nil, err
	}
	if s.Country == "Atlantis" {
		return nil, errors.New("it sank")
	}
	if s.Country != "France" {
		return nil, nil
	}
	return []sdk.Option{{Value: "par", Label: "Paris"}, {Value: "lyo", Label: "Lyon"}}, nil
}

func greet(ctx *sdk.Context, _ settings) (sdk.Result, error) { return sdk.OK(${body}), nil }

type journey struct {
	To string \`json:"to" label:"To" options:""\`
}

func visit(_ *sdk.Context, _ settings, j journey) (sdk.Result, error) { return sdk.OK("Off to " + j.To), nil }

func refuse(*sdk.Context, settings) (sdk.Result, error) { return sdk.Failed("Nobody is at home"), nil }

func main() {
	sdk.Serve(sdk.Plugin{Name: "Greeter", Version: "1.0.0", Settings: settings{When: "0 4 * * *"}, Options: cities, Actions: []sdk.Action{{ID: "greet", Label: "Greet", Run: sdk.Handle(greet)}, {ID: "visit", Label: "Visit", Run: sdk.HandleParams(visit)}, {ID: "refuse", Label: "Knock", Run: sdk.Handle(refuse)}}})
}
`;

test("every save of a Go file shows on the plugin's page, mistake and all", async ({ page, host }) => {
  host.write("greeter/main.go", plugin('"Hello"'));
  await host.start();
  const access = await enter(page, host);
  await host.ask("/api/plugins/plugins/greeter/enabled/", { enabled: true }, access);
  await host.ask("/api/channels/groups/", { name: "Harbour" }, access);
  const channel = (await host.ask("/api/channels/channels/", { name: "Deep Field", channel_number: 7 }, access)) as { id: number };
  await page.goto(`${host.url}/plugins/greeter/actions`);
  // What was clicked begins, also for who goes on at once.
  await page.getByRole("button", { name: "Run: Greet" }).click();
  await page.getByRole("tab", { name: "Runs" }).click();
  await expect(page.getByRole("link", { name: /^Greet, Done/ })).toHaveCount(1);
  await page.getByRole("tab", { name: "Actions" }).click();
  await page.getByRole("button", { name: "Run: Greet" }).click();
  await expect(page.getByText("Hello")).toBeVisible();
  // What would be lost by a reload of the page stays.
  await page.evaluate(() => ((window as { kept?: number }).kept = 1));

  host.write("greeter/main.go", plugin("helo"));
  await expect(page.getByText("The last edit does not load; the version before it keeps serving")).toBeVisible();
  await expect(page.getByLabel(/Source at main.go:29:/)).toContainText("helo");
  await picture(page, "mistake");
  host.write("greeter/main.go", plugin('"Good evening"'));
  await expect(page.getByText("The last edit does not load")).toHaveCount(0);
  await expect(page.getByText(/(Live|live) in \d+/)).toBeVisible();
  await page.getByRole("button", { name: "Run: Greet" }).click();
  await expect(page.getByText("Good evening")).toBeVisible();
  expect(await page.evaluate(() => (window as { kept?: number }).kept)).toBe(1);

  // Which engine runs it is chosen here.
  await page.getByLabel("Engine").selectOption("interpreted");
  await expect(page.getByLabel("Engine")).toHaveValue("interpreted");
  await expect(page.locator(".pill", { hasText: "Go, interpreted" })).toBeVisible();

  // Settings choose from the lineup, and say what a cron expression means.
  await page.getByRole("tab", { name: "Settings" }).click();
  await page.getByLabel("Group", { exact: true }).first().click();
  await page.getByRole("option", { name: "Harbour" }).click();
  await page.getByLabel("Station", { exact: true }).first().fill("deep");
  await page.getByRole("option", { name: "7 Deep Field" }).click();
  await expect(page.getByText(/At 04:00 every day\. Next: .*04:00.* · .* · /)).toBeVisible();
  await page.getByLabel("City", { exact: true }).first().click();
  await expect(page.getByText("Nothing fits")).toBeVisible();
  await page.getByLabel("Country").fill("France");
  await page.getByLabel("City", { exact: true }).first().click();
  await page.getByRole("option", { name: "Lyon" }).click();
  // Where the choices cannot be listed the value is typed.
  const city = page.getByRole("region", { name: "General" }).getByLabel("City", { exact: true }).first();
  await page.getByLabel("Country").fill("Atlantis");
  await expect(page.getByText(/The choices could not be listed: .*it sank/)).toBeVisible();
  await expect(city).toHaveValue("lyo");
  await page.getByLabel("Country").fill("France");
  await expect(city).toHaveValue("Lyon");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Settings of Greeter")).toBeVisible();
  const saved = (await (await fetch(`${host.url}/api/plugins/plugins/greeter/`, { headers: { Authorization: `Bearer ${access}` } })).json()) as { settings: unknown };
  expect(saved.settings).toMatchObject({ group: "Harbour", station: channel.id, country: "France", city: "lyo" });

  // Its files are read, and nothing of them is hidden.
  await page.getByRole("tab", { name: "Files" }).click();
  await page.getByRole("button", { name: "main.go" }).click();
  await expect(page.getByLabel("Content of main.go")).toContainText("Good evening");
  await expect(page.getByRole("region", { name: "Versions" })).toContainText(/v1\.0\.0.*serves now.*3 runs/);

  // A parameter has nobody who knows its choices; it is typed.
  await page.getByRole("tab", { name: "Actions" }).click();
  await page.getByRole("button", { name: "Run: Visit" }).click();
  await page.getByRole("dialog").getByLabel("To", { exact: true }).fill("Lyon");
  await page.getByRole("dialog").getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByText("Off to Lyon")).toBeVisible();

  // A schedule of its action: its next times, paused, run now, its job.
  await page.getByRole("link", { name: "Schedules" }).click();
  await page.getByRole("button", { name: "Add a schedule" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Action").selectOption("greeter/greet");
  await dialog.getByLabel("When").fill("0 9 * *");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText("is no cron expression");
  await dialog.getByLabel("When").fill("0 9 * * 1-5");
  await dialog.getByLabel("Time zone").fill("Asia/Tokyo");
  await expect(dialog.getByText(/^At 09:00 from Monday to Friday\. Next: .* · .* · /)).toBeVisible();
  await dialog.getByLabel("Name").fill("Every morning");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  const card = page.getByRole("article", { name: "Every morning" });
  await expect(card).toContainText("at 09:00 from Monday to Friday");
  await expect(card).toContainText(/Next in .* · .* · /);
  await picture(page, "schedules");
  await card.getByRole("switch").press("Space");
  await expect(card).toContainText("Paused");
  await card.getByRole("button", { name: "Run now" }).click();
  await expect(page.getByText("Queued")).toBeVisible();
  await page.getByRole("link", { name: "Jobs" }).click();
  await expect(page.getByRole("article", { name: "Greeter: Greet" }).first()).toContainText("Done");
  await page.getByRole("button", { name: /Do it again/ }).first().click();
  await expect(page.getByRole("article", { name: "Greeter: Greet" }).first()).toContainText("Done");

  // An action that says that it did not do its work has failed here, too, in its words.
  await host.ask("/api/plugins/plugins/greeter/run/", { action: "refuse", background: true }, access);
  const knocked = page.getByRole("article", { name: "Greeter: Knock" });
  await expect(knocked).toContainText("Failed");
  await expect(knocked).toContainText("Nobody is at home");
  await page.getByLabel("Show").selectOption("failed");
  await expect(knocked.getByRole("button", { name: "Try again" })).toBeVisible();
  await expect(page.getByRole("article", { name: "Greeter: Greet" })).toHaveCount(0);
  await picture(page, "jobs");
  await knocked.getByRole("link", { name: "Run and log" }).click();
  await expect(page).toHaveURL(/\/runs\//);
});

test("users and keys are made and revoked, and settings of the host changed", async ({ page, host }) => {
  await host.start();
  await enter(page, host, "/users");
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "Add a user" }).click();
  await dialog.getByLabel("User name").fill("grace");
  await dialog.getByRole("textbox", { name: "Password" }).fill("short");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog).toContainText("too short");
  await dialog.getByRole("textbox", { name: "Password" }).fill("long enough for all");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("article", { name: "grace" })).toContainText("Standard");
  await expect(page.getByRole("button", { name: "Delete admin" })).toBeDisabled();

  await page.getByRole("link", { name: "API keys" }).click();
  await page.getByRole("button", { name: "Make a key" }).click();
  await dialog.getByLabel("Name").fill("dashboard");
  await dialog.getByRole("button", { name: "Make it" }).click();
  const key = (await page.getByLabel("Key", { exact: true }).textContent()) ?? "";
  const answer = await fetch(`${host.url}/api/accounts/users/me/`, { headers: { "X-API-Key": key } });
  expect(answer.status).toBe(200);
  await picture(page, "keys");
  await page.reload();
  await expect(page.getByRole("article", { name: "dashboard" })).toBeVisible();
  await expect(page.getByText(key)).toHaveCount(0); // shown once
  await page.getByRole("button", { name: "Revoke dashboard" }).click();
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("No keys yet")).toBeVisible();
  expect((await fetch(`${host.url}/api/accounts/users/me/`, { headers: { "X-API-Key": key } })).status).toBe(401);

  await page.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("region", { name: "This machine" })).toContainText("Go plugins");
  await expect(page.getByRole("region", { name: "This machine" })).toContainText("the host of this data folder answers");
  await page.getByRole("button", { name: "Edit System Settings" }).click();
  await dialog.getByLabel("Time zone").fill("Europe/Berlin");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("region", { name: "System Settings" })).toContainText("Europe/Berlin");
});
