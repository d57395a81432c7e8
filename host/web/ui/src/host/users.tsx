// Who may come in.

import { Badge, Button, Group, Paper, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { call } from "../api/client";
import { useMe } from "../api/queries";
import type { JsonObject, Schema, User } from "../api/types";
import { Heading } from "../frame/head";
import { Icon } from "../frame/icons";
import { Failed, Waiting } from "../frame/states";
import { Sure } from "../frame/sure";
import { Tool } from "../lineup/sourcecard";
import { ago } from "../runs/words";
import { Editor } from "../settings/editor";

interface Person extends User {
  email: string;
  is_active: boolean;
  last_login: string | null;
}

const users = "/api/accounts/users/";

const levels: Record<string, string> = { 0: "Streamer", 1: "Standard", 10: "Admin" };

const form: Schema = {
  type: "object",
  properties: {
    username: { type: "string", title: "User name", "x-required": true },
    password: { type: "string", title: "Password", writeOnly: true, description: "8 characters or more." },
    user_level: {
      type: "integer",
      title: "Level",
      description: "Streamers only watch; standard users see this page and change nothing; admins may do everything.",
      enum: [0, 1, 10],
      "x-enum-labels": levels,
      default: 1,
    },
    email: { type: "string", title: "E-mail" },
    is_active: { type: "boolean", title: "May come in", default: true },
  },
};

export default function Users() {
  const client = useQueryClient();
  const list = useQuery({ queryKey: ["users"], queryFn: ({ signal }) => call<Person[]>(users, { signal }) });
  const me = useMe();
  const change = useMutation({
    mutationFn: ({ id, method, values }: { id?: number; method: "POST" | "PATCH" | "DELETE"; values?: JsonObject }) =>
      call(id === undefined ? users : `${users}${id}/`, { method, ...(values ? { json: values } : {}) }),
    onSettled: () => client.invalidateQueries({ queryKey: ["users"] }),
  });
  const [editing, setEditing] = useState<Person | "new" | null>(null);
  const [removing, setRemoving] = useState<Person | null>(null);
  if (list.isPending) {
    return <Waiting what="the users" />;
  }
  if (!list.data) {
    return <Failed what="The users" error={list.error} retry={() => list.refetch()} />;
  }
  return (
    <Stack gap={0} maw={900} mx="auto">
      <Heading title="Users">
        <Button leftSection={<Icon of="plus" size={16} />} onClick={() => setEditing("new")}>
          Add a user
        </Button>
      </Heading>
      <Stack gap="xs">
        {list.data.map((user) => (
          <Paper withBorder p="sm" key={user.id} component="article" aria-label={user.username}>
            <Group justify="space-between" gap="xs">
              <Group gap="sm">
                <Text fw={600} className="break">
                  {user.username}
                </Text>
                <Badge variant="default" tt="none">
                  {levels[user.user_level] ?? user.user_level}
                </Badge>
                {!user.is_active && (
                  <Badge variant="default" tt="none">
                    Locked out
                  </Badge>
                )}
                <Text size="xs" c="dimmed">
                  {user.last_login === null ? "never logged in" : `logged in ${ago(user.last_login)}`}
                </Text>
              </Group>
              <Group gap={0}>
                <Tool of="pencil" label={`Edit ${user.username}`} act={() => setEditing(user)} />
                <Tool of="trash" label={`Delete ${user.username}`} disabled={user.id === me.data?.id} act={() => setRemoving(user)} />
              </Group>
            </Group>
          </Paper>
        ))}
      </Stack>
      {editing !== null && (
        <Editor
          title={editing === "new" ? "Add a user" : `Edit ${editing.username}`}
          verb={editing === "new" ? "Add" : "Save"}
          schema={form}
          values={editing === "new" ? { user_level: 1 } : (editing as unknown as JsonObject)}
          secrets={{ password: editing !== "new" }}
          save={(values) => change.mutateAsync(editing === "new" ? { method: "POST", values } : { id: editing.id, method: "PATCH", values })}
          close={() => setEditing(null)}
        />
      )}
      {removing !== null && (
        <Sure title={`Delete ${removing.username}?`} act={() => change.mutateAsync({ id: removing.id, method: "DELETE" })} close={() => setRemoving(null)}>
          Their API keys go with them.
        </Sure>
      )}
    </Stack>
  );
}
