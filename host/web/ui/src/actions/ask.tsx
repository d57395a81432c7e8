// What is asked before an action runs: its parameters, and whether it shall.

import { Button, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { Dialog } from "../frame/dialog";
import { Notice } from "../frame/notice";
import { ApiError, messageOf } from "../api/client";
import type { Action, Json, Plugin } from "../api/types";
import { Fields } from "../settings/form";
import { FormStore } from "../settings/store";
import { paramsOf, questionOf } from "./confirm";

interface Props {
  plugin: Plugin;
  action: Action;
  close: () => void;
  run: (params: Json) => Promise<void>;
}

export default function Ask({ plugin, action, close, run }: Props) {
  const question = questionOf(plugin, action);
  const params = paramsOf(action);
  const [store] = useState(() => new FormStore(params ?? {}, {}));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      await run(store.all());
      close();
    } catch (thrown) {
      const wrong = thrown instanceof ApiError ? (thrown.body.errors ?? []) : [];
      store.setErrors(wrong);
      setError(wrong.length > 0 ? "Some values have to be corrected." : messageOf(thrown));
      setBusy(false);
    }
  };
  return (
    <Dialog close={close} title={question?.title ?? action.label} size={params ? "lg" : "md"}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack>
          {question && <Text style={{ whiteSpace: "pre-line" }}>{question.message}</Text>}
          {error !== null && (
            <Notice color="red" role="alert">
              {error}
            </Notice>
          )}
          {params && <Fields store={store} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={busy} data-autofocus={params ? undefined : true}>
              {question ? "Confirm" : "Run"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
