// Who is logged in: the tokens of a login, kept for this browser and shared by its tabs.

import { useSyncExternalStore } from "react";

export interface Tokens {
  access: string;
  refresh: string;
}

const kept = "pluggarr.tokens";
const listeners = new Set<() => void>();
let tokens = read();

function read(): Tokens | null {
  try {
    const value = JSON.parse(localStorage.getItem(kept) ?? "null") as Partial<Tokens> | null;
    return value?.access && value.refresh ? { access: value.access, refresh: value.refresh } : null;
  } catch {
    return null; // blocked storage, or a stranger's value: as if nobody had logged in
  }
}

export function session(): Tokens | null {
  return tokens;
}

export function setSession(next: Tokens | null): void {
  tokens = next;
  try {
    if (next) {
      localStorage.setItem(kept, JSON.stringify(next));
    } else {
      localStorage.removeItem(kept);
    }
  } catch {
    // Blocked storage: the login holds until the page is left.
  }
  listeners.forEach((tell) => tell());
}

/** Follows logins and logouts of other tabs. */
export function followTabs(): void {
  window.addEventListener("storage", (event) => {
    if (event.key === kept || event.key === null) {
      tokens = read();
      listeners.forEach((tell) => tell());
    }
  });
}

export function useLoggedIn(): boolean {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => tokens !== null,
  );
}

/** When an access token ends, in milliseconds since 1970; 0 when it does not say. */
export function endOf(access: string): number {
  try {
    const payload = access.split(".")[1] ?? "";
    const claims = JSON.parse(atob(payload.replace(/-/g, "+").replace(/_/g, "/"))) as { exp?: number };
    return (claims.exp ?? 0) * 1000;
  } catch {
    return 0;
  }
}
