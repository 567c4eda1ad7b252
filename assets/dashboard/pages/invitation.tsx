import { useState } from "react";
import { text as roles } from "texts:common";
import { text } from "texts:sign_in";
import { fill } from "../../shared/strings";
import { call } from "../api";
import type { Invitation, Session } from "../contract";
import { formatCode } from "../format";
import { useAction, useQuery } from "../query";
import { navigate } from "../router";
import { signOut, startSession, useSessionState } from "../session";
import { Button, ButtonLink } from "../ui/button";
import { TextInput } from "../ui/field";
import { Form } from "../ui/form";
import { QueryView } from "../ui/states";
import { notifyFailure } from "../ui/toast";
import { Door } from "./door";

type Props = { readonly token: string; readonly path: string; readonly invitation: Invitation };

/** Reading the invitation changes nothing; accepting it is the form's post. */
export function InvitationPage({ token }: { readonly token: string }) {
  const path = `/api/invitations/${encodeURIComponent(token)}`;
  const { query, reload } = useQuery(path, (signal) => call<Invitation>("get", path, { signal }));
  const isGone = query.kind === "failed" && [401, 404, 410].includes(query.failure.status);
  if (isGone) {
    return (
      <Door title={text.invitation_gone_title}>
        <p className="lead">{text.invitation_gone}</p>
        <ButtonLink href="#/sign-in">{text.to_sign_in}</ButtonLink>
      </Door>
    );
  }
  const title = query.kind === "ready" ? fill(text.invitation_title, { organisation: query.value.organisation }) : text.invitation;
  return (
    <Door title={title}>
      <QueryView query={query} onRetry={reload}>{(invitation) => <Offer token={token} path={path} invitation={invitation} />}</QueryView>
    </Door>
  );
}

function Offer(props: Props) {
  const { invitation } = props;
  const state = useSessionState();
  const person = state.kind === "signed_in" ? state.session.person : null;
  const isThem = person?.email.toLowerCase() === invitation.email.toLowerCase();
  const role = (roles.roles as Readonly<Record<string, string>>)[invitation.role] ?? formatCode(invitation.role);
  return (
    <>
      <p className="lead">{fill(text.invitation_lead, { inviter: invitation.inviter, role, email: invitation.email })}</p>
      {invitation.message && <blockquote className="quote">{invitation.message}</blockquote>}
      {invitation.is_known && !isThem
        ? <SignInFirst {...props} presentEmail={person?.email ?? null} />
        : <Accept {...props} knownName={invitation.is_known ? (person?.name ?? "") : null} />}
    </>
  );
}

/** The address has a login: only that person may take the invitation, so nobody else can by its link. */
function SignInFirst({ token, invitation, presentEmail }: Props & { readonly presentEmail: string | null }) {
  const go = async () => {
    const failure = presentEmail === null ? null : await signOut();
    if (failure) return notifyFailure(failure.message);
    navigate(`/sign-in?email=${encodeURIComponent(invitation.email)}&next=${encodeURIComponent(`/invitation/${token}`)}`);
  };
  return (
    <>
      <p>{presentEmail === null ? fill(text.known, { email: invitation.email }) : fill(text.known_other, { email: invitation.email, present: presentEmail })}</p>
      <Button look="primary" onPress={() => void go()}>{fill(text.sign_in_as, { email: invitation.email })}</Button>
    </>
  );
}

/** `knownName` is null for somebody new, who says how they want to be called. */
function Accept({ path, knownName }: Props & { readonly knownName: string | null }) {
  const [name, setName] = useState(knownName ?? "");
  const { action, run } = useAction();
  const accept = async () => {
    const outcome = await run((signal) => call<Session>("post", path, { body: { name: name.trim() }, signal, isDoor: true }));
    if (outcome.kind !== "ok") return;
    startSession(outcome.value);
    navigate("/", "replace");
  };
  return (
    <Form action={action} fields={["/name"]} onSubmit={() => void accept()}>
      {knownName === null && <TextInput name="/name" label={text.your_name} value={name} onChange={setName} isRequired maxLength={100} autoComplete="name" autoFocus />}
      <Button type="submit" look="primary" isBusy={action.kind === "busy"}>{knownName === null ? text.accept : text.accept_known}</Button>
    </Form>
  );
}
