// The API keys of whoever is logged in: a new one is shown once.

import { Badge, Button, Code, CopyButton, Group, Paper, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { call } from "../api/client";
import { useAdmin } from "../api/queries";
import type { JsonObject, Schema } from "../api/types";
import { Heading } from "../frame/head";
import { Icon } from "../frame/icons";
import { Notice } from "../frame/notice";
import { Empty, Failed, Waiting } from "../frame/states";
import { Sure } from "../frame/sure";
import { ago } from "../runs/words";
import { Editor } from "../settings/editor";

interface Key {
  id: number;
  name: string;
  /** How it begins. */
  prefix: string;
  scope: string;
  created_at: string;
  last_used_at: string | null;
}

const keys = "/api/accounts/api-keys/";

const scopes: Record<string, string> = { read: "Look", run: "Look and run actions", admin: "Everything its user may" };

function formFor(admin: boolean): Schema {
  return {
    type: "object",
    properties: {
      name: { type: "string", title: "Name", description: "What it is for." },
      scope: { type: "string", title: "What it allows", enum: admin ? ["read", "run", "admin"] : ["read", "admin"], "x-enum-labels": scopes, default: "read" },
    },
  };
}

export default function Keys() {
  const client = useQueryClient();
  const admin = useAdmin();
  const list = useQuery({ queryKey: ["keys"], queryFn: async ({ signal }) => (await call<{ keys: Key[] }>(keys, { signal })).keys });
  const change = useMutation({
    mutationFn: ({ path, values }: { path: string; values: JsonObject }) => call<{ key?: string }>(`${keys}${path}/`, { method: "POST", json: values }),
    onSettled: () => client.invalidateQueries({ queryKey: ["keys"] }),
  });
  const [adding, setAdding] = useState(false);
  const [revoking, setRevoking] = useState<Key | null>(null);
  const [made, setMade] = useState<string | null>(null);
  if (list.isPending) {
    return <Waiting what="your keys" />;
  }
  if (!list.data) {
    return <Failed what="Your keys" error={list.error} retry={() => list.refetch()} />;
  }
  const add = (
    <Button leftSection={<Icon of="plus" size={16} />} onClick={() => setAdding(true)}>
      Make a key
    </Button>
  );
  return (
    <Stack gap={0} maw={900} mx="auto">
      <Heading title="API keys">{list.data.length > 0 && add}</Heading>
      {made !== null && <Made text={made} done={() => setMade(null)} />}
      {list.data.length === 0 && (
        <Empty title="No keys yet" action={add}>
          With a key, programs use this host as you do: send it as <Code>X-API-Key</Code>.
        </Empty>
      )}
      <Stack gap="xs">
        {list.data.map((key) => (
          <Paper withBorder p="sm" key={key.id} component="article" aria-label={key.name || key.prefix}>
            <Group justify="space-between" gap="xs">
              <Group gap="sm">
                <Text fw={600} className="break">
                  {key.name || "Without a name"}
                </Text>
                <Code>{key.prefix}…</Code>
                <Badge variant="default" tt="none">
                  {scopes[key.scope] ?? key.scope}
                </Badge>
                <Text size="xs" c="dimmed">
                  made {ago(key.created_at)}, {key.last_used_at === null ? "never used" : `used ${ago(key.last_used_at)}`}
                </Text>
              </Group>
              <Button size="xs" variant="default" c="var(--mantine-color-error)" onClick={() => setRevoking(key)} aria-label={`Revoke ${key.name || key.prefix}`}>
                Revoke
              </Button>
            </Group>
          </Paper>
        ))}
      </Stack>
      {adding && (
        <Editor
          title="Make a key"
          verb="Make it"
          schema={formFor(admin)}
          values={{}}
          save={async (values) => setMade((await change.mutateAsync({ path: "generate", values: { scope: "read", ...values } })).key ?? "")}
          close={() => setAdding(false)}
        />
      )}
      {revoking !== null && (
        <Sure title={`Revoke ${revoking.name || revoking.prefix}?`} verb="Revoke" act={() => change.mutateAsync({ path: "revoke", values: { id: revoking.id } })} close={() => setRevoking(null)}>
          Programs that use it are refused from now on.
        </Sure>
      )}
    </Stack>
  );
}

function Made({ text, done }: { text: string; done: () => void }) {
  return (
    <Notice color="green" role="status" title="Your new key">
      <Stack gap="xs" mb="md">
        <Text size="sm">Copy it now: the host keeps no copy, and shows it never again.</Text>
        <Code block aria-label="Key">
          {text}
        </Code>
        <Group gap="xs">
          <CopyButton value={text}>
            {({ copied, copy }) => (
              <Button size="xs" onClick={copy}>
                {copied ? "Copied" : "Copy"}
              </Button>
            )}
          </CopyButton>
          <Button size="xs" variant="default" onClick={done}>
            I have it
          </Button>
        </Group>
      </Stack>
    </Notice>
  );
}
