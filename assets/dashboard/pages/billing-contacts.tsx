import { useState } from "react";
import { text } from "texts:billing_contacts";
import { fill } from "../../shared/strings";
import { call, clientPath } from "../api";
import type { BillingContact, Page } from "../contract";
import { formatDay } from "../format";
import { usePages } from "../query";
import { Button } from "../ui/button";
import { later } from "../ui/later";
import { Card } from "../ui/page";
import { Empty, More, QueryView } from "../ui/states";
import { Table, type Column } from "../ui/table";

const AddDialog = later(() => import("./billing-contact-dialogs").then((it) => it.AddDialog));
const RemoveDialog = later(() => import("./billing-contact-dialogs").then((it) => it.RemoveDialog));

type Shown = { readonly kind: "nothing" | "add" } | { readonly kind: "remove"; readonly contact: BillingContact };

/** Who hears of a client's account: of the end of a trial, and of money. They need no login. */
export function BillingContactsCard({ client, mayWrite }: { readonly client: string; readonly mayWrite: boolean }) {
  const path = clientPath(client, "/api/billing-contacts");
  const [shown, setShown] = useState<Shown>({ kind: "nothing" });
  const close = () => setShown({ kind: "nothing" });
  const pages = usePages<BillingContact>(path, (cursor, signal) => call<Page<BillingContact>>("get", path, { query: { cursor }, signal }));
  const add = mayWrite && <Button icon="plus" onPress={() => setShown({ kind: "add" })}>{text.add}</Button>;
  return (
    <Card title={text.title} lead={text.lead} actions={add}>
      <QueryView query={pages.query} onRetry={pages.reload} lines={2}>
        {(contacts) => contacts.length === 0
          ? <Empty icon="mail" title={text.empty_title}>{text.empty}</Empty>
          : <Table label={text.title} columns={columns(mayWrite, (contact) => setShown({ kind: "remove", contact }))} rows={contacts} />}
      </QueryView>
      <More pages={pages} />
      {shown.kind === "add" && <AddDialog path={path} onClose={close} />}
      {shown.kind === "remove" && <RemoveDialog path={path} contact={shown.contact} onClose={close} />}
    </Card>
  );
}

function columns(mayWrite: boolean, onRemove: (contact: BillingContact) => void): readonly Column<BillingContact>[] {
  return [
    { id: "name", head: text.name, isBare: true, width: "grow", cell: ({ name, email }) => <><strong>{name}</strong><p className="hint">{email}</p></> },
    { id: "since", head: text.since, cell: ({ created_at }) => formatDay(created_at) },
    {
      id: "menu", head: <span className="visually-hidden">{text.actions}</span>, isBare: true, width: "fit",
      cell: (contact) => mayWrite && <Button isSmall look="quiet" icon="trash" aria-label={fill(text.remove_of, { name: contact.name })} onPress={() => onRemove(contact)}>{text.remove}</Button>,
    },
  ];
}
