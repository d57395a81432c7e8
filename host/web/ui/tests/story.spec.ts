// What somebody does who has never been here: from the printed link to a result.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, password, picture, test } from "./host";

/** Packs a plugin of testdata as its author would send it. */
function archive(name: string): Buffer {
  const source = join(import.meta.dirname, "..", "testdata", "plugins");
  return execFileSync("python3", ["-c", "import shutil, sys, tempfile; print(shutil.make_archive(tempfile.mkdtemp() + '/p', 'zip', sys.argv[1], sys.argv[2]))", source, name]);
}

test("a new user imports a plugin, sets it up, runs it, cancels it and reads what it did", async ({ page, host }) => {
  await host.start();

  // The link makes the admin.
  await page.goto(host.link);
  await page.getByLabel("Password *", { exact: true }).fill(password);
  await page.getByLabel("Password again").fill("something else");
  await page.getByRole("button", { name: "Create the admin" }).click();
  await expect(page.locator("form").getByRole("alert")).toContainText("differ");
  await page.getByLabel("Password again").fill(password);
  await page.getByRole("button", { name: "Create the admin" }).click();
  await expect(page.getByText("No plugins yet")).toBeVisible();
  expect(page.url()).not.toContain("setup=");

  // A zip archive is imported switched off, and asks for trust.
  const zip = { name: "guide_doctor.zip", mimeType: "application/zip", buffer: readFileSync(String(archive("guide_doctor")).trim()) };
  await page.getByRole("button", { name: "Import plugin" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.locator("input[type=file]").setInputFiles({ name: "no.zip", mimeType: "application/zip", buffer: Buffer.from("no zip") });
  await expect(dialog.getByRole("alert")).toContainText("Invalid zip file");
  await dialog.locator("input[type=file]").setInputFiles(zip);
  await expect(dialog).toContainText("Guide Doctor was imported");
  await dialog.getByRole("button", { name: "Enable it" }).click();
  await expect(page.getByText("Do you trust Guide Doctor?")).toBeVisible();
  await picture(page, "trust");
  await page.getByRole("button", { name: "I understand, enable" }).click();
  await dialog.getByRole("button", { name: "Open it" }).click();

  // Three settings, one of them wrong: the reason stands beside it.
  await page.getByLabel("Channels at once").fill("900");
  await page.getByLabel("Mode").selectOption("fast");
  await expect(page.getByLabel("Connections")).toHaveValue("2");
  await page.getByLabel("API key").fill("s3cret");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Has to be 500 or less.")).toBeVisible();
  await expect(page.getByLabel("Channels at once")).toBeFocused();
  await picture(page, "settings-error");

  // Whoever leaves is asked, and may stay.
  await page.getByRole("tab", { name: "Actions" }).click();
  await page.getByRole("button", { name: "Stay" }).click();
  await page.goBack();
  await page.getByRole("button", { name: "Stay" }).click();
  await page.getByLabel("Channels at once").fill("90");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("It is never shown; type to replace it.")).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Channels at once")).toHaveValue("90");
  await expect(page.getByRole("textbox", { name: "API key" })).toHaveValue("");

  // A run asks first, shows how far it is, outlives the page, and can be cancelled.
  await page.getByRole("tab", { name: "Actions" }).click();
  await page.getByRole("button", { name: "Repair: Repair the guide" }).click();
  await expect(dialog).toContainText("Channels without a guide get the one that fits best.");
  await dialog.getByLabel("How many steps").fill("0");
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await expect(dialog).toContainText("Has to be 1 or more.");
  await dialog.getByLabel("How many steps").fill("1000");
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByRole("progressbar")).toBeVisible();
  await expect(page.getByText(/^\d+ of 1000$/)).toBeVisible();
  await picture(page, "progress");
  await page.reload();
  await expect(page.getByText(/^\d+ of 1000$/)).toBeVisible();
  await page.getByRole("button", { name: "Cancel repair" }).click();
  await expect(page.getByRole("progressbar")).toHaveCount(0);

  // Again, and to the end.
  await page.getByRole("button", { name: "Repair: Repair the guide" }).click();
  await dialog.getByLabel("How many steps").fill("3");
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByText("3 channels looked at")).toBeVisible();
  await expect(page.getByRole("table", { name: "changed" })).toContainText("sport.two");

  // The history knows both, with their logs.
  await page.getByRole("tab", { name: "Runs" }).click();
  await expect(page.getByRole("link", { name: /Repair the guide, Cancelled/ })).toBeVisible();
  await page.getByRole("link", { name: /Repair the guide, Done/ }).click();
  await expect(page.getByRole("log")).toContainText("looked at a channel number=3");

  // Importing it again asks before it replaces.
  await page.getByRole("link", { name: "Pluggarr" }).click();
  await page.getByRole("button", { name: "Import plugin" }).click();
  await dialog.locator("input[type=file]").setInputFiles(zip);
  await expect(dialog).toContainText('There is a plugin "guide_doctor".');
  await dialog.getByRole("button", { name: "Replace it" }).click();
  await expect(dialog).toContainText("Guide Doctor was replaced");
  await dialog.getByRole("button", { name: "Close", exact: true }).click();

  // Uninstalled, logged out, back by the login.
  await page.getByRole("button", { name: "Uninstall Guide Doctor" }).click();
  await dialog.getByRole("button", { name: "Uninstall" }).click();
  await expect(page.getByText("No plugins yet")).toBeVisible();
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByLabel("User name").fill("admin");
  await page.getByRole("textbox", { name: "Password" }).fill("wrong");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.locator("form").getByRole("alert")).toContainText("No active account");
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByText("No plugins yet")).toBeVisible();
});
