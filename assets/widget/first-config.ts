// The first script's one request, in few bytes: how this widget looks.

import type { Failure } from "./contract";
import { fieldsOf, textOf } from "./values";

const TIMEOUT_MS = 15_000;

export type Loaded =
  | { readonly kind: "ok"; readonly config: unknown }
  | { readonly kind: "failed"; readonly failure: Failure["kind"]; readonly code: string };

export async function loadConfig(origin: string, clientId: string): Promise<Loaded> {
  const url = `${origin}/api/widget/config/${encodeURIComponent(clientId)}`;
  try {
    const response = await fetch(url, { mode: "cors", credentials: "omit", signal: AbortSignal.timeout(TIMEOUT_MS) });
    const config: unknown = await response.json();
    if (response.ok) return { kind: "ok", config };
    const failure = response.status === 429 ? "rate_limited" : response.status < 500 ? "refused" : "unavailable";
    return { kind: "failed", failure, code: textOf(fieldsOf(config)["code"]) };
  } catch {
    const failure = navigator.onLine ? "unavailable" : "offline";
    return { kind: "failed", failure, code: failure };
  }
}
