import { call } from "../api";
import type { Client } from "../contract";
import { useQuery, type Reader } from "../query";

/** A client as it stands, under the key that the shell reads it by; nothing is read unless `isWanted`. */
export function useClientView(client: string, isWanted = true): Reader<Client> & { readonly path: string } {
  const path = `/api/clients/${encodeURIComponent(client)}`;
  return { path, ...useQuery<Client>(isWanted ? path : null, (signal) => call<Client>("get", path, { signal })) };
}
