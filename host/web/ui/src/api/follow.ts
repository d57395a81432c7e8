// Turns the host's news into what the page asks for again.

import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { note } from "../lineup/progress";
import { listen, type News } from "./live";
import type { Progress, Run } from "./types";

/** Which questions a message makes worth asking again. */
export function touched(news: News): string[][] {
  const plugin = typeof news.plugin === "string" ? news.plugin : null;
  const run = typeof news.run === "string" ? news.run : null;
  switch (news.type) {
    case "plugin_state":
      return plugin === null ? [["plugins"], ["plugin"]] : [["plugins"], ["plugin", plugin]];
    case "run_started":
    case "run_finished":
      return [...(run === null ? [] : [["run", run]]), plugin === null ? ["runs"] : ["runs", plugin]];
    case "job":
      return [["jobs"]];
    default:
      return [];
  }
}

/** How far a run is, as a message says it; null when it does not. */
export function progressOf(news: News): Progress | null {
  const said = news.progress;
  if (typeof said !== "object" || said === null || Array.isArray(said) || typeof said.done !== "number") {
    return null;
  }
  return {
    done: said.done,
    total: typeof said.total === "number" ? said.total : 0,
    message: typeof said.message === "string" ? said.message : "",
  };
}

/** Shows how far a run is without asking for it. */
function advance(client: QueryClient, news: News): void {
  const { run } = news;
  const progress = progressOf(news);
  if (typeof run !== "string" || progress === null) {
    return;
  }
  const change = (old: Run) => (old.id === run ? { ...old, progress } : old);
  client.setQueryData<Run>(["run", run], (old) => old && change(old));
  client.setQueriesData<Run[]>({ queryKey: ["runs"] }, (list) => list?.map(change));
}

/** A version of a plugin that has begun to serve. */
export interface Live {
  /** "loaded", "reloaded" or "compiled". */
  what: string;
  /** From the edit to that, in milliseconds. */
  took: number;
  at: number;
}

function noteLive(client: QueryClient, news: News): void {
  if (news.type === "plugin_state" && typeof news.plugin === "string" && typeof news.took_ms === "number" && typeof news.what === "string") {
    client.setQueryData<Live>(["live", news.plugin], { what: news.what, took: news.took_ms, at: Date.now() });
  }
}

/** What was last told of a plugin's versions, since the page is open; null for nothing. */
export function useLive(key: string): Live | null {
  return useQuery<Live | null>({ queryKey: ["live", key], queryFn: () => null, enabled: false, initialData: null }).data;
}

/** Follows the news for as long as the page is shown. */
export function useNews(): void {
  const client = useQueryClient();
  useEffect(() => {
    const waiting = new Map<string, string[]>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    // Many plugins may change at once: one question for all of them.
    const flush = () => {
      timer = undefined;
      waiting.forEach((queryKey) => void client.invalidateQueries({ queryKey }));
      waiting.clear();
    };
    const stop = listen(
      (news) => {
        note(client, news);
        noteLive(client, news);
        if (news.type === "run_progress") {
          advance(client, news);
          return;
        }
        for (const key of touched(news)) {
          waiting.set(key.join("\n"), key);
          timer ??= setTimeout(flush, 50);
        }
      },
      () => void client.invalidateQueries(),
    );
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [client]);
}
