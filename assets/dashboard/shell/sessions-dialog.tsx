import { text } from "texts:person";
import { fill } from "../../shared/strings";
import { call } from "../api";
import type { Page, SignedIn } from "../contract";
import { formatAgo, formatDay } from "../format";
import { useAction, useQuery } from "../query";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { FailureBanner } from "../ui/failure-banner";
import { Badge, QueryView } from "../ui/states";
import { notify } from "../ui/toast";

const KEY = "/api/sessions";

export function SessionsDialog({ onClose }: { readonly onClose: () => void }) {
  const { query, reload, set } = useQuery(KEY, (signal) => call<Page<SignedIn>>("get", KEY, { signal }));
  const { action, run } = useAction();
  const revoke = async (session: SignedIn) => {
    const outcome = await run((signal) => call<null>("delete", `${KEY}/${encodeURIComponent(session.id)}`, { signal }));
    if (outcome.kind !== "ok") return;
    notify(fill(text.session_ended, { device: session.device || text.unknown_device }));
    if (query.kind === "ready") set({ ...query.value, items: query.value.items.filter(({ id }) => id !== session.id) });
  };
  return (
    <Dialog title={text.sessions} onClose={onClose}>
      <div className="dialog-body">
        <p className="hint">{text.sessions_lead}</p>
        {action.kind === "failed" && <FailureBanner failure={action.failure} />}
        <QueryView query={query} onRetry={reload}>
          {({ items }) => (
            <ul className="rows">
              {items.map((session) => (
                <li key={session.id}>
                  <div>
                    <strong>{session.device || text.unknown_device}</strong> {session.is_current && <Badge tone="good">{text.this_device}</Badge>}
                    <p className="hint">{session.address} · {fill(text.last_seen, { ago: formatAgo(session.last_seen_at) })} · {fill(text.since, { day: formatDay(session.created_at) })}</p>
                  </div>
                  {!session.is_current && (
                    <Button isSmall isDisabled={action.kind === "busy"} aria-label={fill(text.end_session_of, { device: session.device || text.unknown_device })} onPress={() => void revoke(session)}>{text.end_session}</Button>
                  )}
                </li>
              ))}
            </ul>
          )}
        </QueryView>
      </div>
    </Dialog>
  );
}
