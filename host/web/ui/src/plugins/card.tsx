// One plugin in the list.

import { ActionIcon, Anchor, Badge, Button, Card, Group, Stack, Text } from "@mantine/core";
import { lazy, memo, Suspense, useState } from "react";

import type { Plugin } from "../api/types";
import { Icon } from "../frame/icons";
import { Link } from "../router";
import { pluginPath } from "../views";
import { Logo } from "./logo";
import { PluginSwitch } from "./switch";
import { TroubleView } from "./trouble";
import { engineOf, safeLink, states } from "./words";

const Remove = lazy(() => import("./remove"));

/** A plugin as a card. It is drawn again only when the host says something new of it. */
export const PluginCard = memo(function PluginCard({ plugin, admin }: { plugin: Plugin; admin: boolean }) {
  const dim = !plugin.enabled || plugin.missing;
  return (
    <Card withBorder padding="md" component="article" className="card" aria-label={plugin.name} data-plugin={plugin.key}>
      <Stack gap="sm" h="100%" className={dim ? "dim" : ""}>
        <div className="keep">
          <Head plugin={plugin} admin={admin} />
        </div>
        {plugin.description && (
          <Text size="sm" className="clamp" title={plugin.description}>
            {plugin.description}
          </Text>
        )}
        <Badges plugin={plugin} />
        {plugin.error && (
          <div className="keep">
            <TroubleView trouble={plugin.error} serves={plugin.loaded} brief />
          </div>
        )}
        <Notes plugin={plugin} />
        {admin && (
          <div className="keep" style={{ marginTop: "auto" }}>
            <Buttons plugin={plugin} />
          </div>
        )}
      </Stack>
    </Card>
  );
});

function Head({ plugin, admin }: { plugin: Plugin; admin: boolean }) {
  const docs = safeLink(plugin.help_url);
  return (
    <Group justify="space-between" wrap="nowrap" align="flex-start">
      <Group gap="sm" wrap="nowrap" miw={0}>
        <Logo plugin={plugin} />
        <div style={{ minWidth: 0 }}>
          <Text fw={650} component="h2" m={0} size="md" lh={1.25} className="break">
            <Link href={pluginPath(plugin.key)} className="plain">
              {plugin.name}
            </Link>
          </Text>
          <Group gap={8} fz="sm" c="dimmed" component="span">
            {plugin.author && <span className="break">{plugin.author}</span>}
            {docs && (
              <Anchor href={docs} target="_blank" rel="noreferrer" size="sm" underline="always" aria-label={`Docs of ${plugin.name}`}>
                Docs
              </Anchor>
            )}
          </Group>
        </div>
      </Group>
      {admin && <PluginSwitch plugin={plugin} />}
    </Group>
  );
}

export function Badges({ plugin }: { plugin: Plugin }) {
  const state = states[plugin.state];
  const engine = engineOf(plugin);
  return (
    <Group gap={6}>
      <Badge color={state.color} variant="dot" title={state.means} data-state={plugin.state} tt="none">
        {state.label}
      </Badge>
      {plugin.version && (
        <Badge color="gray" variant="default" tt="none">
          v{plugin.version.replace(/^v/, "")}
        </Badge>
      )}
      {engine && (
        <Badge color="gray" variant="default" tt="none">
          {engine}
        </Badge>
      )}
    </Group>
  );
}

/** What looks wrong, in words. */
export function notesOf(plugin: Plugin): string[] {
  const notes = [...plugin.warnings];
  if (plugin.missing) {
    notes.unshift("Its folder is gone. Import it again, or uninstall it to forget its settings.");
  } else if (plugin.legacy && plugin.runtime === "python" && !plugin.enabled) {
    notes.push("Without a plugin.json only its source says what it is.");
  }
  return notes;
}

function Notes({ plugin }: { plugin: Plugin }) {
  const notes = notesOf(plugin);
  return notes.slice(0, 3).map((note, i) => (
    <Group key={i} gap={6} wrap="nowrap" align="flex-start" fz="sm" c={plugin.missing ? "var(--mantine-color-error)" : "inherit"}>
      <span style={{ flex: "none", paddingTop: 2 }}>
        <Icon of="warning" size={15} />
      </span>
      <span className="clamp">{note}</span>
    </Group>
  ));
}

function Buttons({ plugin }: { plugin: Plugin }) {
  const [removing, setRemoving] = useState(false);
  const usable = plugin.enabled && !plugin.missing;
  const settings = usable && Object.keys(plugin.schema.properties ?? {}).length > 0;
  return (
    <Group justify="space-between" wrap="nowrap" gap="xs">
      <Group gap="xs">
        <To path={pluginPath(plugin.key, "settings")} on={settings} label="Settings" name={plugin.name} />
        <To path={pluginPath(plugin.key, "actions")} on={usable && plugin.actions.length > 0} label="Actions" name={plugin.name} />
      </Group>
      <ActionIcon
        variant="subtle"
        color="red"
        size="lg"
        onClick={() => setRemoving(true)}
        aria-label={`Uninstall ${plugin.name}`}
        title="Uninstall"
      >
        <Icon of="trash" />
      </ActionIcon>
      {removing && (
        <Suspense>
          <Remove plugin={plugin} close={() => setRemoving(false)} />
        </Suspense>
      )}
    </Group>
  );
}

/** A button that leads somewhere; one that leads nowhere yet is no link. */
function To({ path, on, label, name }: { path: string; on: boolean; label: string; name: string }) {
  if (!on) {
    return (
      <Button size="xs" variant="default" disabled>
        {label}
      </Button>
    );
  }
  return (
    <Button size="xs" variant="default" component={Link} href={path} aria-label={`${label} of ${name}`}>
      {label}
    </Button>
  );
}
