// Pictures of the host: an <img> sends no token, so they are fetched and handed over.

import { useQuery } from "@tanstack/react-query";

import { send } from "./client";
import { lane } from "./lane";

// A browser sends six requests to a host at a time: pictures that are slow to come leave room for the rest.
const few = lane(3);

/** The picture at a path as an address that an <img> takes; undefined while there is none. */
export function usePicture(queryKey: (string | number)[], path: string | null): string | undefined {
  return useQuery({
    queryKey,
    queryFn: ({ signal }) => few(signal, async () => dataOf(await (await send(path ?? "", { signal })).blob())),
    enabled: path !== null,
    staleTime: 3_600_000,
    gcTime: 600_000,
    retry: false,
    retryOnMount: false,
  }).data;
}

/** A data: address, which needs nobody to give it back. */
function dataOf(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => (typeof reader.result === "string" ? resolve(reader.result) : reject(new Error("the picture could not be read")));
    reader.onerror = () => reject(reader.error ?? new Error("the picture could not be read"));
    reader.readAsDataURL(blob);
  });
}
