// Playlists, guides, channels and streams, from an empty host to what is on now.

import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { enter, expect, picture, type Host } from "./host";
import { guideText, playlistText, test, type Provider } from "./provider";

/** Writes the provider's playlist and guide into files. */
function writeLineup(host: Host, provider: Provider): { playlist: string; guide: string } {
  const playlist = join(host.folder, "lineup.m3u");
  const guide = join(host.folder, "guide.xml");
  writeFileSync(playlist, playlistText(provider.url));
  writeFileSync(guide, guideText());
  return { playlist, guide };
}

test("a playlist and a guide come in, become channels, and say what is on", async ({ page, host, provider }) => {
  const files = writeLineup(host, provider);
  await host.start();
  await enter(page, host, "/channels");
  await expect(page.getByText("No channels yet")).toBeVisible();

  // A playlist is added, with a mistake first.
  await page.getByRole("link", { name: "Playlists", exact: true }).click();
  await page.getByRole("button", { name: "Add a playlist" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog.getByRole("alert")).toBeVisible();
  await dialog.getByLabel("Name").fill("Provider");
  await dialog.getByLabel("File on the host").fill(files.playlist);
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  const card = page.getByRole("article", { name: "Provider" });
  await expect(card).toContainText("12 streams"); // without being asked to look

  // A guide that is not there says so; mended, it comes in.
  await page.getByRole("link", { name: "Guides" }).click();
  await page.getByRole("button", { name: "Add a guide" }).click();
  await dialog.getByLabel("Name").fill("Listings");
  await dialog.getByLabel("File on the host").fill(join(host.folder, "gone.xml"));
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  const guide = page.getByRole("article", { name: "Listings" });
  await expect(guide.getByRole("alert")).toContainText("gone.xml");
  await guide.getByRole("button", { name: "Edit Listings" }).click();
  await dialog.getByLabel("File on the host").fill(files.guide);
  await dialog.getByRole("button", { name: "Save" }).click();
  await guide.getByRole("button", { name: "Refresh Listings" }).click();
  await expect(guide).toContainText("6 channels");

  // Its groups make channels with the next refresh.
  await page.getByRole("link", { name: "Playlists", exact: true }).click();
  await page.getByRole("link", { name: "Provider" }).click();
  await page.getByRole("switch", { name: "Make channels of News" }).click();
  await page.getByLabel("First number of News").fill("100");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("switch", { name: "Make channels of News" })).toBeChecked();
  await page.getByRole("button", { name: "Refresh Provider" }).click();
  await expect(page.getByRole("region", { name: "Refreshes" }).getByRole("article")).toHaveCount(2);
  await expect(page.getByText(/channels: 6 new/)).toBeVisible();
  await picture(page, "playlist");

  // Programmes are kept for channels that there are.
  await page.getByRole("link", { name: "Guides" }).click();
  await guide.getByRole("button", { name: "Refresh Listings" }).click();
  await expect(guide).toContainText(/programmes for 3 channels/);

  // Channels are searched, and one of them says what is on.
  await page.getByRole("link", { name: "Channels", exact: true }).click();
  const table = page.getByRole("table", { name: "Channels" });
  await expect(table.getByRole("row")).toHaveCount(7);
  await expect(table.locator("img")).toHaveCount(6);
  await picture(page, "channels");
  await page.getByLabel("Search channels").fill("harbour news hd");
  await expect(table.getByRole("row")).toHaveCount(2);
  await table.getByRole("link", { name: "Harbour News HD" }).click();
  await expect(page.locator("[aria-current=time]")).toContainText(/Hour \d+ of Harbour News.*now, until/);
  await expect(page.getByRole("list", { name: "Programmes" }).getByRole("listitem").first()).toHaveAttribute("aria-current", "time");

  // The other form of the stream is its second choice, then its first.
  await page.getByRole("textbox", { name: "Add a stream" }).or(page.getByRole("combobox", { name: "Add a stream" })).first().fill("harbour news sd");
  await page.getByRole("option", { name: "Harbour News SD" }).click();
  const streams = page.getByRole("region", { name: "Streams" }).getByRole("listitem");
  await expect(streams).toHaveCount(2);
  await page.getByRole("button", { name: "Try Harbour News SD earlier" }).click();
  await expect(streams.first()).toContainText("1. Harbour News SD");
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await dialog.getByLabel("Name").fill("Harbour");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Harbour");
  // The provider knows its logo, and the host shows it.
  await expect(page.locator("h1").locator("xpath=../..").locator("img")).toHaveJSProperty("naturalWidth", 64);
  await picture(page, "channel");

  // A stream without a channel gets one, by hand.
  await page.getByRole("link", { name: "Streams", exact: true }).click();
  await page.getByLabel("Show", { exact: true }).selectOption("Without a channel");
  await page.getByRole("button", { name: "Make a channel of Cup Night HD" }).click();
  await expect(page.getByText("Channel made")).toBeVisible();

  // Groups and profiles have names of their own.
  await page.getByRole("link", { name: "Groups", exact: true }).click();
  await page.getByRole("button", { name: "Add a profile" }).click();
  await dialog.getByLabel("Name").fill("Kids");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("region", { name: "Profiles" })).toContainText("Kids");

  // A profile has the channels that somebody chose.
  await page.getByRole("link", { name: "Kids" }).click();
  await expect(page.getByText("In this profile: 7 channels.")).toBeVisible();
  const inside = page.getByRole("checkbox", { name: "Harbour is in the profile" });
  await inside.click(); // uncheck() looks at once, and the page may draw a moment later
  await expect(inside).not.toBeChecked();
  await expect(page.getByText("In this profile: 6 channels.")).toBeVisible();
  await page.getByLabel("Search channels").fill("deep field");
  await expect(page.getByRole("table", { name: "Channels" }).getByRole("row")).toHaveCount(3);
  await page.getByRole("button", { name: "Take out what is listed" }).click();
  await expect(page.getByText("In this profile: 4 channels.")).toBeVisible();

  // A logo is made, and chosen for a channel.
  await page.getByRole("link", { name: "Logos", exact: true }).click();
  await page.getByRole("button", { name: "Add a logo" }).click();
  await dialog.getByLabel("Name").fill("Harbour mark");
  await dialog.getByLabel("Address").fill("https://images.invalid/harbour.png");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("table", { name: "Logos" })).toContainText("Harbour mark");
  // Lists show logos too, and a letter where an address has none.
  await expect(page.getByRole("table", { name: "Logos" }).locator("img")).toHaveCount(3);
  await expect(page.getByRole("table", { name: "Logos" }).locator(".logo:not(.image)")).toHaveText(["C", "H"]);
  await picture(page, "logos");
  await page.getByRole("link", { name: "Channels", exact: true }).click();
  await page.getByRole("link", { name: "Harbour", exact: true }).click();
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await dialog.getByLabel("Logo", { exact: true }).first().fill("harbour");
  await page.getByRole("option", { name: "Harbour mark" }).click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await expect(dialog.getByLabel("Logo", { exact: true }).first()).toHaveValue("Harbour mark");
  await dialog.getByRole("button", { name: "Cancel" }).click();

  // A filter leaves streams out with the next refresh; a login is kept.
  await page.getByRole("link", { name: "Playlists", exact: true }).click();
  await page.getByRole("link", { name: "Provider" }).click();
  await page.getByRole("button", { name: "Add a filter" }).click();
  await dialog.getByLabel("Regular expression").fill("tiny theatre");
  await dialog.getByLabel("Capital letters count").press("Space");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("region", { name: "Filters" })).toContainText("Leave out where the name has tiny theatre");
  await page.getByRole("button", { name: "Refresh Provider" }).click();
  await expect(page.getByText(/2 gone/)).toBeVisible();
  await page.getByRole("button", { name: "Delete tiny theatre" }).click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("region", { name: "Filters" })).toContainText("None yet.");
  await page.getByRole("button", { name: "Add a login" }).click();
  await dialog.getByLabel("Name").fill("Second");
  await dialog.getByLabel("Look for").fill("ann/one");
  await dialog.getByLabel("Put in its place").fill("ben/two");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("region", { name: "Logins" })).toContainText("Second any number of streams at once");

  // What was done is among the jobs.
  await page.getByRole("link", { name: "Jobs" }).click();
  await expect(page.getByRole("article", { name: "Refresh playlist Provider" }).first()).toContainText("Done");
  await expect(page.getByRole("article", { name: "Refresh guide Listings" }).last()).toContainText("Failed");
});
