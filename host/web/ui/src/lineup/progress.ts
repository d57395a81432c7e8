// How far a refresh is, as the host's messages say it.

import { useQuery, type QueryClient } from "@tanstack/react-query";

import type { News } from "../api/live";
import { paths, renew } from "./queries";

export interface Refresh {
  /** What is being done, as in "parsing". */
  action: string;
  percent: number;
  status: string;
  message: string;
}

const over = new Set(["success", "error", "pending_setup"]);

/** The account or source a message is about, and how far its refresh is; null for any other message. */
function refreshOf(news: News): { path: string; id: number; refresh: Refresh } | null {
  const [path, id] = news.type === "m3u_refresh" ? [paths.accounts, news.account] : news.type === "epg_refresh" ? [paths.guides, news.source] : ["", null];
  if (typeof id !== "number") {
    return null;
  }
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  const percent = typeof news.progress === "number" ? news.progress : 0;
  return { path, id, refresh: { action: text(news.action), percent, status: text(news.status), message: text(news.message) } };
}

/** Whether nothing more will come of that refresh. A guide's channels come in with a success of their own, before its programmes. */
export function isOver(refresh: Refresh): boolean {
  return over.has(refresh.status) && (refresh.action !== "parsing_channels" || refresh.status === "error");
}

/** Puts a message where playlists and guides show it. */
export function note(client: QueryClient, news: News): void {
  const found = refreshOf(news);
  if (found === null) {
    return;
  }
  const { path, id, refresh } = found;
  client.setQueryData(["refresh", path, id], isOver(refresh) ? null : refresh);
  if (isOver(refresh)) {
    void renew(client, path, ...(path === paths.accounts ? [paths.streams, paths.channels, paths.groups] : [paths.stations, paths.programmes]));
    void client.invalidateQueries({ queryKey: ["jobs"] });
  }
}

/** The refresh that is under way; null for none. */
export function useRefresh(path: string, id: number): Refresh | null {
  return useQuery<Refresh | null>({ queryKey: ["refresh", path, id], queryFn: () => null, enabled: false, initialData: null }).data;
}

const actions: Record<string, string> = {
  downloading: "Downloading",
  extracting: "Unpacking",
  processing_groups: "Reading groups",
  parsing: "Reading",
  parsing_channels: "Reading channels",
  parsing_programs: "Reading programmes",
};

export function actionLabel(action: string): string {
  return actions[action] ?? action.replaceAll("_", " ");
}
