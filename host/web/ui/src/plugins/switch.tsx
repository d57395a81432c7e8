// Switches a plugin on and off, and asks for trust the first time.

import { Button, Group, List, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { Dialog } from "../frame/dialog";
import { useSetEnabled } from "../api/queries";
import type { Plugin } from "../api/types";
import { complain } from "../frame/toast";

/** Returns what switches a plugin, and the question that it may ask. */
export function useSwitch(plugin: Plugin) {
  const [asking, setAsking] = useState(false);
  const change = useSetEnabled();
  const set = (enabled: boolean) =>
    change.mutate({ key: plugin.key, enabled }, { onError: (error) => complain(`${plugin.name} could not be ${enabled ? "enabled" : "disabled"}`, error) });
  const request = (enabled: boolean) => {
    if (enabled && !plugin.ever_enabled) {
      setAsking(true);
      return;
    }
    set(enabled);
  };
  const question = asking && (
    <Trust
      plugin={plugin}
      answer={(yes) => {
        setAsking(false);
        if (yes) {
          set(true);
        }
      }}
    />
  );
  return { request, question, busy: change.isPending };
}

export function PluginSwitch({ plugin }: { plugin: Plugin }) {
  const { request, question, busy } = useSwitch(plugin);
  return (
    <>
      <input
        type="checkbox"
        role="switch"
        className="switch"
        checked={plugin.enabled}
        disabled={plugin.missing || busy}
        onChange={(event) => request(event.currentTarget.checked)}
        aria-label={`Enable ${plugin.name}`}
        title={plugin.enabled ? "Switch off" : "Switch on"}
      />
      {question}
    </>
  );
}

function Trust({ plugin, answer }: { plugin: Plugin; answer: (yes: boolean) => void }) {
  return (
    <Dialog close={() => answer(false)} title={`Do you trust ${plugin.name}?`}>
      <Stack>
        <Text size="sm">
          A plugin is code that runs on this machine with the rights of the host. From now on <b>{plugin.name}</b>
          {plugin.author ? ` by ${plugin.author}` : ""} may:
        </Text>
        <List size="sm" spacing={4}>
          <List.Item>read and change your channels, playlists and guide</List.Item>
          <List.Item>read and write files, and use the network</List.Item>
          <List.Item>run at any time, also while nobody looks</List.Item>
        </List>
        <Text size="sm">Enable it only if you know where it comes from. Questions about it go to its author.</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => answer(false)} data-autofocus>
            Cancel
          </Button>
          <Button onClick={() => answer(true)}>I understand, enable</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
