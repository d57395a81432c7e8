// The settings of a plugin: the form, what is wrong in it, and how it is saved.

import { Button, Group, List, Stack, Text, TextInput } from "@mantine/core";
import { useCallback, useRef, useState } from "react";

import { Dialog } from "../frame/dialog";
import { Notice } from "../frame/notice";
import { ApiError } from "../api/client";
import { useSaveSettings } from "../api/queries";
import type { Plugin } from "../api/types";
import { Icon } from "../frame/icons";
import { Empty } from "../frame/states";
import { complain, say } from "../frame/toast";
import { useGuard } from "../router";
import { FormOf } from "./asked";
import { Fields } from "./form";
import { FormStore, sentence, useChanged, useErrorCount } from "./store";

const searchable = 15; // fields from which on a search helps

export default function Settings({ plugin }: { plugin: Plugin }) {
  const [{ store, edition }, setForm] = useState(() => ({ store: storeOf(plugin), edition: fingerprint(plugin) }));
  // What somebody else saved, or a new version of the form, replaces this one unless it holds edits.
  const now = fingerprint(plugin);
  if (now !== edition && !store.isChanged() && now !== JSON.stringify([store.schema, store.all(), store.secrets, store.errorList()])) {
    setForm({ store: storeOf(plugin), edition: now });
  }
  if (plugin.settings === null) {
    return <Empty title="Only an admin sees settings" />;
  }
  if (Object.keys(plugin.schema.properties ?? {}).length === 0) {
    return <Empty title="Nothing to set">{plugin.enabled ? "This plugin has no settings." : "Enable the plugin to see what can be set."}</Empty>;
  }
  return (
    <FormOf value={plugin.key}>
      <Editor key={edition} plugin={plugin} store={store} />
    </FormOf>
  );
}

function storeOf(plugin: Plugin): FormStore {
  const store = new FormStore(plugin.schema, plugin.settings ?? {}, plugin.secrets ?? {});
  store.setErrors(plugin.settings_errors ?? []);
  return store;
}

function fingerprint(plugin: Plugin): string {
  return JSON.stringify([plugin.schema, plugin.settings, plugin.secrets, plugin.settings_errors]);
}

function Editor({ plugin, store }: { plugin: Plugin; store: FormStore }) {
  const [words, setWords] = useState("");
  const save = useSaveSettings(plugin);
  const send = useCallback(async (): Promise<boolean> => {
    const posted = store.all();
    try {
      const saved = await save.mutateAsync(posted);
      store.setErrors([]);
      store.wasSaved(saved.settings, posted, saved.secrets);
      say("Saved", `Settings of ${plugin.name}`);
      return true;
    } catch (error) {
      const wrong = error instanceof ApiError ? error.body.errors : undefined;
      if (wrong && wrong.length > 0) {
        store.setErrors(wrong);
        setWords("");
        requestAnimationFrame(() => jump(wrong[0]?.field ?? ""));
      } else {
        complain("Not saved", error);
      }
      return false;
    }
  }, [plugin.name, save, store]);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Stack>
        {Object.keys(store.schema.properties ?? {}).length >= searchable && (
          <TextInput
            type="search"
            aria-label="Search settings"
            placeholder="Search settings"
            leftSection={<Icon of="search" size={16} />}
            value={words}
            onChange={(e) => setWords(e.currentTarget.value)}
          />
        )}
        <Wrong store={store} />
        <Fields store={store} words={words.trim()} />
        <Foreign store={store} />
      </Stack>
      <Bar store={store} busy={save.isPending} reset={() => resetTo(store, plugin)} />
      <Leave store={store} save={send} />
    </form>
  );
}

function resetTo(store: FormStore, plugin: Plugin): void {
  const values = plugin.settings ?? {};
  store.wasSaved(values, store.all());
  store.setErrors(plugin.settings_errors ?? []);
}

/** Moves to a field. */
function jump(field: string): void {
  const element = document.getElementById(`field-${field}`);
  element?.scrollIntoView({ block: "center" });
  element?.focus({ preventScroll: true });
}

function Wrong({ store }: { store: FormStore }) {
  const count = useErrorCount(store);
  if (count === 0) {
    return null;
  }
  return (
    <Notice color="red" role="alert" title={count === 1 ? "One value has to be corrected" : `${count} values have to be corrected`}>
      <List size="sm">
        {store.errorList().map(({ field, message }) => (
          <List.Item key={field}>
            {field === "" ? (
              sentence(`the values ${message}`)
            ) : (
              <>
                <Button size="compact-sm" variant="transparent" px={0} onClick={() => jump(field)}>
                  {field}
                </Button>{" "}
                {message}
              </>
            )}
          </List.Item>
        ))}
      </List>
    </Notice>
  );
}

/** Saved values that the form does not know. */
function Foreign({ store }: { store: FormStore }) {
  const [names, setNames] = useState(() => Object.keys(store.all()).filter((name) => !Object.hasOwn(store.schema.properties ?? {}, name)));
  if (names.length === 0) {
    return null;
  }
  return (
    <Notice color="gray" title="Saved values that this form does not know">
      <Group justify="space-between">
        <Text size="sm" className="break">
          {names.join(", ")}. They are kept; an older version of the plugin may have saved them.
        </Text>
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            names.forEach((name) => store.set([name], undefined));
            setNames([]);
          }}
        >
          Remove them
        </Button>
      </Group>
    </Notice>
  );
}

function Bar({ store, busy, reset }: { store: FormStore; busy: boolean; reset: () => void }) {
  const changed = useChanged(store);
  return (
    <Group className="bar" justify="space-between" mt="md">
      <Text size="sm" c="dimmed" role="status">
        {changed ? "There are unsaved changes." : ""}
      </Text>
      <Group gap="xs">
        <Button variant="default" disabled={!changed || busy} onClick={reset}>
          Discard
        </Button>
        <Button type="submit" disabled={!changed} loading={busy}>
          Save
        </Button>
      </Group>
    </Group>
  );
}

/** Asks before unsaved changes are left behind. */
function Leave({ store, save }: { store: FormStore; save: () => Promise<boolean> }) {
  const changed = useChanged(store);
  const [asking, setAsking] = useState(false);
  const answer = useRef<(leave: boolean) => void>(() => undefined);
  const ask = useCallback(
    () =>
      new Promise<boolean>((resolve) => {
        answer.current = resolve;
        setAsking(true);
      }),
    [],
  );
  useGuard(changed, ask);
  const close = (leave: boolean) => {
    setAsking(false);
    answer.current(leave);
  };
  if (!asking) {
    return null;
  }
  return (
    <Dialog close={() => close(false)} title="Leave without saving?">
      <Stack>
        <Text size="sm">The changes in this form are not saved.</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => close(false)} data-autofocus>
            Stay
          </Button>
          <Button variant="default" color="red" onClick={() => close(true)}>
            Leave
          </Button>
          <Button onClick={() => void save().then(close)}>Save and leave</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
