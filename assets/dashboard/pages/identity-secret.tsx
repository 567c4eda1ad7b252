import { text } from "texts:settings";
import { callClient, clientPath } from "../api";
import type { Schemas } from "../contract";
import { useQuery } from "../query";
import { Secret } from "../ui/copy";
import { QueryView } from "../ui/states";

/** The secret that names a site's signed-in users; read when it is shown. */
export function IdentitySecret({ client }: { readonly client: string }) {
  const { query, reload } = useQuery<Schemas["SnippetView"]>(clientPath(client, "/api/embed-snippet"), (signal) => callClient(client, "get", "/api/embed-snippet", { signal }));
  return <QueryView query={query} onRetry={reload} lines={1}>{({ identity_secret }) => <Secret value={identity_secret} label={text.identity} />}</QueryView>;
}
