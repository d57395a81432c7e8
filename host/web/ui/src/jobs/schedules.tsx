// The schedules: what is done by the clock, and when next.

import { Badge, Button, Group, Paper, Stack, Switch, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { call } from "../api/client";
import { useAdmin, usePlugins } from "../api/queries";
import type { JsonObject, Schema } from "../api/types";
import { Heading } from "../frame/head";
import { Icon } from "../frame/icons";
import { Empty, Failed, Waiting } from "../frame/states";
import { Sure } from "../frame/sure";
import { complain, say } from "../frame/toast";
import { ago, fullTime } from "../runs/words";
import { Editor } from "../settings/editor";
import { Tool } from "../lineup/sourcecard";
import { cronWords } from "./cron";
import { useJobNames, useSchedules } from "./queries";
import { schedulesPath, type Job, type Schedule } from "./types";
import { ahead, everyOf, type Names } from "./words";

export default function Schedules() {
  const schedules = useSchedules();
  const names = useJobNames();
  const admin = useAdmin();
  const [editing, setEditing] = useState<Schedule | "new" | null>(null);
  const [removing, setRemoving] = useState<Schedule | null>(null);
  const act = useAct();
  if (schedules.isPending) {
    return <Waiting what="the schedules" />;
  }
  if (!schedules.data) {
    return <Failed what="The schedules" error={schedules.error} retry={() => schedules.refetch()} />;
  }
  const add = admin && (
    <Button leftSection={<Icon of="plus" size={16} />} onClick={() => setEditing("new")}>
      Add a schedule
    </Button>
  );
  return (
    <Stack gap={0} maw={900} mx="auto">
      <Heading title="Schedules">{schedules.data.length > 0 && add}</Heading>
      {schedules.data.length === 0 && (
        <Empty title="No schedules yet" action={add}>
          Playlists and guides that refresh by themselves are listed here, and actions of plugins that run by the clock.
        </Empty>
      )}
      <Stack gap="sm">
        {schedules.data.map((schedule) => (
          <Card key={schedule.id} schedule={schedule} names={names} act={act} edit={() => setEditing(schedule)} remove={() => setRemoving(schedule)} />
        ))}
      </Stack>
      {editing !== null && <Edit schedule={editing} act={act} close={() => setEditing(null)} />}
      {removing !== null && (
        <Sure title={`Delete ${removing.name}?`} act={() => act.mutateAsync({ path: `${removing.id}/`, method: "DELETE" })} close={() => setRemoving(null)}>
          Nothing runs by it any more.
        </Sure>
      )}
    </Stack>
  );
}

interface Request {
  /** Below the schedules, as in 3/run/. */
  path: string;
  method: "POST" | "PATCH" | "DELETE";
  values?: JsonObject;
}

type Act = ReturnType<typeof useAct>;

function useAct() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ path, method, values }: Request) => call<unknown>(`${schedulesPath}${path}`, { method, ...(values ? { json: values } : {}) }),
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: ["schedules"] }), client.invalidateQueries({ queryKey: ["jobs"] })]),
  });
}

function nameOf(schedule: Schedule, names: Names): string {
  const number = Number(schedule.target);
  switch (schedule.owner) {
    case "m3u":
      return `Refresh playlist ${names.accounts.get(number) ?? schedule.target}`;
    case "epg":
      return `Refresh guide ${names.guides.get(number) ?? schedule.target}`;
    default:
      return schedule.name || schedule.target;
  }
}

function whenOf(schedule: Schedule): string {
  if (schedule.cron === "") {
    return everyOf(schedule.every_seconds);
  }
  const words = cronWords(schedule.cron);
  const zone = schedule.timezone === "" ? "" : `, ${schedule.timezone}`;
  return `${words === "" ? schedule.cron : `${words} (${schedule.cron})`}${zone}`;
}

interface CardProps {
  schedule: Schedule;
  names: Names;
  act: Act;
  edit: () => void;
  remove: () => void;
}

