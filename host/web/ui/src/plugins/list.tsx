// The list of plugins.

import { ActionIcon, Badge, Button, Group, NativeSelect, SimpleGrid, Stack, TextInput, Title } from "@mantine/core";
import { lazy, Suspense, useMemo, useState } from "react";

import { useAdmin, usePlugins, useReload } from "../api/queries";
import { Empty, Failed, Waiting } from "../frame/states";
import { Icon } from "../frame/icons";
import { complain, say } from "../frame/toast";
import { PluginCard } from "./card";
import { choose, troubled, type Choice, type Order, type Show } from "./filter";

const Importer = lazy(() => import("./importer"));

export function List() {
  const plugins = usePlugins();
  const admin = useAdmin();
  const [choice, setChoice] = useState<Choice>({ text: "", show: "all", order: "name" });
  const shown = useMemo(() => choose(plugins.data ?? [], choice), [plugins.data, choice]);
  if (plugins.isPending) {
    return <Waiting what="the plugins" />;
  }
  if (!plugins.data) {
    return <Failed what="The plugins" error={plugins.error} retry={() => plugins.refetch()} />;
  }
  const all = plugins.data;
  return (
    <Stack gap="md" maw={1440} mx="auto">
      <Top count={all.length} admin={admin} />
      {plugins.isError && <Failed what="What is new" error={plugins.error} retry={() => plugins.refetch()} />}
      {all.length === 0 ? (
        <Nothing />
      ) : (
        <>
          <Tools choice={choice} change={setChoice} trouble={all.filter(troubled).length} />
          {shown.length === 0 ? (
            <Empty
              title="No plugin fits"
              action={
                <Button variant="default" onClick={() => setChoice({ ...choice, text: "", show: "all" })}>
                  Show all
                </Button>
              }
            >
              Nothing has these words and this state.
            </Empty>
          ) : (
            <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }} spacing="md">
              {shown.map((plugin) => (
                <PluginCard key={plugin.key} plugin={plugin} admin={admin} />
              ))}
            </SimpleGrid>
          )}
        </>
      )}
    </Stack>
  );
}

function Top({ count, admin }: { count: number; admin: boolean }) {
  const [importing, setImporting] = useState(false);
  const reload = useReload();
  const refresh = () =>
    reload.mutate(undefined, {
      onSuccess: () => say("Refreshed", "Every plugin was loaded anew."),
      onError: (error) => complain("The plugins could not be loaded anew", error),
    });
  return (
    <Group justify="space-between">
      <Group gap="sm">
        <Title order={1} size="h2">
          Plugins
        </Title>
        {count > 0 && (
          <Badge variant="default" size="lg" tt="none">
            {count} installed
          </Badge>
        )}
      </Group>
      {admin && (
        <Group gap="xs">
          <Button leftSection={<Icon of="upload" size={16} />} onClick={() => setImporting(true)}>
            Import plugin
          </Button>
          <ActionIcon variant="default" size={36} onClick={refresh} loading={reload.isPending} aria-label="Load all plugins anew" title="Load all plugins anew">
            <Icon of="refresh" />
          </ActionIcon>
        </Group>
      )}
      {importing && (
        <Suspense>
          <Importer close={() => setImporting(false)} />
        </Suspense>
      )}
    </Group>
  );
}

function Tools({ choice, change, trouble }: { choice: Choice; change: (choice: Choice) => void; trouble: number }) {
  return (
    <Group gap="sm" className="tools">
      <TextInput
        flex="1 1 220px"
        type="search"
        placeholder="Search by name, author or description"
        aria-label="Search plugins"
        leftSection={<Icon of="search" size={16} />}
        value={choice.text}
        onChange={(e) => change({ ...choice, text: e.currentTarget.value })}
      />
      <NativeSelect
        aria-label="Show"
        flex="0 1 180px"
        value={choice.show}
        onChange={(e) => change({ ...choice, show: e.currentTarget.value as Show })}
        data={[
          { value: "all", label: "All plugins" },
          { value: "enabled", label: "Enabled" },
          { value: "disabled", label: "Disabled" },
          { value: "trouble", label: `With problems (${trouble})` },
        ]}
      />
      <NativeSelect
        aria-label="Sort"
        flex="0 1 160px"
        value={choice.order}
        onChange={(e) => change({ ...choice, order: e.currentTarget.value as Order })}
        data={[
          { value: "name", label: "By name" },
          { value: "state", label: "By state" },
          { value: "author", label: "By author" },
        ]}
      />
    </Group>
  );
}

function Nothing() {
  return (
    <Empty title="No plugins yet">
      Import a zip archive with the button above, or put a folder with a <code>main.go</code> or a <code>plugin.py</code> into the plugins folder: its path is
      what the host printed when it started. It shows up here by itself.
    </Empty>
  );
}
