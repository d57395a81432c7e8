// A host that is killed while the page is open, and comes back.

import { enter, expect, test } from "./host";

test("the page says that its host is gone, and shows what is true when it is back", async ({ page, host, faults }) => {
  host.copy("guide_doctor");
  await host.start();
  const access = await enter(page, host);
  await host.ask("/api/plugins/plugins/guide_doctor/enabled/", { enabled: true }, access);
  await page.getByRole("link", { name: "Streams", exact: true }).click();
  await expect(page.getByText("No streams yet")).toBeVisible();

  await host.kill();
  const gone = page.getByRole("alert").filter({ hasText: "What is shown may be old" });
  await expect(gone).toBeVisible(); // nobody has touched anything
  await expect(page.getByText("No streams yet")).toBeVisible();
  // What was not loaded before cannot be shown, and the frame stays.
  await page.getByRole("link", { name: "Users", exact: true }).click();
  await expect(page.getByText("This view could not be shown")).toBeVisible();

  await host.again();
  await expect(gone).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Users" })).toBeVisible();
  await page.getByRole("link", { name: "Plugins", exact: true }).click();
  await page.getByRole("link", { name: "Actions of Guide Doctor" }).click();
  await page.getByRole("button", { name: "Run: Check the guide" }).click();
  await expect(page.getByText("All is well")).toBeVisible();
  faults.length = 0; // React tells of what did not come
});