function Card({ schedule, names, act, edit, remove }: CardProps) {
  const admin = useAdmin();
  const name = nameOf(schedule, names);
  const run = () =>
    act.mutate(
      { path: `${schedule.id}/run/`, method: "POST" },
      { onSuccess: (job) => say("Queued", `${name}, job ${(job as Job).id}`), onError: (error) => complain("Not run", error) },
    );
  const pause = (paused: boolean) =>
    act.mutate({ path: `${schedule.id}/`, method: "PATCH", values: { paused } }, { onError: (error) => complain("Not changed", error) });
  return (
    <Paper withBorder p="md" component="article" aria-label={name}>
      <Stack gap={6}>
        <Group justify="space-between" gap="xs">
          <Group gap="sm">
            <Title order={2} size="h5" className="break">
              {name}
            </Title>
            {schedule.owner === "action" && (
              <Badge variant="default" tt="none">
                {schedule.target}
              </Badge>
            )}
          </Group>
          {admin && (
            <Group gap={6}>
              <Switch size="sm" label="On" aria-label={`${name} is on`} checked={!schedule.paused} onChange={(e) => pause(!e.currentTarget.checked)} />
              <Button size="xs" variant="default" onClick={run} aria-label={`Run now: ${name}`}>
                Run now
              </Button>
              {schedule.owner === "user" && (
                <>
                  <Tool of="pencil" label={`Edit ${name}`} act={edit} />
                  <Tool of="trash" label={`Delete ${name}`} act={remove} />
                </>
              )}
            </Group>
          )}
        </Group>
        <Text size="sm" className="break">
          {whenOf(schedule)}
        </Text>
        <Text size="sm" c="dimmed">
          {schedule.paused ? "Paused" : `Next ${ahead(schedule.next[0] ?? "")}: ${schedule.next.map((time) => fullTime(time)).join(" · ")}`}
          {schedule.last_at !== null && ` · last ${ago(schedule.last_at)}`}
        </Text>
      </Stack>
    </Paper>
  );
}

const when: Record<string, Schema> = {
  name: { type: "string", title: "Name", description: "For people; without one it is the plugin and the action." },
  cron: { type: "string", title: "When", "x-widget": "cron", "x-required": true },
  timezone: { type: "string", title: "Time zone", "x-placeholder": "as in Europe/Berlin; empty for the host’s own" },
  missed: {
    type: "string",
    title: "Times at which no host ran",
    enum: ["skip", "once", "all"],
    "x-enum-labels": { skip: "are skipped", once: "are made up for once", all: "are made up for, each of them" },
    default: "skip",
  },
};

/** Makes a schedule of an action, or changes one. */
function Edit({ schedule, act, close }: { schedule: Schedule | "new"; act: Act; close: () => void }) {
  const plugins = usePlugins();
  if (schedule !== "new") {
    return (
      <Editor
        title={`Edit ${schedule.name}`}
        schema={{ type: "object", properties: when }}
        values={schedule as unknown as JsonObject}
        save={(values) => act.mutateAsync({ path: `${schedule.id}/`, method: "PATCH", values })}
        close={close}
      />
    );
  }
  if (!plugins.data) {
    return null; // the form's choices are those that it begins with
  }
  const choices = plugins.data.flatMap((p) => (p.enabled ? p.actions.map((a) => ({ value: `${p.key}/${a.id}`, label: `${p.name}: ${a.label}` })) : []));
  const what: Schema = {
    type: "string",
    title: "Action",
    enum: choices.map((c) => c.value),
    "x-enum-labels": Object.fromEntries(choices.map((c) => [c.value, c.label])),
    "x-required": true,
    ...(choices.length === 0 ? { description: "No plugin that is enabled has an action." } : {}),
  };
  return (
    <Editor
      title="Add a schedule"
      verb="Add"
      schema={{ type: "object", properties: { what, ...when } }}
      values={{}}
      save={({ what: chosen, ...values }) => {
        const [plugin = "", ...action] = (typeof chosen === "string" ? chosen : "").split("/");
        return act.mutateAsync({ path: "", method: "POST", values: { cron: "", ...values, plugin, action: action.join("/") } });
      }}
      close={close}
    />
  );
}
