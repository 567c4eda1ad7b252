import { useId, useRef } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { mergeProps } from "react-aria/mergeProps";
import { useOverlayTrigger } from "react-aria/useOverlayTrigger";
import { useOverlayTriggerState } from "react-stately/useOverlayTriggerState";
import { text } from "texts:shell";
import { call } from "../api";
import type { Client, Session } from "../contract";
import { initialOf } from "../format";
import { useQuery } from "../query";
import { agencyMembership, clientMemberships } from "../session";
import { Icon } from "../ui/icons";
import { fetchedBy, later } from "../ui/later";
import { useWas } from "../ui/menu-button";
import { PageFailure } from "../ui/page-failure";

const SwitcherPopover = later(() => import("./switcher-popover").then((it) => it.SwitcherPopover));

export function ClientSwitcher({ session, client }: { readonly session: Session; readonly client: string | null }) {
  const name = useClientName(session, client);
  if (!agencyMembership(session) && clientMemberships(session).length < 2) return <p className="client-name">{name}</p>;
  return <SwitcherButton session={session} client={client} name={name} />;
}

function SwitcherButton({ session, client, name }: { readonly session: Session; readonly client: string | null; readonly name: string }) {
  const trigger = useRef<HTMLButtonElement>(null);
  const id = useId();
  const state = useOverlayTriggerState({});
  const { triggerProps, overlayProps } = useOverlayTrigger({ type: "dialog" }, state, trigger);
  const wasOpened = useWas(state.isOpen);
  return (
    <>
      <AriaButton {...mergeProps(triggerProps, fetchedBy(SwitcherPopover))} id={id} ref={trigger} className="switcher">
        <span className="switcher-mark" aria-hidden="true">{client === null ? <Icon name="search" /> : initialOf(name)}</span>
        <span className="switcher-name">{client === null ? text.choose_client : name}</span>
        {client !== null && <span className="visually-hidden">{text.switch_client}</span>}
        <Icon name="chevron" />
      </AriaButton>
      {wasOpened && (
        <PageFailure isPart>
          <SwitcherPopover session={session} client={client} trigger={trigger} id={overlayProps.id} labelledBy={id} isOpen={state.isOpen} onOpenChange={state.setOpen} />
        </PageFailure>
      )}
    </>
  );
}

/** As the agency reads it; null for others, and until it is read. */
export function useClient(session: Session, client: string | null): Client | null {
  const key = agencyMembership(session) && client !== null ? `/api/clients/${client}` : null;
  const { query } = useQuery(key, (signal) => call<Client>("get", `/api/clients/${encodeURIComponent(client ?? "")}`, { signal }));
  return query.kind === "ready" ? query.value : null;
}

/** From the session where one is a member; else as the agency reads it. */
export function useClientName(session: Session, client: string | null): string {
  const own = clientMemberships(session).find(({ client_id }) => client_id === client)?.client_name ?? null;
  const read = useClient(session, own === null ? client : null);
  return own ?? read?.name ?? "";
}
