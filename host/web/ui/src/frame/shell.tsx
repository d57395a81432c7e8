// The frame around every view: the bar at the top, the bar at the side.

import { ActionIcon, AppShell, Burger, Group, NavLink, Text, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { call } from "../api/client";
import { useNews } from "../api/follow";
import { useAdmin, useMe } from "../api/queries";
import { setSession } from "../api/session";
import { go, Link, useView } from "../router";
import type { View } from "../views";
import { Contact } from "./contact";
import { Icon, type IconName } from "./icons";
import mark from "./icon.svg";

export function Shell({ children }: { children: ReactNode }) {
  const [opened, { toggle, close }] = useDisclosure();
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
        <AppShell.Section grow style={{ overflowY: "auto" }}>
          <Entries close={close} />
        </AppShell.Section>
        <AppShell.Section>
          <Person />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <Contact />
        {children}
      </AppShell.Main>
    </AppShell>
  );
}

// The first under a heading is there for everybody.
const entries: { path: string; label: string; icon: IconName; under?: string; admin?: boolean }[] = [
  { path: "plugins", label: "Plugins", icon: "plug" },
  { path: "channels", label: "Channels", icon: "screen", under: "Lineup" },
  { path: "streams", label: "Streams", icon: "link" },
  { path: "groups", label: "Groups", icon: "folder" },
  { path: "logos", label: "Logos", icon: "picture" },
  { path: "playlists", label: "Playlists", icon: "list" },
  { path: "guides", label: "Guides", icon: "log" },
  { path: "jobs", label: "Jobs", icon: "play", under: "Work" },
  { path: "schedules", label: "Schedules", icon: "clock" },
  { path: "events", label: "Events", icon: "bell" },
  { path: "keys", label: "API keys", icon: "key", under: "Host" },
  { path: "users", label: "Users", icon: "person", admin: true },
  { path: "settings", label: "Settings", icon: "sliders", admin: true },
];

/** The entry of the bar that a view belongs to. */
function entryOf(view: View): string {
  switch (view.name) {
    case "plugin":
    case "run":
      return "plugins";
    case "profile":
      return "groups";
    case "channel":
    case "playlist":
    case "guide":
      return `${view.name}s`;
    case "page":
      return view.page;
    default:
      return view.name;
  }
}

function Entries({ close }: { close: () => void }) {
  const here = entryOf(useView());
  const admin = useAdmin();
  return entries
    .filter((entry) => admin || entry.admin !== true)
    .map(({ path, label, icon, under }) => (
      <div key={path}>
        {under !== undefined && (
          <Text size="xs" fw={700} c="dimmed" px="sm" pt="md" pb={4}>
            {under}
          </Text>
        )}
        <NavLink
          component={Link}
          href={`/${path}`}
          label={label}
          leftSection={<Icon of={icon} />}
          active={here === path}
          aria-current={here === path ? "page" : undefined}
          variant="light"
          py={6}
          onClick={close}
        />
      </div>
    ));
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
