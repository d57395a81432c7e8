// Which view is shown, and to whom.

import { lazy, Suspense, useState } from "react";

import { useLoggedIn } from "./api/session";
import { Shell } from "./frame/shell";
import { Empty, Waiting } from "./frame/states";
import { List } from "./plugins/list";
import { Link, useView } from "./router";
import type { View } from "./views";

const Entry = lazy(() => import("./auth/entry"));
const PluginPage = lazy(() => import("./plugin/page"));
const RunPage = lazy(() => import("./runs/page"));

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
      <Suspense fallback={<Waiting what="the page" />}>
        <Shown view={view} />
      </Suspense>
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
    case "unknown":
      return (
        <Empty title="There is nothing here">
          The address may have a mistake. <Link href="/plugins">All plugins</Link>
        </Empty>
      );
  }
}
