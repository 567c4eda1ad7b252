import { useState } from "react";
import { text as roles } from "texts:common";
import { text } from "texts:sign_in";
import { fill } from "../../shared/strings";
import { call } from "../api";
import type { Invitation, Session } from "../contract";
import { formatCode } from "../format";
import { useAction, useQuery } from "../query";
import { navigate } from "../router";
import { startSession } from "../session";
import { Button, ButtonLink } from "../ui/button";
import { TextInput } from "../ui/field";
import { Form } from "../ui/form";
import { QueryView } from "../ui/states";
import { Door } from "./sign-in";

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
      <QueryView query={query} onRetry={reload}>{(invitation) => <Accept path={path} invitation={invitation} />}</QueryView>
    </Door>
  );
}

function Accept({ path, invitation }: { readonly path: string; readonly invitation: Invitation }) {
  const [name, setName] = useState("");
  const { action, run } = useAction();
  const accept = async () => {
    const outcome = await run((signal) => call<Session>("post", path, { body: { name }, signal }));
    if (outcome.kind !== "ok") return;
    startSession(outcome.value);
    navigate("/", "replace");
  };
  const role = (roles.roles as Readonly<Record<string, string>>)[invitation.role] ?? formatCode(invitation.role);
  return (
    <Form action={action} fields={["/name"]} onSubmit={() => void accept()}>
      <p className="lead">{fill(text.invitation_lead, { inviter: invitation.inviter, role, email: invitation.email })}</p>
      {invitation.message && <blockquote className="quote">{invitation.message}</blockquote>}
      <TextInput name="/name" label={text.your_name} value={name} onChange={setName} isRequired maxLength={100} autoComplete="name" autoFocus />
      <Button type="submit" look="primary" isBusy={action.kind === "busy"}>{text.accept}</Button>
    </Form>
  );
}
