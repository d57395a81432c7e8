// One plugin in the list.

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

/** A plugin as a card. There may be hundreds, so it is made of plain elements where a library's cost too much, and it is
 * drawn again only when the host says something new of it. */
export const PluginCard = memo(function PluginCard({ plugin, admin }: { plugin: Plugin; admin: boolean }) {
  const dim = !plugin.enabled || plugin.missing;
  return (
    <article className={dim ? "card dim" : "card"} aria-label={plugin.name} data-plugin={plugin.key}>
      <Head plugin={plugin} admin={admin} />
      {plugin.description && (
        <div className="clamp" title={plugin.description}>
          {plugin.description}
        </div>
      )}
      <Badges plugin={plugin} />
      {plugin.error && (
        <div className="keep">
          <TroubleView trouble={plugin.error} serves={plugin.loaded} brief />
        </div>
      )}
      <Notes plugin={plugin} />
      {admin && <Buttons plugin={plugin} />}
    </article>
  );
});

function Head({ plugin, admin }: { plugin: Plugin; admin: boolean }) {
  const docs = safeLink(plugin.help_url);
  return (
    <div className="card-head keep">
      <Logo plugin={plugin} />
      <div className="card-name">
        <h2>
          <Link href={pluginPath(plugin.key)} className="plain break">
            {plugin.name}
          </Link>
        </h2>
        <span className="by break">
          <bdi>{plugin.author}</bdi>
          {docs && (
            <>
              {" "}
              <a href={docs} target="_blank" rel="noreferrer" aria-label={`Docs of ${plugin.name}`}>
                Docs
              </a>
            </>
          )}
        </span>
      </div>
      {admin && <PluginSwitch plugin={plugin} />}
    </div>
  );
}

export function Badges({ plugin }: { plugin: Plugin }) {
  const state = states[plugin.state];
  const engine = engineOf(plugin);
  return (
    <div className="pills">
      <span className="pill" title={state.means} data-state={plugin.state}>
        <span className="dot" style={{ background: `var(--mantine-color-${state.color}-6)` }} />
        {state.label}
      </span>
      {plugin.version && <span className="pill">v{plugin.version.replace(/^v/, "")}</span>}
      {engine && <span className="pill">{engine}</span>}
    </div>
  );
}

/** What looks wrong, in words. */
export function notesOf(plugin: Plugin): string[] {
  const notes = [...plugin.warnings];
  if (!plugin.missing && plugin.legacy && plugin.runtime === "python" && !plugin.enabled) {
    notes.push("Without a plugin.json only its source says what it is.");
  }
  return notes;
}

function Notes({ plugin }: { plugin: Plugin }) {
  return notesOf(plugin)
    .slice(0, 3)
    .map((note, i) => (
      <div key={i} className="note">
        <Icon of="warning" size={15} />
        <span className="clamp">{note}</span>
      </div>
    ));
}

function Buttons({ plugin }: { plugin: Plugin }) {
  const [removing, setRemoving] = useState(false);
  const usable = plugin.enabled && !plugin.missing;
  const settings = usable && Object.keys(plugin.schema.properties ?? {}).length > 0;
  return (
    <div className="card-buttons keep">
      <To path={pluginPath(plugin.key, "settings")} on={settings} label="Settings" name={plugin.name} />
      <To path={pluginPath(plugin.key, "actions")} on={usable && plugin.actions.length > 0} label="Actions" name={plugin.name} />
      <button type="button" className="remove" onClick={() => setRemoving(true)} aria-label={`Uninstall ${plugin.name}`} title="Uninstall">
        <Icon of="trash" />
      </button>
      {removing && (
        <Suspense>
          <Remove plugin={plugin} close={() => setRemoving(false)} />
        </Suspense>
      )}
    </div>
  );
}

/** A button that leads somewhere; one that leads nowhere yet is no link. */
function To({ path, on, label, name }: { path: string; on: boolean; label: string; name: string }) {
  if (!on) {
    return (
      <button type="button" className="small-button" disabled>
        {label}
      </button>
    );
  }
  return (
    <Link href={path} className="small-button" aria-label={`${label} of ${name}`}>
      {label}
    </Link>
  );
}
