// Starts the page.

import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./frame/frame.css";

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { ApiError } from "./api/client";
import { followTabs } from "./api/session";
import { App } from "./app";
import { readable, theme } from "./frame/theme";
import { followHistory } from "./router";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // What the host refuses it refuses again; only a host that does not answer is asked once more.
      retry: (count, error) => count < 1 && error instanceof ApiError && error.status === 0,
      staleTime: 1000,
      networkMode: "always", // a host on this machine answers without a network, too
    },
    mutations: { networkMode: "always" },
  },
});

followTabs();
followHistory();

const root = document.getElementById("root");
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <MantineProvider theme={theme} cssVariablesResolver={readable} defaultColorScheme="auto">
          <Notifications position="top-right" containerWidth={360} />
          <App />
        </MantineProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
}
