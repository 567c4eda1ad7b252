import { call } from "../api";
import type { Client } from "../contract";
import { useQuery, type Reader } from "../query";

/** A client as it stands, under the key that the shell reads it by. */
export function useClientView(client: string): Reader<Client> & { readonly path: string } {
  const path = `/api/clients/${encodeURIComponent(client)}`;
  return { path, ...useQuery<Client>(path, (signal) => call<Client>("get", path, { signal })) };
}
