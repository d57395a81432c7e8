// Asks before a plugin is uninstalled.

import { Button, Group, Stack, Text } from "@mantine/core";

import { Dialog } from "../frame/dialog";
import { useDelete } from "../api/queries";
import type { Plugin } from "../api/types";
import { complain, say } from "../frame/toast";

export default function Remove({ plugin, close, gone }: { plugin: Plugin; close: () => void; gone?: () => void }) {
  const remove = useDelete();
  const confirm = () =>
    remove.mutate(plugin.key, {
      onSuccess: () => {
        say("Plugin uninstalled", plugin.name);
        close();
        gone?.();
      },
      onError: (error) => complain(`${plugin.name} could not be uninstalled`, error),
    });
  return (
    <Dialog close={close} title={`Uninstall ${plugin.name}?`}>
      <Stack>
        <Text size="sm">Its folder, its settings and its log are deleted. Its runs stay until they are too old.</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            Cancel
          </Button>
          <Button color="red" loading={remove.isPending} onClick={confirm}>
            Uninstall
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
