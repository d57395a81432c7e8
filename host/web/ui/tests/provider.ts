// A provider of playlists and guides over HTTP, which can be told to dawdle.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { test as base } from "./host";
import { disc } from "./png";

export const stations = ["Morning Wire", "Harbour News", "Deep Field", "Action Reel", "Tiny Theatre", "Cup Night"];
const idOf = (name: string) => name.toLowerCase().replaceAll(" ", "-");

const colours: [number, number, number][] = [
  [220, 70, 60],
  [30, 120, 180],
  [90, 60, 160],
  [230, 140, 30],
  [40, 150, 90],
];

/** A playlist with these stations twice, in two groups; the last station's logo is missing. */
export function playlistText(base: string): string {
  const entries = stations.flatMap((name, i) =>
    ["HD", "SD"].map((form) => `#EXTINF:-1 tvg-id="${idOf(name)}" tvg-logo="${base}/logo/${i}.png" group-title="${i < 3 ? "News" : "Films"}",${name} ${form}\nhttp://streams.invalid/${idOf(name)}-${form}.ts`),
  );
  return `#EXTM3U\n${entries.join("\n")}\n`;
}

/** A guide that has something at every time of the days around now. */
export function guideText(): string {
  const stamp = (time: number) => `${new Date(time).toISOString().slice(0, 19).replaceAll(/[-T:]/g, "")} +0000`;
  const first = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 36 * 3_600_000;
  const programmes = stations.flatMap((name) =>
    Array.from(
      { length: 96 },
      (_, i) =>
        `<programme channel="${idOf(name)}" start="${stamp(first + i * 3_600_000)}" stop="${stamp(first + (i + 1) * 3_600_000)}"><title>Hour ${i} of ${name}</title><desc>A train is late, and a suitcase is not his.</desc></programme>`,
    ),
  );
  const channels = stations.map((name) => `<channel id="${idOf(name)}"><display-name>${name}</display-name></channel>`);
  return `<?xml version="1.0"?><tv>${channels.join("")}${programmes.join("\n")}</tv>`;
}

/** Serves /list.m3u, /guide.xml and logos. */
export class Provider {
  url = "";
  /** How often each path was asked for. */
  readonly asked = new Map<string, number>();
  private readonly server: Server;
  private held: (() => void)[] = [];
  private dawdles = false;

  constructor() {
    this.server = createServer((request, response) => {
      const path = request.url ?? "";
      this.asked.set(path, (this.asked.get(path) ?? 0) + 1);
      const logo = colours[Number(/^\/logo\/(\d)\.png$/.exec(path)?.[1])];
      if (logo) {
        response.end(disc(...logo));
        return;
      }
      const text = path === "/list.m3u" ? playlistText(this.url) : path === "/guide.xml" ? guideText() : null;
      if (text === null) {
        response.writeHead(404).end();
        return;
      }
      const whole = Buffer.from(text);
      response.writeHead(200, { "Content-Length": whole.length });
      const half = Math.floor(whole.length / 2);
      response.write(whole.subarray(0, half));
      const rest = () => response.end(whole.subarray(half));
      if (this.dawdles) {
        this.held.push(rest);
      } else {
        rest();
      }
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Sends from now on only the first half of everything. */
  dawdle(): void {
    this.dawdles = true;
  }

  /** Sends the other halves, and everything at once from now on. */
  hurry(): void {
    this.dawdles = false;
    this.held.forEach((rest) => rest());
    this.held = [];
  }

  async stop(): Promise<void> {
    this.hurry();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export const test = base.extend<{ provider: Provider }>({
  provider: async ({ browserName: _ }, give) => {
    const provider = new Provider();
    await provider.start();
    await give(provider);
    await provider.stop();
  },
});
