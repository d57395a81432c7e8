// The files of a plugin, to be read, and the versions of it that ran.

import { Badge, Group, Paper, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { call } from "../api/client";
import { pathOf, useRuns } from "../api/queries";
import type { Plugin } from "../api/types";
import { Empty, Failed, Waiting } from "../frame/states";
import { ago, fullTime } from "../runs/words";
import { bytesOf, versionsOf } from "./versions";

interface File {
  path: string;
  /** Bytes. */
  size: number;
  modified_at: string;
}

const kept = 500; // runs that the host keeps of a plugin

export default function Files({ plugin }: { plugin: Plugin }) {
  const [open, setOpen] = useState<string | null>(null);
  const files = useQuery({
    // An edit makes another version of the plugin's entry; that it changed is worth asking for.
    queryKey: ["plugin", plugin.key, "files"],
    queryFn: ({ signal }) => call<{ files: File[]; more: boolean }>(`${pathOf(plugin.key)}files/`, { signal }),
    enabled: !plugin.missing,
    refetchInterval: 10_000,
  });
  if (plugin.missing) {
    return <Empty title="The folder is gone" />;
  }
  if (files.isPending) {
    return <Waiting what="the files" />;
  }
  if (!files.data) {
    return <Failed what="The files" error={files.error} retry={() => files.refetch()} />;
  }
  return (
    <Stack>
      {files.isError && <Failed what="The files" error={files.error} retry={() => files.refetch()} />}
      <Stack gap="xs" component="section" aria-label="Files">
        <Table fz="sm" verticalSpacing={4} layout="fixed" aria-label="Files">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>File</Table.Th>
              <Table.Th w={84}>Size</Table.Th>
              <Table.Th w={150} visibleFrom="xs">
                Written
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {files.data.files.map((file) => (
              <Table.Tr key={file.path}>
                <Table.Td className="break">
                  <button type="button" className="text-link bare" aria-expanded={open === file.path} onClick={() => setOpen(open === file.path ? null : file.path)}>
                    {file.path}
                  </button>
                </Table.Td>
                <Table.Td>{bytesOf(file.size)}</Table.Td>
                <Table.Td visibleFrom="xs" title={fullTime(file.modified_at)}>
                  {ago(file.modified_at)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {files.data.files.length === 0 && <Empty title="No files" />}
        {files.data.more && <Text size="sm">There are more; these are the first.</Text>}
      </Stack>
      {open !== null && <Content plugin={plugin.key} path={open} />}
      <Versions plugin={plugin} />
    </Stack>
  );
}

function Content({ plugin, path }: { plugin: string; path: string }) {
  const file = useQuery({
    queryKey: ["plugin", plugin, "file", path],
    queryFn: ({ signal }) => call<File & { text: string | null; cut: boolean }>(`${pathOf(plugin)}file/?${new URLSearchParams({ path })}`, { signal }),
    refetchInterval: 10_000,
  });
  if (file.isPending) {
    return <Waiting what={path} />;
  }
  if (file.isError) {
    return <Failed what={path} error={file.error} retry={() => file.refetch()} />;
  }
  const { text, cut } = file.data;
  return (
    <Stack gap="xs" component="section" aria-label={path}>
      <Title order={2} size="h5" className="break">
        {path}
      </Title>
      {text === null ? (
        <Text size="sm">This is no text. Export the plugin to have it.</Text>
      ) : (
        <pre className="source tall" tabIndex={0} aria-label={`Content of ${path}`}>
          {text}
        </pre>
      )}
      {cut && text !== null && <Text size="sm">Only the beginning is shown. Export the plugin to have all of it.</Text>}
    </Stack>
  );
}

function Versions({ plugin }: { plugin: Plugin }) {
  const runs = useRuns(plugin.key, kept);
  const versions = versionsOf(runs.data ?? []);
  return (
    <Stack gap="xs" component="section" aria-label="Versions">
      <Title order={2} size="h5">
        Versions that ran
      </Title>
      {versions.length === 0 && (
        <Text size="sm" c="dimmed">
          None yet.
        </Text>
      )}
      {versions.map((version) => (
        <Paper withBorder p="xs" key={version.version}>
          <Group justify="space-between" gap="xs">
            <Group gap="sm">
              <Text size="sm" fw={500} className="break">
                {version.version === "" ? "Without a number" : `v${version.version.replace(/^v/, "")}`}
              </Text>
              {version.version === plugin.version && plugin.loaded && (
                <Badge variant="default" tt="none">
                  serves now
                </Badge>
              )}
            </Group>
            <Text size="xs" c="dimmed">
              {version.runs === 1 ? "1 run" : `${version.runs} runs`}
              {version.failed > 0 && `, ${version.failed} failed`}, {version.engines.join(" and ")}, last {ago(version.last)}
            </Text>
          </Group>
        </Paper>
      ))}
    </Stack>
  );
}
