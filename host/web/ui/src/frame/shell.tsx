// The frame around every view: the bar at the top, the bar at the side.

import { ActionIcon, AppShell, Burger, Group, NavLink, Text, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { call } from "../api/client";
import { useNews } from "../api/follow";
import { useMe } from "../api/queries";
import { setSession } from "../api/session";
import { go, Link, useView } from "../router";
import { Icon } from "./icons";
import mark from "./icon.svg";

export function Shell({ children }: { children: ReactNode }) {
  const [opened, { toggle, close }] = useDisclosure();
  const view = useView();
  useNews();
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: "sm", collapsed: { mobile: !opened } }}
      padding={{ base: "sm", sm: "lg" }}
      transitionDuration={0}
    >
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Menu" aria-expanded={opened} />
            <Link href="/plugins" className="plain">
              <Group gap={10} wrap="nowrap">
                <img src={mark} width={28} height={28} alt="" />
                <Text fw={700} size="lg">
                  Pluggarr
                </Text>
              </Group>
            </Link>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <SchemeButton />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label="Pages">
        <AppShell.Section grow>
          <NavLink
            component={Link}
            href="/plugins"
            label="Plugins"
            leftSection={<Icon of="plug" />}
            active={view.name !== "unknown"}
            variant="light"
            onClick={close}
          />
        </AppShell.Section>
        <AppShell.Section>
          <Person />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        {children}
      </AppShell.Main>
    </AppShell>
  );
}

function SchemeButton() {
  const scheme = useComputedColorScheme("light");
  const { setColorScheme } = useMantineColorScheme();
  const next = scheme === "dark" ? "light" : "dark";
  return (
    <ActionIcon variant="subtle" color="gray" size="lg" onClick={() => setColorScheme(next)} aria-label={`Use ${next} colours`} title={`Use ${next} colours`}>
      <Icon of={scheme === "dark" ? "sun" : "moon"} />
    </ActionIcon>
  );
}

function Person() {
  const me = useMe();
  const client = useQueryClient();
  const leave = async () => {
    await go("/plugins");
    await call("/api/accounts/auth/logout/", { method: "POST" }).catch(() => null); // it only says so
    setSession(null);
    client.clear();
  };
  return (
    <Group justify="space-between" wrap="nowrap" px="xs">
      <Text size="sm" c="dimmed" truncate>
        {me.data?.username}
      </Text>
      <ActionIcon variant="subtle" color="gray" size="lg" onClick={() => void leave()} aria-label="Log out" title="Log out">
        <Icon of="out" />
      </ActionIcon>
    </Group>
  );
}
