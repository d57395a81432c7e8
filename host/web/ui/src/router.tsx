// Which view the address names, and how to get to another one.

import { useEffect, useSyncExternalStore, type AnchorHTMLAttributes, type MouseEvent } from "react";

import { viewOf, type View } from "./views";

/** Says whether the view may be left; it may ask somebody first. */
type Guard = () => Promise<boolean>;

let guard: Guard | null = null;
let path = window.location.pathname;
let place = readPlace();
const listeners = new Set<() => void>();

/** The place of this view in the browser's history, to undo a step back that was not allowed. */
function readPlace(): number {
  const state = window.history.state as { place?: unknown } | null;
  return typeof state?.place === "number" ? state.place : 0;
}

function show(): void {
  path = window.location.pathname;
  listeners.forEach((tell) => tell());
}

/** Goes to a path of the page. */
export async function go(to: string, replace = false): Promise<void> {
  if (guard !== null && !(await guard())) {
    return;
  }
  if (replace) {
    window.history.replaceState({ place }, "", to);
  } else {
    place += 1;
    window.history.pushState({ place }, "", to);
    window.scrollTo(0, 0);
  }
  show();
}

let returning = false;

async function stepped(): Promise<void> {
  const to = readPlace();
  if (returning) {
    returning = false;
    place = to;
    return;
  }
  if (guard !== null) {
    // The address has changed already: put it back while somebody is asked.
    const steps = to - place;
    returning = true;
    window.history.go(-steps);
    if (!(await guard())) {
      return;
    }
    guard = null;
    window.history.go(steps);
    return;
  }
  place = to;
  show();
}

/** Follows the browser's own buttons. */
export function followHistory(): void {
  window.addEventListener("popstate", () => void stepped());
}

export function useView(): View {
  const now = useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => path,
  );
  return viewOf(now);
}

/** Asks before the view is left, while `on`. */
export function useGuard(on: boolean, ask: Guard): void {
  useEffect(() => {
    if (!on) {
      return;
    }
    const closing = (event: BeforeUnloadEvent) => event.preventDefault();
    guard = ask;
    window.addEventListener("beforeunload", closing);
    return () => {
      guard = null;
      window.removeEventListener("beforeunload", closing);
    };
  }, [on, ask]);
}

/** A link within the page; with Ctrl, Shift or the middle button it opens as any other. */
export function Link({ href, onClick, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey && !event.defaultPrevented) {
      event.preventDefault();
      void go(href);
    }
  };
  return <a {...rest} href={href} onClick={follow} />;
}
