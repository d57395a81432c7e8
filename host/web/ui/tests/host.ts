// Starts the real host for a test, with plugins of its own and nothing mocked.

import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

import { test as base, expect, type Page } from "@playwright/test";

import { chromium } from "./chromium";

const here = import.meta.dirname;
const fixtures = join(here, "..", "testdata", "plugins");

export const password = "correct horse battery";

/** A host that runs. */
export class Host {
  readonly folder: string;
  /** As in http://127.0.0.1:40123. */
  url = "";
  /** The link that makes the first admin. */
  link = "";
  private child: ChildProcess | undefined;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "pluggarr-page-"));
    mkdirSync(this.plugins, { recursive: true });
  }

  get plugins(): string {
    return join(this.folder, "plugins");
  }

  /** Puts a plugin of testdata into the plugins folder. */
  copy(...names: string[]): void {
    names.forEach((name) => cpSync(join(fixtures, name), join(this.plugins, name), { recursive: true }));
  }

  /** Puts an example of the repository into the plugins folder. */
  example(...names: string[]): void {
    names.forEach((name) => cpSync(join(here, "..", "..", "..", "..", "examples", name), join(this.plugins, name), { recursive: true }));
  }

  /** Writes a file of a plugin. */
  write(path: string, text: string): void {
    const name = join(this.plugins, path);
    mkdirSync(dirname(name), { recursive: true });
    writeFileSync(name, text);
  }

  /** Starts it and waits for the link of its first admin. */
  async start(): Promise<void> {
    await this.serve("127.0.0.1:0", () => this.link !== "");
  }

  /** Ends it without a warning. */
  async kill(): Promise<void> {
    const { child } = this;
    child?.removeAllListeners("exit");
    const gone = new Promise((resolve) => child?.once("exit", resolve));
    child?.kill("SIGKILL");
    await gone;
    this.child = undefined;
  }

  /** Starts it at the address it had. */
  async again(): Promise<void> {
    const { host } = new URL(this.url);
    this.url = "";
    await this.serve(host, () => this.url !== "");
  }

  private async serve(address: string, ready: () => boolean): Promise<void> {
    const binary = process.env.PLUGGARR_BINARY;
    if (!binary) {
      throw new Error("PLUGGARR_BINARY names no host: run these tests by .ci/page browser");
    }
    const child = spawn(binary, ["serve", "--data", this.folder, "--listen", address], { stdio: ["ignore", "pipe", "pipe"] });
    this.child = child;
    let said = "";
    child.stderr.on("data", (chunk) => (said += String(chunk)));
    await new Promise<void>((resolve, reject) => {
      child.on("exit", (code) => reject(new Error(`the host ended with ${code ?? "a signal"}: ${said}`)));
      createInterface(child.stdout).on("line", (line) => {
        said += `${line}\n`;
        this.url ||= /listens on (http:\S+)/.exec(line)?.[1] ?? "";
        this.link ||= /http:\S+\?setup=\S+/.exec(line)?.[0] ?? "";
        if (ready()) {
          resolve();
        }
      });
    });
  }

  /** Makes the admin and returns what the API takes. */
  async admin(): Promise<{ access: string; refresh: string }> {
    const token = new URL(this.link).searchParams.get("setup");
    await this.ask("/api/accounts/initialize-superuser/", { username: "admin", password, token });
    return (await this.ask("/api/accounts/token/", { username: "admin", password })) as { access: string; refresh: string };
  }

  async ask(path: string, body: unknown, access = ""): Promise<unknown> {
    const answer = await fetch(this.url + path, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...(access ? { Authorization: `Bearer ${access}` } : {}) },
      body: JSON.stringify(body),
    });
    const said: unknown = await answer.json();
    if (!answer.ok) {
      throw new Error(`${path}: ${answer.status} ${JSON.stringify(said)}`);
    }
    return said;
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child?.exitCode === null) {
      const over = new Promise((resolve) => child.once("exit", resolve));
      child.removeAllListeners("exit");
      child.once("exit", () => undefined);
      const ended = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGINT");
      await Promise.race([over, ended]);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

interface Fixtures {
  host: Host;
  /** What went wrong on the page without being shown; it has to be empty. */
  faults: string[];
}

export const test = base.extend<Fixtures>({
  host: async ({ browserName: _ }, give) => {
    if (chromium() === undefined && !process.env.CI) {
      test.skip(true, "Chromium is not installed; on Debian and Ubuntu: apt-get install chromium");
    }
    const host = new Host();
    await give(host);
    await host.stop();
  },
  faults: [
    async ({ page }, give) => {
      const faults: string[] = [];
      page.on("pageerror", (error) => faults.push(String(error)));
      page.on("console", (message) => {
        // Answers that say no, and a socket that ends with its host, are part of the tests.
        if (message.type() === "error" && !/Failed to load resource|WebSocket connection/.test(message.text())) {
          faults.push(message.text());
        }
      });
      await give(faults);
      expect(faults).toEqual([]);
    },
    { auto: true },
  ],
});

/** Opens the page as an admin who is logged in. */
export async function enter(page: Page, host: Host, path = "/plugins"): Promise<string> {
  const tokens = await host.admin();
  await page.addInitScript((value) => {
    if (localStorage.getItem("pluggarr.tokens") === null) {
      localStorage.setItem("pluggarr.tokens", value);
    }
  }, JSON.stringify(tokens));
  await page.goto(host.url + path);
  return tokens.access;
}

/** The pictures that docs/page.md and the README show. */
const shown = ["plugins", "plugins-phone", "trust", "settings-error", "progress", "actions-dark", "run", "channel", "playlist", "schedules", "mistake", "events", "files"];

/** Keeps a picture of the page where the documentation wants it. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.PLUGGARR_IMAGES;
  if (folder && shown.includes(name)) {
    await page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled" });
  }
}

export { expect };
