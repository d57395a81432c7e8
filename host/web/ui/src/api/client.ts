// Sends requests to the host, as whoever is logged in.

import { setReached } from "./reach";
import { endOf, session, setSession } from "./session";
import type { Fault, FieldError, Problem } from "./types";

/** The body of an answer that says no; which keys there are depends on who says it. */
export interface Refusal {
  error?: string;
  message?: string;
  detail?: string;
  code?: string;
  fault?: Fault;
  traceback?: string;
  output?: string[];
  problems?: Problem[];
  errors?: FieldError[];
}

/** Why a request did not do what it was to do. Its message is for people and says what to do next. */
export class ApiError extends Error {
  /** The HTTP status; 0 when no answer came. */
  readonly status: number;
  /** The short reason, word for word as the host or the plugin gave it. */
  readonly short: string;
  readonly body: Refusal;

  constructor(status: number, body: Refusal) {
    super(sentence(status, body));
    this.name = "ApiError";
    this.status = status;
    this.short = body.error ?? body.detail ?? this.message;
    this.body = body;
  }
}

function sentence(status: number, body: Refusal): string {
  if (status === 0) {
    return "The host does not answer. Look whether it is running, then try again.";
  }
  if (status === 401 && body.code === "token_not_valid") {
    return "The login has ended: log in again.";
  }
  if (body.detail && body.message) {
    return `${body.detail} ${body.message}`;
  }
  return body.message ?? body.error ?? body.detail ?? perField(body) ?? `The host answered with status ${status}.`;
}

/** Reads answers of the shape {"username": ["…"]}. */
function perField(body: object): string | null {
  const parts = Object.entries(body).flatMap(([field, said]) =>
    Array.isArray(said) ? [`${field}: ${said.filter((s) => typeof s === "string").join(" ")}`] : [],
  );
  return parts.length > 0 ? parts.join("; ") : null;
}

export interface Options {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  /** The body, as JSON. */
  json?: unknown;
  /** The body, as a form with files. */
  form?: FormData;
  signal?: AbortSignal;
}

/** Sends a request and returns the answer, whatever its kind; throws ApiError when it says no. */
export async function send(path: string, options: Options = {}): Promise<Response> {
  const token = await freshToken();
  let response = await once(path, options, token);
  if (response.status === 401 && token !== null) {
    // It may have been revoked before its end.
    const next = await refreshed();
    if (next !== null && next !== token) {
      response = await once(path, options, next);
    }
    if (response.status === 401) {
      setSession(null);
    }
  }
  if (!response.ok) {
    throw new ApiError(response.status, await refusal(response));
  }
  return response;
}

/** Sends a request and returns the JSON of its answer; null for an answer without one. */
export async function call<T>(path: string, options: Options = {}): Promise<T> {
  const response = await send(path, options);
  return (response.status === 204 ? null : await response.json()) as T;
}

/** Asks something that needs nobody to be known. */
export async function open<T>(path: string, options: Options = {}): Promise<T> {
  const response = await once(path, options, null);
  if (!response.ok) {
    throw new ApiError(response.status, await refusal(response));
  }
  return (await response.json()) as T;
}

async function once(path: string, options: Options, token: string | null): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (token !== null) {
    headers.Authorization = `Bearer ${token}`;
  }
  let body: BodyInit | null = options.form ?? null;
  if (options.json !== undefined) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(options.json);
  }
  try {
    const response = await fetch(path, { method: options.method ?? "GET", headers, body, signal: options.signal ?? null });
    setReached(true);
    return response;
  } catch (error) {
    if (options.signal?.aborted) {
      throw error;
    }
    setReached(false);
    throw new ApiError(0, {});
  }
}

async function refusal(response: Response): Promise<Refusal> {
  try {
    const body: unknown = await response.json();
    return typeof body === "object" && body !== null ? body : {};
  } catch {
    return {};
  }
}

const margin = 20_000; // ms before its end in which a token is not used any more
let refreshing: Promise<string | null> | null = null;

/** Returns an access token that still holds for a while; null when nobody is logged in. */
export async function freshToken(): Promise<string | null> {
  const current = session();
  if (current === null) {
    return null;
  }
  const end = endOf(current.access);
  return end !== 0 && end - Date.now() < margin ? refreshed() : current.access;
}

/** Gets a new access token, once for all who ask at the same time. */
function refreshed(): Promise<string | null> {
  refreshing ??= refresh().finally(() => {
    refreshing = null;
  });
  return refreshing;
}

async function refresh(): Promise<string | null> {
  const current = session();
  if (current === null) {
    return null;
  }
  try {
    const { access } = await open<{ access: string }>("/api/accounts/token/refresh/", {
      method: "POST",
      json: { refresh: current.refresh },
    });
    setSession({ access, refresh: current.refresh });
    return access;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      setSession(null); // the login is over
      return null;
    }
    throw error;
  }
}

/** What to say about anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
