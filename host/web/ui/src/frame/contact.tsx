// Says that the host does not answer, and looks until it does.

import { useQuery } from "@tanstack/react-query";

import { call } from "../api/client";
import { useConnected } from "../api/live";
import { useReached } from "../api/reach";
import type { User } from "../api/types";
import { Notice } from "./notice";

const soon = 2000; // ms between two looks while the host does not answer
const seldom = 15_000; // and while only news do not come, as behind some proxies

export function Contact() {
  const connected = useConnected();
  const reached = useReached();
  useQuery({
    queryKey: ["contact"],
    queryFn: ({ signal }) => call<User | null>("/api/accounts/users/me/", { signal }),
    enabled: !connected || !reached,
    refetchInterval: reached ? seldom : soon,
    initialData: null, // the first answer to anything says as much
    retry: false,
  });
  return reached ? null : (
    <div style={{ marginBottom: 16 }}>
      <Notice color="orange" role="alert" title="The host does not answer">
        What is shown may be old, and nothing can be changed. Look whether the host is running: the page finds it by itself, and loads anew what it shows.
      </Notice>
    </div>
  );
}
