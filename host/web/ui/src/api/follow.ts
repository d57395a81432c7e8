// Turns the host's news into what the page asks for again.

import { useQueryClient, type QueryClient } from "@tanstack/react-query";
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
