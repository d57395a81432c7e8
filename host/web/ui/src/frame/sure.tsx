// Asks before something is gone for good.

import { Button, Group, Stack, Text } from "@mantine/core";
import { useState, type ReactNode } from "react";

import { messageOf } from "../api/client";
import { Dialog } from "./dialog";
import { Notice } from "./notice";

interface Props {
  title: string;
  children: ReactNode;
  verb?: string;
  act: () => Promise<unknown>;
  close: () => void;
}

export function Sure({ title, children, verb = "Delete", act, close }: Props) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const go = async () => {
    setBusy(true);
    try {
      await act();
      close();
    } catch (thrown) {
      setError(messageOf(thrown));
      setBusy(false);
    }
  };
  return (
    <Dialog close={close} title={title}>
      <Stack>
        {error !== null && (
          <Notice color="red" role="alert">
            {error}
          </Notice>
        )}
        <Text size="sm">{children}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            Cancel
          </Button>
          <Button color="red" loading={busy} onClick={() => void go()}>
            {verb}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
