// The one request of the reference.

export type Outcome = { readonly kind: "ok"; readonly value: unknown } | { readonly kind: "failed" };

export async function getDocument(signal: AbortSignal): Promise<Outcome> {
  try {
    const response = await fetch("/api/openapi.json", { signal, headers: { accept: "application/json" } });
    return response.ok ? { kind: "ok", value: (await response.json()) as unknown } : { kind: "failed" };
  } catch {
    return { kind: "failed" };
  }
}
