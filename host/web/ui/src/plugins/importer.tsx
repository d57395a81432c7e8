// Imports a plugin from a zip archive.

import { Button, Group, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type DragEvent } from "react";

import { Dialog } from "../frame/dialog";
import { Notice } from "../frame/notice";
import { ApiError, call, messageOf } from "../api/client";
import type { Plugin } from "../api/types";
import { Icon } from "../frame/icons";
import { go } from "../router";
import { pluginPath } from "../views";
import { TroubleView } from "./trouble";
import { useSwitch } from "./switch";

interface Imported {
  plugin: Plugin;
  was_managed: boolean;
}

type Step =
  | { at: "choose"; error?: string }
  | { at: "sending"; file: File }
  | { at: "exists"; file: File; error: string }
  | { at: "done"; plugin: Plugin; replaced: boolean; wasManaged: boolean };

export default function Importer({ close }: { close: () => void }) {
  const [step, setStep] = useState<Step>({ at: "choose" });
  const client = useQueryClient();
  const upload = async (file: File, overwrite: boolean) => {
    setStep({ at: "sending", file });
    const form = new FormData();
    form.set("overwrite", String(overwrite));
    form.set("file", file, file.name);
    try {
      const answer = await call<Imported>("/api/plugins/plugins/import/", { method: "POST", form });
      setStep({ at: "done", plugin: answer.plugin, replaced: overwrite, wasManaged: answer.was_managed });
      await client.invalidateQueries({ queryKey: ["plugins"] });
      await client.invalidateQueries({ queryKey: ["plugin", answer.plugin.key] });
    } catch (error) {
      const exists = error instanceof ApiError && error.short.includes("already exists");
      setStep(exists ? { at: "exists", file, error: error.short } : { at: "choose", error: messageOf(error) });
    }
  };
  return (
    <Dialog close={close} title="Import a plugin" size="lg" closeOnClickOutside={step.at !== "sending"}>
      {(step.at === "choose" || step.at === "sending") && (
        <Choose sending={step.at === "sending" ? step.file.name : null} error={step.at === "choose" ? step.error : undefined} take={(file) => void upload(file, false)} />
      )}
      {step.at === "exists" && <Exists error={step.error} back={() => setStep({ at: "choose" })} replace={() => void upload(step.file, true)} />}
      {step.at === "done" && <Done step={step} close={close} />}
    </Dialog>
  );
}

function Choose({ sending, error, take }: { sending: string | null; error: string | undefined; take: (file: File) => void }) {
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file && sending === null) {
      take(file);
    }
  };
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        A zip archive with a plugin in Go or Python. It is imported switched off: nothing of it runs until you enable it. Plugins come from strangers, so import
        only what you know.
      </Text>
      {error !== undefined && (
        <Notice color="red" role="alert" title="Not imported">
          {error}
        </Notice>
      )}
      <label
        className={over ? "drop over" : "drop"}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <input
          className="hidden-input"
          type="file"
          accept=".zip,application/zip"
          disabled={sending !== null}
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            event.currentTarget.value = ""; // the same file can be chosen again
            if (file) {
              take(file);
            }
          }}
        />
        <Icon of="upload" size={28} />
        <Text fw={600}>{sending === null ? "Drop a zip archive here" : `Importing ${sending}…`}</Text>
        <Text size="sm" c="dimmed">
          {sending === null ? "or click to choose a file" : "This takes a moment."}
        </Text>
      </label>
    </Stack>
  );
}

function Exists({ error, back, replace }: { error: string; back: () => void; replace: () => void }) {
  const key = /'([^']+)'/.exec(error)?.[1];
  return (
    <Stack>
      <Notice color="orange" title="This plugin is here already">
        {key === undefined ? error : `There is a plugin "${key}".`} Replacing it deletes its folder and keeps its settings. If it is enabled, the new version
        runs at once.
      </Notice>
      <Group justify="flex-end">
        <Button variant="default" onClick={back} data-autofocus>
          Keep the old one
        </Button>
        <Button color="orange" onClick={replace}>
          Replace it
        </Button>
      </Group>
    </Stack>
  );
}

function Done({ step, close }: { step: Extract<Step, { at: "done" }>; close: () => void }) {
  const [plugin, setPlugin] = useState(step.plugin);
  const { request, question, busy } = useSwitch(plugin);
  const client = useQueryClient();
  // The switch puts what the host answers into the cache; this dialog shows it too.
  const current = client.getQueryData<Plugin[]>(["plugins"])?.find((p) => p.key === plugin.key) ?? plugin;
  if (current.enabled && !plugin.enabled) {
    setPlugin(current);
  }
  const open = () => {
    close();
    void go(pluginPath(plugin.key));
  };
  return (
    <Stack>
      <Notice color="green" title={step.replaced ? `${plugin.name} was replaced` : `${plugin.name} was imported`}>
        {plugin.enabled ? "It is enabled." : "It is switched off: enable it to use it."}
      </Notice>
      {step.wasManaged && (
        <Notice color="orange">It came from a repository before. From now on you update it yourself.</Notice>
      )}
      {plugin.error && <TroubleView trouble={plugin.error} serves={plugin.loaded} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          Close
        </Button>
        {plugin.enabled ? (
          <Button onClick={open}>Open it</Button>
        ) : (
          <Button onClick={() => request(true)} loading={busy}>
            Enable it
          </Button>
        )}
      </Group>
      {question}
    </Stack>
  );
}
