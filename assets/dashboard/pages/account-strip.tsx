// How the account stands, for a client's own people: who looks after it, until when a trial lasts, and how much of the
// day is used up where nobody pays for it.

import { useEffect, type ReactNode } from "react";
import { text } from "texts:overview";
import { fill } from "../../shared/strings";
import type { Client } from "../contract";
import { formatDay, formatNumber, nearOf } from "../format";
import { useSession } from "../session";
import { Icon, type IconName } from "../ui/icons";

const DAY_MS = 86_400_000;
/** So much later the day is over by the server's clock too. */
const AFTER_MIDNIGHT_MS = 5_000;
const words = text.account;

/** `account` is null until it is read. Where it cannot be read, the page goes without it. */
export function AccountStrip({ isServed, account, onDayOver }: { readonly isServed: boolean; readonly account: Client | null; readonly onDayOver: () => void }) {
  const { agency } = useSession();
  const agencyName = agency?.name || text.your_agency;
  if (!isServed && (account === null || account.caps === null)) return null;
  return (
    <div className="account-strip" role="note" aria-label={words.title}>
      {isServed && <Line icon="people">{fill(text.served, { agency: agencyName })}<Ask words={text.served_ask} /></Line>}
      {account?.plan === "trial" && (
        <Line icon="jobs">
          {isRunning(account) ? fill(words.trial_running, { day: formatDay(account.trial_ends_at ?? "") }) : words.trial_over}
          {!isServed && <Ask words={words.trial_ask} otherwise={agency?.name ? fill(words.trial_ask_agency, { agency: agency.name }) : words.trial_ask_nameless} />}
        </Line>
      )}
      {account !== null && account.purpose !== "live" && <Line icon="info">{words[account.purpose]}</Line>}
      {account !== null && account.caps !== null && <Day account={account} caps={account.caps} onOver={onDayOver} />}
    </div>
  );
}

function isRunning({ trial_ends_at }: Client): boolean {
  return trial_ends_at !== null && Date.parse(trial_ends_at) > Date.now();
}

function Line({ icon, children }: { readonly icon: IconName; readonly children: ReactNode }) {
  return <div><Icon name={icon} /><div className="grow">{children}</div></div>;
}

/** The agency's address; `otherwise` where it has named none. */
function Ask({ words: before, otherwise = null }: { readonly words: string; readonly otherwise?: string | null }) {
  const { support_email } = useSession().product;
  if (support_email === "") return otherwise && ` ${otherwise}`;
  return <> {before} <a href={`mailto:${support_email}`}>{support_email}</a></>;
}

/** Answers are counted by day in UTC; when the next one begins is said by the reader's clock. */
function Day({ account, caps, onOver }: { readonly account: Client; readonly caps: NonNullable<Client["caps"]>; readonly onOver: () => void }) {
  const { answers_per_day: most, answers_today: used } = caps;
  useEffect(() => {
    const timer = setTimeout(onOver, nextDay() - Date.now() + AFTER_MIDNIGHT_MS);
    return () => clearTimeout(timer);
  }, [account, onOver]);
  const isUsedUp = used >= most;
  return (
    <Line icon={isUsedUp ? "alert" : "chat"}>
      {account.plan === "free" && `${words.free} `}
      {isUsedUp ? fill(words.day_used_up, { most: formatNumber(most), ...nearOf(nextDay()) }) : fill(words.day, { most: formatNumber(most), used: formatNumber(used) })}
      <progress className="bar" aria-label={words.day_used} max={most} value={Math.min(used, most)} />
    </Line>
  );
}

function nextDay(): number {
  return (Math.floor(Date.now() / DAY_MS) + 1) * DAY_MS;
}
