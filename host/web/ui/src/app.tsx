// Which view is shown, and to whom.

import { lazy, Suspense, useState, type ComponentType, type LazyExoticComponent } from "react";

import { useLoggedIn } from "./api/session";
import { Boundary } from "./frame/boundary";
import { Shell } from "./frame/shell";
import { Empty, Waiting } from "./frame/states";
import { List } from "./plugins/list";
import { Link, useView } from "./router";
import type { Detail, Page, View } from "./views";

const Entry = lazy(() => import("./auth/entry"));
const PluginPage = lazy(() => import("./plugin/page"));
const RunPage = lazy(() => import("./runs/page"));

const details: Record<Detail, LazyExoticComponent<ComponentType<{ id: number }>>> = {
  channel: lazy(() => import("./lineup/channel")),
  profile: lazy(() => import("./lineup/profile")),
  playlist: lazy(() => import("./lineup/playlist")),
  guide: lazy(() => import("./lineup/guidepage")),
};

const shown: Record<Page, LazyExoticComponent<ComponentType>> = {
  channels: lazy(() => import("./lineup/channels")),
  streams: lazy(() => import("./lineup/streams")),
  groups: lazy(() => import("./lineup/groups")),
  logos: lazy(() => import("./lineup/logos")),
  playlists: lazy(() => import("./lineup/playlists")),
  guides: lazy(() => import("./lineup/guides")),
  jobs: lazy(() => import("./jobs/jobs")),
  schedules: lazy(() => import("./jobs/schedules")),
  events: lazy(() => import("./jobs/events")),
  users: lazy(() => import("./host/users")),
  keys: lazy(() => import("./host/keys")),
  settings: lazy(() => import("./host/settings")),
};

/** The one-time token of the link that the host prints; it leaves the address at once. */
function takeToken(): string | null {
  const query = new URLSearchParams(window.location.search);
  const token = query.get("setup");
  if (token !== null) {
    window.history.replaceState(window.history.state, "", window.location.pathname);
  }
  return token;
}

const linkToken = takeToken();

export function App() {
  const loggedIn = useLoggedIn();
  const [token, setToken] = useState(linkToken);
  const view = useView();
  if (!loggedIn || token !== null) {
    return (
      <Suspense>
        <Entry token={token} done={() => setToken(null)} />
      </Suspense>
    );
  }
  return (
    <Shell>
      <Boundary of={JSON.stringify(view)}>
        <Suspense fallback={<Waiting what="the page" />}>
          <Shown view={view} />
        </Suspense>
      </Boundary>
    </Shell>
  );
}

function Shown({ view }: { view: View }) {
  switch (view.name) {
    case "plugins":
      return <List />;
    case "plugin":
      return <PluginPage key={view.key} id={view.key} tab={view.tab} />;
    case "run":
      return <RunPage key={view.id} id={view.id} />;
    case "page": {
      const Page = shown[view.page];
      return <Page />;
    }
    case "unknown":
      return (
        <Empty title="There is nothing here">
          The address may have a mistake. <Link href="/plugins">All plugins</Link>
        </Empty>
      );
    default: {
      const Detail = details[view.name];
      return <Detail key={view.id} id={view.id} />;
    }
  }
}
