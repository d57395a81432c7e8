// One plugin: its state, and its settings, actions, runs and log.

import { Anchor, Button, Group, Stack, Tabs, Text, Title } from "@mantine/core";
import { lazy, Suspense, useState } from "react";

import { send } from "../api/client";
import { useAdmin, usePlugin, pathOf } from "../api/queries";
import type { Plugin } from "../api/types";
import { Icon } from "../frame/icons";
import { Empty, Failed, Waiting } from "../frame/states";
import { complain } from "../frame/toast";
import { LogView } from "../logs/view";
import { Badges, notesOf } from "../plugins/card";
import { Logo } from "../plugins/logo";
import Remove from "../plugins/remove";
import { PluginSwitch } from "../plugins/switch";
import { TroubleView } from "../plugins/trouble";
import { safeLink } from "../plugins/words";
import { go, Link } from "../router";
import { pluginPath, tabs, type Tab } from "../views";
import { Engine, LiveNote } from "./engine";

const Settings = lazy(() => import("../settings/panel"));
const Actions = lazy(() => import("../actions/panel"));
const History = lazy(() => import("../runs/history"));
const Files = lazy(() => import("./files"));

const labels: Record<Tab, string> = { settings: "Settings", actions: "Actions", runs: "Runs", log: "Log", files: "Files" };

export default function PluginPage({ id, tab }: { id: string; tab: Tab }) {
  const plugin = usePlugin(id);
  const admin = useAdmin();
  if (plugin.isPending) {
    return <Waiting what="the plugin" />;
  }
  if (!plugin.data) {
    return (
      <Stack maw={900} mx="auto">
        <Back />
        <Failed what="The plugin" error={plugin.error} retry={() => plugin.refetch()} />
      </Stack>
    );
  }
  const shown = plugin.data;
  return (
    <Stack maw={900} mx="auto">
      <Back />
      <Head plugin={shown} admin={admin} />
      {shown.error && <TroubleView trouble={shown.error} serves={shown.loaded} />}
      <Tabs value={tab} onChange={(next) => void go(pluginPath(id, (next ?? "settings") as Tab))} keepMounted={false}>
        <Tabs.List mb="md" className="tabs">
          {tabs
            .filter((name) => admin || (name !== "log" && name !== "files"))
            .map((name) => (
              <Tabs.Tab key={name} value={name}>
                {labels[name]}
              </Tabs.Tab>
            ))}
        </Tabs.List>
        <Suspense fallback={<Waiting what={labels[tab].toLowerCase()} />}>
          <Tabs.Panel value="settings">
            <Settings plugin={shown} />
          </Tabs.Panel>
          <Tabs.Panel value="actions">{admin ? <Actions plugin={shown} /> : <Empty title="Only an admin runs actions" />}</Tabs.Panel>
          <Tabs.Panel value="runs">
            <History plugin={shown} />
          </Tabs.Panel>
          <Tabs.Panel value="log">{admin ? <LogView plugin={id} /> : <Empty title="Only an admin reads logs" />}</Tabs.Panel>
          <Tabs.Panel value="files">{admin ? <Files plugin={shown} /> : <Empty title="Only an admin reads files" />}</Tabs.Panel>
        </Suspense>
      </Tabs>
    </Stack>
  );
}

function Back() {
  return (
    <Anchor component={Link} href="/plugins" size="sm">
      ‹ All plugins
    </Anchor>
  );
}

function Head({ plugin, admin }: { plugin: Plugin; admin: boolean }) {
  const docs = safeLink(plugin.help_url);
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <Group gap="md" wrap="nowrap" miw={0}>
          <Logo plugin={plugin} size={56} />
          <div style={{ minWidth: 0 }}>
            <Title order={1} size="h2" lh={1.2} className="break">
              {plugin.name}
            </Title>
            <Group gap={8} fz="sm" c="dimmed">
              {plugin.author && <bdi className="break">{plugin.author}</bdi>}
              <code>{plugin.key}</code>
              {docs && (
                <Anchor href={docs} target="_blank" rel="noreferrer" size="sm" underline="always">
                  Docs
                </Anchor>
              )}
            </Group>
          </div>
        </Group>
        {admin && <PluginSwitch plugin={plugin} />}
      </Group>
      {plugin.description && (
        <Text className="break" style={{ whiteSpace: "pre-line" }}>
          {plugin.description}
        </Text>
      )}
      <Group justify="space-between">
        <Badges plugin={plugin} />
        {admin && <Tools plugin={plugin} />}
      </Group>
      <Engine plugin={plugin} />
      <LiveNote plugin={plugin} />
      {notesOf(plugin).map((note, i) => (
        <Group key={i} gap={6} wrap="nowrap" align="flex-start" fz="sm">
          <span style={{ flex: "none", paddingTop: 2 }}>
            <Icon of="warning" size={15} />
          </span>
          <span className="break">{note}</span>
        </Group>
      ))}
    </Stack>
  );
}

function Tools({ plugin }: { plugin: Plugin }) {
  const [removing, setRemoving] = useState(false);
  return (
    <Group gap="xs">
      {!plugin.missing && (
        <Button size="xs" variant="default" leftSection={<Icon of="download" size={14} />} onClick={() => void save(plugin)}>
          Export
        </Button>
      )}
      <Button size="xs" variant="default" c="var(--mantine-color-error)" leftSection={<Icon of="trash" size={14} />} onClick={() => setRemoving(true)}>
        Uninstall
      </Button>
      {removing && <Remove plugin={plugin} close={() => setRemoving(false)} gone={() => void go("/plugins", true)} />}
    </Group>
  );
}

/** Hands the plugin's folder to the browser as a zip archive. */
async function save(plugin: Plugin): Promise<void> {
  try {
    const response = await send(`${pathOf(plugin.key)}export/`);
    const url = URL.createObjectURL(await response.blob());
    const link = document.createElement("a");
    link.href = url;
    link.download = `${plugin.key}.zip`;
    link.click();
    URL.revokeObjectURL(url);
  } catch (error) {
    complain(`${plugin.name} was not exported`, error);
  }
}
