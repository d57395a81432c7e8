// What runs a plugin, why, and how to choose something else.

import { Group, NativeSelect, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../api/client";
import { pathOf, storePlugin, useAdmin } from "../api/queries";
import { useLive } from "../api/follow";
import type { Plugin } from "../api/types";
import { complain } from "../frame/toast";
import { ago, spanOf } from "../runs/words";
import { sentence } from "../settings/store";

const wishes = [
  { value: "auto", label: "Auto: live at once, compiled when ready" },
  { value: "interpreted", label: "Interpreted only" },
  { value: "compiled", label: "Compiled only" },
];

/** How long the last edit took to serve, while the page is open. */
export function LiveNote({ plugin }: { plugin: Plugin }) {
  const live = useLive(plugin.key);
  if (live === null || plugin.error !== null) {
    return null;
  }
  return (
    <Text size="sm" c="dimmed" role="status">
      {live.what === "compiled" ? "Compiled and live in" : "Live in"} {spanOf(live.took)}, {ago(new Date(live.at).toISOString())}
    </Text>
  );
}

export function Engine({ plugin }: { plugin: Plugin }) {
  const admin = useAdmin();
  const client = useQueryClient();
  const choose = useMutation({
    mutationFn: (engine: string) => call<{ plugin: Plugin }>(`${pathOf(plugin.key)}engine/`, { method: "POST", json: { engine } }),
    onSuccess: (answer) => storePlugin(client, answer.plugin),
    onError: (error) => complain("The engine stays as it is", error),
  });
  if (plugin.runtime !== "go" || plugin.missing) {
    return null;
  }
  return (
    <Group gap="sm">
      {admin && (
        <NativeSelect
          size="xs"
          aria-label="Engine"
          value={plugin.engine_wish}
          disabled={choose.isPending}
          data={wishes}
          onChange={(e) => choose.mutate(e.currentTarget.value)}
        />
      )}
      {plugin.engine_reason !== "" && (
        <Text size="sm" c="dimmed" className="break" flex="1 1 240px">
          {sentence(plugin.engine_reason)}
        </Text>
      )}
    </Group>
  );
}
