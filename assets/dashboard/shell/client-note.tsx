import { text } from "texts:shell";
import type { Client } from "../contract";
import { Badge } from "../ui/states";

/** What the agency's people keep in mind while they are with a client that is served unlike the others. */
export function ClientNote({ client: { service, purpose } }: { readonly client: Client }) {
  if (service === "self_serve" && purpose === "live") return null;
  return (
    <div className="client-note" role="note">
      {purpose !== "live" && <p><Badge tone="warn">{text.notes[purpose].name}</Badge> {text.notes[purpose].means}</p>}
      {service === "managed" && <p><Badge tone="busy">{text.notes.managed.name}</Badge> {text.notes.managed.means}</p>}
    </div>
  );
}
