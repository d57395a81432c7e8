// The host's WebSocket: it says what changed, so that the page need not ask.

import { useSyncExternalStore } from "react";

import { freshToken } from "./client";
import { onReturn } from "./reach";
import type { Json } from "./types";

/** What a message is about; type says which further keys there are. */
export type News = { type: string } & Record<string, Json>;

const listeners = new Set<() => void>();
let connected = false;

function setConnected(now: boolean): void {
  if (connected !== now) {
    connected = now;
    listeners.forEach((tell) => tell());
  }
}

/** Whether news arrive; without them the page asks from time to time. */
export function useConnected(): boolean {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => connected,
  );
}

/** Reads a message of the form {"type": "update", "data": {"type": …}}; null for any other. */
export function newsOf(text: string): News | null {
  try {
    const message = JSON.parse(text) as { type?: unknown; data?: { type?: unknown } | null } | null;
    if (message?.type !== "update" || typeof message.data?.type !== "string") {
      return null;
    }
    return message.data as News;
  } catch {
    return null;
  }
}

/** How long to wait before the n-th try, in milliseconds: doubling up to half a minute, never all pages at once. */
export function pause(tries: number, chance = Math.random()): number {
  return Math.min(30_000, 1000 * 2 ** tries) * (0.75 + chance / 2);
}

/** Listens until the returned function is called. `again` is told when news may have been missed. */
export function listen(tell: (news: News) => void, again: () => void): () => void {
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;
  let over = false;

  const retry = () => {
    setConnected(false);
    if (!over) {
      timer = setTimeout(() => {
        timer = undefined;
        void connect();
      }, pause(tries++));
    }
  };
  const connect = async () => {
    const token = await freshToken().catch(() => null);
    if (over) {
      return;
    }
    if (token === null) {
      retry();
      return;
    }
    const url = new URL("/ws/", window.location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.searchParams.set("token", token);
    socket = new WebSocket(url);
    socket.onopen = () => {
      if (tries > 0) {
        again();
      }
      tries = 0;
      setConnected(true);
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      const news = typeof event.data === "string" ? newsOf(event.data) : null;
      if (news !== null) {
        tell(news);
      }
    };
    socket.onclose = retry;
  };
  void connect();
  const stop = onReturn(() => {
    if (timer !== undefined) {
      clearTimeout(timer);
      timer = undefined;
      void connect();
    }
    again();
  });
  return () => {
    over = true;
    stop();
    clearTimeout(timer);
    setConnected(false);
    if (socket !== null) {
      socket.onclose = null;
      socket.close();
    }
  };
}
