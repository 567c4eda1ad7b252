// The page of the mail that hands a client its key. Reading it changes nothing, since programs that check mails open
// every link; the button makes the key, once. The key stands in the page's memory only.

import { useState } from "react";
import { text } from "texts:key_claim";
import { fill } from "../../shared/strings";
import { call } from "../api";
import type { ClaimedKey, KeyClaim } from "../contract";
import { formatMoment } from "../format";
import { useAction, useQuery } from "../query";
import { navigate, useLeaveGuard } from "../router";
import { Leaving } from "../shell/leaving";
import { Button, ButtonLink } from "../ui/button";
import { Secret } from "../ui/copy";
import { Form } from "../ui/form";
import { Banner, QueryView } from "../ui/states";
import { Door } from "./door";

export function KeyClaimPage({ token }: { readonly token: string }) {
  const path = `/api/key-claims/${encodeURIComponent(token)}`;
  const [made, setMade] = useState<ClaimedKey | null>(null);
  const [isGone, setGone] = useState(false);
  const { query, reload } = useQuery(path, (signal) => call<KeyClaim>("get", path, { signal, isDoor: true }));
  if (made) return <Made made={made} />;
  if (isGone || (query.kind === "failed" && query.failure.code === "link_invalid")) return <Gone />;
  return (
    <Door title={query.kind === "ready" ? fill(text.title_for, { client: query.value.client_name }) : text.title}>
      <QueryView query={query} onRetry={reload}>{(claim) => <Offer path={path} claim={claim} onMade={setMade} onGone={() => setGone(true)} />}</QueryView>
    </Door>
  );
}

function Offer({ path, claim, onMade, onGone }: { readonly path: string; readonly claim: KeyClaim; readonly onMade: (made: ClaimedKey) => void; readonly onGone: () => void }) {
  const { action, run } = useAction();
  const make = async () => {
    const outcome = await run((signal) => call<ClaimedKey>("post", path, { signal, isDoor: true }));
    if (outcome.kind === "ok") onMade(outcome.value);
    else if (outcome.kind === "failed" && outcome.failure.code === "link_invalid") onGone();
  };
  return (
    <Form action={action} fields={[]} onSubmit={() => void make()}>
      <p className="lead">{fill(text.lead, { agency: claim.agency_name, client: claim.client_name, email: claim.email })}</p>
      <p>{text.before}</p>
      <Button type="submit" look="primary" icon="key" autoFocus isBusy={action.kind === "busy"}>{text.show}</Button>
      <p className="hint">{fill(text.until, { moment: formatMoment(claim.expires_at) })}</p>
    </Form>
  );
}

function Made({ made }: { readonly made: ClaimedKey }) {
  useLeaveGuard(true, "key");
  return (
    <Door title={fill(text.made_title, { client: made.client_name })}>
      <Banner tone="warn"><p>{text.once}</p></Banner>
      <Secret value={made.api_key} label={text.key} />
      <p>{text.next}</p>
      {/* Whoever says so leaves without being asked again; the link's token leaves the history too. */}
      <Button look="primary" onPress={() => navigate("/sign-in", "replace")}>{text.kept}</Button>
      <Leaving />
    </Door>
  );
}

function Gone() {
  return (
    <Door title={text.gone_title}>
      <p className="lead">{text.gone}</p>
      <p>{text.gone_next}</p>
      <ButtonLink href="#/sign-in">{text.to_sign_in}</ButtonLink>
    </Door>
  );
}
