// What the page asks the host, and how often.

import { keepPreviousData, useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";

import { call } from "./client";
import { useConnected } from "./live";
import type { Json, JsonObject, Plugin, Run, User } from "./types";

const plugins = "/api/plugins/plugins/";
const runs = "/api/plugins/runs/";

export function pathOf(key: string): string {
  return `${plugins}${encodeURIComponent(key)}/`;
}

export function isActive(run: Run): boolean {
  return run.status === "queued" || run.status === "running";
}

/** How long until a list of plugins is asked for again, in milliseconds. The question itself makes the host look into its
 * plugins folder, so it is asked while news arrive, too. */
function listPause(list: Plugin[] | undefined, connected: boolean): number {
  const moving = list?.some((p) => p.state === "starting" || p.state === "stopping") ?? false;
  return moving && !connected ? 1000 : 5000;
}

export function useMe() {
  return useQuery({ queryKey: ["me"], queryFn: ({ signal }) => call<User>("/api/accounts/users/me/", { signal }), staleTime: 60_000 });
}

/** Whether whoever is logged in may change things. */
export function useAdmin(): boolean {
  return (useMe().data?.user_level ?? 0) >= 10;
}

export function usePlugins() {
  const connected = useConnected();
  return useQuery({
    queryKey: ["plugins"],
    queryFn: async ({ signal }) => (await call<{ plugins: Plugin[] }>(plugins, { signal })).plugins,
    refetchInterval: (query) => listPause(query.state.data, connected),
  });
}

export function usePlugin(key: string) {
  const client = useQueryClient();
  const connected = useConnected();
  return useQuery<Plugin>({
    queryKey: ["plugin", key],
    queryFn: ({ signal }) => call<Plugin>(pathOf(key), { signal }),
    refetchInterval: (query) => listPause(query.state.data && [query.state.data], connected),
    placeholderData: () => client.getQueryData<Plugin[]>(["plugins"])?.find((p) => p.key === key),
  });
}

/** Puts a plugin as the host just described it where it is shown. */
export function storePlugin(client: QueryClient, plugin: Plugin): void {
  client.setQueryData(["plugin", plugin.key], plugin);
  client.setQueryData<Plugin[]>(["plugins"], (list) => list?.map((p) => (p.key === plugin.key ? plugin : p)));
}

/** Switches a plugin on or off: at once on the page, and back when the host does not. */
export function useSetEnabled() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ key, enabled }: { key: string; enabled: boolean }) =>
      call<{ plugin: Plugin }>(`${pathOf(key)}enabled/`, { method: "POST", json: { enabled } }),
    onMutate: async ({ key, enabled }) => {
      await client.cancelQueries({ queryKey: ["plugins"] });
      await client.cancelQueries({ queryKey: ["plugin", key] });
      const before = client.getQueryData<Plugin[]>(["plugins"])?.find((p) => p.key === key) ?? client.getQueryData<Plugin>(["plugin", key]);
      if (before) {
        storePlugin(client, { ...before, enabled });
      }
      return before;
    },
    onSuccess: ({ plugin }) => storePlugin(client, plugin),
    onError: (_error, _what, before) => {
      if (before) {
        storePlugin(client, before);
      }
    },
  });
}

export function useReload() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call(`${plugins}reload/`, { method: "POST" }),
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: ["plugins"] }), client.invalidateQueries({ queryKey: ["plugin"] })]),
  });
}

export function useDelete() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (key: string) => call(`${pathOf(key)}delete/`, { method: "DELETE" }),
    onSuccess: (_answer, key) => {
      client.setQueryData<Plugin[]>(["plugins"], (list) => list?.filter((p) => p.key !== key));
      client.removeQueries({ queryKey: ["plugin", key] });
    },
  });
}

/** What the host says after settings were saved. */
export interface Saved {
  settings: JsonObject;
  secrets: Record<string, boolean>;
  unknown?: string[];
}

export function useSaveSettings(plugin: Plugin) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (settings: JsonObject) => call<Saved>(`${pathOf(plugin.key)}settings/`, { method: "POST", json: { settings } }),
    onSuccess: async ({ settings, secrets }) => {
      storePlugin(client, { ...plugin, settings, secrets, settings_errors: [] });
      await client.invalidateQueries({ queryKey: ["plugin", plugin.key] });
    },
  });
}

/** Starts an action; the answer names the run. */
export function useRunAction(key: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ action, params }: { action: string; params: Json }) =>
      call<{ run: string }>(`${pathOf(key)}run/`, { method: "POST", json: { action, params, background: true } }),
    onSettled: () => client.invalidateQueries({ queryKey: ["runs", key] }),
  });
}

export function useCancel() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call<Run>(`${runs}${id}/cancel/`, { method: "POST" }),
    onSettled: async (run, _error, id) => {
      if (run) {
        client.setQueryData(["run", id], run);
      }
      await client.invalidateQueries({ queryKey: ["run", id] });
      await client.invalidateQueries({ queryKey: ["runs"] });
    },
  });
}

/** The runs of a plugin, the newest first. */
export function useRuns(key: string, limit: number) {
  const connected = useConnected();
  return useQuery({
    queryKey: ["runs", key, limit],
    queryFn: async ({ signal }) => (await call<{ runs: Run[] }>(`${pathOf(key)}runs/?limit=${limit}`, { signal })).runs,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.some(isActive) ? (connected ? 5000 : 1000) : 15_000),
  });
}

/** One run, followed until it has ended. */
export function useRun(id: string | null) {
  const connected = useConnected();
  return useQuery({
    queryKey: ["run", id],
    queryFn: ({ signal }) => call<Run>(`${runs}${id ?? ""}/`, { signal }),
    enabled: id !== null,
    refetchInterval: (query) => {
      const run = query.state.data;
      if (!run || !isActive(run)) {
        return false;
      }
      const age = Date.now() - Date.parse(run.created_at);
      return connected ? 5000 : age < 3000 ? 250 : 1000;
    },
  });
}
