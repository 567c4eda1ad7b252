import { text } from "texts:operations";
import { fill } from "../../shared/strings";
import { call } from "../api";
import type { Schemas } from "../contract";
import { formatAgo, formatCount, formatNumber } from "../format";
import { usePolling } from "../live";
import { refresh, useAction, useQuery } from "../query";
import { useMay } from "../session";
import { Button } from "../ui/button";
import { FailureBanner } from "../ui/failure-banner";
import { Card } from "../ui/page";
import { Badge, QueryView } from "../ui/states";
import { notify } from "../ui/toast";

type Backups = Schemas["BackupsView"];

const PATH = "/api/backups";
const POLL_MS = 10_000;
const TONES = { off: "warn", waiting: "busy", good: "good", failing: "danger", late: "danger", unrestorable: "danger" } as const;

/** How the node's backups stand, and one more at once. */
export function BackupsCard() {
  const { query, reload } = useQuery(PATH, (signal) => call<Backups>("get", PATH, { signal }), usePolling(POLL_MS));
  return (
    <div className="backups">
      <Card title={text.backups}>
        <QueryView query={query} onRetry={reload} lines={2}>
          {(backups) => <State backups={backups} />}
        </QueryView>
      </Card>
    </div>
  );
}

function State({ backups: { health, plan, made_at, drilled_at, failure } }: { readonly backups: Backups }) {
  const may = useMay(null);
  const { action, run } = useAction();
  const backUp = async () => {
    const outcome = await run((signal) => call<Backups>("post", PATH, { signal }));
    if (outcome.kind !== "ok") return;
    notify(text.backup_begun);
    refresh(PATH);
    refresh("/api/jobs");
  };
  return (
    <>
      <p><Badge tone={TONES[health]}>{text.backup_health[health].title}</Badge> {text.backup_health[health].detail}</p>
      {failure !== null && <p className="error-text">{failure}</p>}
      {plan && (
        <>
          <dl className="facts">
            <div><dt>{text.backup_made}</dt><dd>{made_at === null ? text.never : formatAgo(made_at)}</dd></div>
            <div><dt>{text.backup_drilled}</dt><dd>{drilled_at === null ? text.never : formatAgo(drilled_at)}</dd></div>
            <div><dt>{text.backup_plan}</dt><dd>{fill(text.backup_plan_text, { hours: formatCount(plan.every_hours, text.each_hour, text.each_hours), keep: formatNumber(plan.keep) })}</dd></div>
            <div><dt>{text.backup_to}</dt><dd><code>{plan.to}</code></dd></div>
          </dl>
          {action.kind === "failed" && <FailureBanner failure={action.failure} />}
          {may("jobs:write") && (
            <div className="form-foot">
              <Button isBusy={action.kind === "busy"} onPress={() => void backUp()}>{text.back_up_now}</Button>
            </div>
          )}
        </>
      )}
    </>
  );
}
