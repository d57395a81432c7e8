// Whether the host answers, as the last request found.

import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let reached = true;

/** Notes that the host answered, whatever it said, or that no answer came. */
export function setReached(now: boolean): void {
  if (reached !== now) {
    reached = now;
    listeners.forEach((tell) => tell());
  }
}

function follow(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

export function useReached(): boolean {
  return useSyncExternalStore(follow, () => reached);
}

/** Tells each time the host answers again, until the returned function is called. */
export function onReturn(tell: () => void): () => void {
  return follow(() => {
    if (reached) {
      tell();
    }
  });
}
