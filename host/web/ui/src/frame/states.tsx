// What stands where there is nothing to show: waiting, nothing there, or an error.

import { Button, Center, Loader, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

import { Notice } from "./notice";
import { messageOf } from "../api/client";

export function Waiting({ what }: { what: string }) {
  return (
    <Center mih={200} role="status" aria-label={`Loading ${what}`}>
      <Loader />
    </Center>
  );
}

export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <Center mih={220} px="md">
      <Stack align="center" gap="xs" maw={520} ta="center">
        <Title order={2} size="h4">
          {title}
        </Title>
        <Text c="dimmed" component="div">
          {children}
        </Text>
        {action}
      </Stack>
    </Center>
  );
}

export function Failed({ what, error, retry }: { what: string; error: unknown; retry?: () => unknown }) {
  return (
    <Notice color="red" title={`${what} could not be loaded`} role="alert">
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{messageOf(error)}</Text>
        {retry && (
          <Button size="xs" variant="default" onClick={() => void retry()}>
            Try again
          </Button>
        )}
      </Stack>
    </Notice>
  );
}
