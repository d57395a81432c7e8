// What the page asks of the lineup, and how it changes it.

import { keepPreviousData, useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";

import { call } from "../api/client";
import type { JsonObject } from "../api/types";
import { everyPage } from "./pages";
import type { Named, PageOf, Row } from "./types";

export { paths } from "./paths";

export const pageSize = 100;

/** The words of a query that say something. */
export type Filter = Record<string, string>;

export function addressOf(path: string, filter: Filter, page: number, size = pageSize): string {
  const words = new URLSearchParams({ page: String(page), page_size: String(size) });
  for (const [name, value] of Object.entries(filter)) {
    if (value !== "") {
      words.set(name, value);
    }
  }
  return `${path}?${words}`;
}

/** The question for one page of a list; pages are kept while they may be scrolled back to. */
export function pageQuery<T>(path: string, filter: Filter, page: number) {
  return {
    queryKey: ["rows", path, filter, page],
    queryFn: ({ signal }: { signal: AbortSignal }) => call<PageOf<T>>(addressOf(path, filter, page), { signal }),
    staleTime: 30_000,
  };
}

const most = 1000; // rows that the host sends at once

/** All rows that fit, in as many requests as that takes. */
export function allRows<T>(path: string, filter: Filter, signal?: AbortSignal): Promise<T[]> {
  return everyPage((page) => call<PageOf<T>>(addressOf(path, filter, page, most), signal ? { signal } : {}));
}

/** All rows of a list that is shown as a whole. */
export function useAll<T extends Row>(path: string, filter: Filter = {}) {
  return useQuery({
    queryKey: ["rows", path, filter, "all"],
    queryFn: ({ signal }) => allRows<T>(path, filter, signal),
    placeholderData: keepPreviousData,
    staleTime: 5000,
  });
}

/** The names of such a list by their numbers. */
export function useNames(path: string): Map<number, string> {
  const rows = useAll<Named>(path);
  return new Map((rows.data ?? []).map((row) => [row.id, row.name]));
}

export function useRow<T extends Row>(path: string, id: number) {
  return useQuery({ queryKey: ["rows", path, id], queryFn: ({ signal }) => call<T>(`${path}${id}/`, { signal }) });
}

/** Asks again for all lists of these paths that are shown. */
export async function renew(client: QueryClient, ...touched: string[]): Promise<void> {
  await Promise.all(touched.map((path) => client.invalidateQueries({ queryKey: ["rows", path] })));
}

/** Makes a row, or changes that of an id. */
export function useSave<T extends Row>(path: string, ...also: string[]) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, values }: { id?: number | undefined; values: JsonObject }) =>
      call<T>(id === undefined ? path : `${path}${id}/`, { method: id === undefined ? "POST" : "PATCH", json: values }),
    onSuccess: () => renew(client, path, ...also),
  });
}

export function useRemove(path: string, ...also: string[]) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => call(`${path}${id}/`, { method: "DELETE" }),
    onSuccess: () => renew(client, path, ...also),
  });
}
