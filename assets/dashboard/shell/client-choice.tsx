// The choice between clients: behind the switcher, and as a page for people of several clients.

import { useState } from "react";
import { text } from "texts:shell";
import { call } from "../api";
import type { Client, Page, Session } from "../contract";
import { initialOf } from "../format";
import { useQuery, useSettled, type Reader } from "../query";
import { agencyMembership, clientMemberships } from "../session";
import { Icon } from "../ui/icons";
import { PageHead } from "../ui/page";
import { SearchInput } from "../ui/search";
import { Empty, FailureView, Loading } from "../ui/states";

const FOUND_MAX = 20;

/** `hint` says what sets it apart: suspended, demo, test. */
type Choice = { readonly id: string; readonly name: string; readonly hint: string };

/** The page for people of several clients. */
export function ClientChoice({ session }: { readonly session: Session }) {
  return (
    <>
      <PageHead title={text.choose_client} />
      <div className="card choice-card"><ChoiceList session={session} current={null} onChosen={() => undefined} /></div>
    </>
  );
}

export function ChoiceList({ session, current, onChosen }: { readonly session: Session; readonly current: string | null; readonly onChosen: () => void }) {
  const [words, setWords] = useState("");
  const isAgency = agencyMembership(session)?.permissions.includes("clients:read") ?? false;
  const { query, reload } = useClientSearch(isAgency ? words : null);
  const own = ownChoices(session).filter(({ name }) => name.toLowerCase().includes(words.toLowerCase()));
  const found = query.kind === "ready" ? query.value.items.map(choiceOf) : [];
  return (
    <div className="choices">
      <SearchInput hasFocus label={text.search_clients} value={words} onChange={setWords} />
      {isAgency && query.kind === "loading" && <Loading lines={3} />}
      {isAgency && query.kind === "failed" && <FailureView failure={query.failure} onRetry={reload} />}
      <ChoiceLinks choices={isAgency ? found : own} current={current} onChosen={onChosen} isSettled={!isAgency || query.kind === "ready"} />
    </div>
  );
}

/** The first clients that fit the words; null asks for none. */
export function useClientSearch(words: string | null): Reader<Page<Client>> {
  const q = useSettled(words);
  return useQuery(q === null ? null : `/api/clients?limit=${FOUND_MAX}&q=${q}`, (signal) => call<Page<Client>>("get", "/api/clients", { query: { q, limit: FOUND_MAX }, signal }));
}

function ChoiceLinks({ choices, current, onChosen, isSettled }: { readonly choices: readonly Choice[]; readonly current: string | null; readonly onChosen: () => void; readonly isSettled: boolean }) {
  if (choices.length === 0) return isSettled ? <Empty icon="search" title={text.no_client_found} /> : null;
  return (
    <ul>
      {choices.map(({ id, name, hint }) => (
        <li key={id}>
          <a href={`#/clients/${id}/overview`} aria-current={id === current ? "true" : undefined} onClick={onChosen}>
            <span className="switcher-mark" aria-hidden="true">{initialOf(name)}</span>
            <span className="switcher-name">{name}</span>
            {hint !== "" && <span className="hint">{hint}</span>}
            {id === current && <Icon name="check" />}
          </a>
        </li>
      ))}
    </ul>
  );
}

function choiceOf({ id, name, status, purpose }: Client): Choice {
  if (status === "suspended") return { id, name, hint: text.suspended };
  return { id, name, hint: purpose === "live" ? "" : text.notes[purpose].name };
}

function ownChoices(session: Session): readonly Choice[] {
  return clientMemberships(session).flatMap(({ client_id, client_name }) => (client_id ? [{ id: client_id, name: client_name ?? client_id, hint: "" }] : []));
}
