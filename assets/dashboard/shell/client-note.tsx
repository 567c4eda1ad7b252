import { text } from "texts:shell";
import { fill } from "../../shared/strings";
import type { Client } from "../contract";
import { formatDay } from "../format";
import { Badge } from "../ui/states";

/** What the agency's people keep in mind while they are with a client that is served unlike the others. */
export function ClientNote({ client }: { readonly client: Client }) {
  const { service, purpose, plan } = client;
  if (service === "self_serve" && purpose === "live" && plan === null) return null;
  return (
    <div className="client-note" role="note">
      {purpose !== "live" && <p><Badge tone="warn">{text.notes[purpose].name}</Badge> {text.notes[purpose].means}</p>}
      {service === "managed" && <p><Badge tone="busy">{text.notes.managed.name}</Badge> {text.notes.managed.means}</p>}
      {plan !== null && <p><Badge>{text.notes[plan].name}</Badge> {planWords(client)}</p>}
    </div>
  );
}

/** What becomes of an account that began with a sign-up. */
function planWords({ plan, trial_ends_at }: Client): string {
  if (plan === "free") return text.notes.free.means;
  const isRunning = trial_ends_at !== null && Date.parse(trial_ends_at) > Date.now();
  return isRunning ? fill(text.notes.trial.running, { day: formatDay(trial_ends_at) }) : text.notes.trial.over;
}
