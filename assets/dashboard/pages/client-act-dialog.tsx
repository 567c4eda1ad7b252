// What the agency does to a client as a whole: suspend, let it leave, take it back, erase it. Each act names what it
// stops or destroys; all but the last can be taken back.

import { useState } from "react";
import { text } from "texts:clients";
import { fill } from "../../shared/strings";
import { call } from "../api";
import type { Client, Erasure } from "../contract";
import { formatCount } from "../format";
import { refresh, useAction } from "../query";
import { navigate } from "../router";
import { Button } from "../ui/button";
import { ConfirmDialog, Dialog, DialogFoot } from "../ui/dialog";
import { TextInput } from "../ui/field";
import { Form } from "../ui/form";
import { Banner } from "../ui/states";
import { notify } from "../ui/toast";
import type { ClientAct } from "./client-acts";

const PATH = "/api/clients";
const FIGURES = "/api/agency/figures";

function pathOf({ id }: Client): string {
  return `${PATH}/${encodeURIComponent(id)}`;
}

export function ClientActDialog({ client, act, onClose }: { readonly client: Client; readonly act: ClientAct; readonly onClose: () => void }) {
  if (act === "erase") return <EraseDialog client={client} onClose={onClose} />;
  const words = text.acts[act];
  return (
    <ConfirmDialog
      title={fill(words.title, { name: client.name })}
      confirm={words.button}
      tone={act === "resume" ? "primary" : "danger"}
      work={(signal) => call<Client>("post", `${pathOf(client)}/${act}`, { signal })}
      done={fill(words.done, { name: client.name })}
      onDone={() => refresh(PATH, FIGURES)}
      onClose={onClose}
    >
      <p>{words.detail}</p>
      {act !== "resume" && <p>{formatCount(client.documents, text.keeps_one, text.keeps_many)}</p>}
    </ConfirmDialog>
  );
}

/** An account that began with a sign-up becomes an ordinary client. `onReload` reads the client as it is now. */
export function TakeOnDialog({ client, etag, onReload, onClose }: { readonly client: Client; readonly etag: string | null; readonly onReload: () => void; readonly onClose: () => void }) {
  const { name, purpose, status } = client;
  const words = text.take_on;
  const takeOn = async (signal: AbortSignal) => {
    const outcome = await call<Client>("patch", pathOf(client), { body: { take_on: true }, ifMatch: etag, signal });
    // The next press carries the present version.
    if (outcome.kind === "failed" && outcome.failure.code === "stale_version") onReload();
    return outcome;
  };
  const done = () => {
    onReload();
    refresh(`${PATH}?`);
  };
  return (
    <ConfirmDialog title={fill(words.title, { name })} confirm={words.button} tone="primary" done={fill(words.done, { name })} work={takeOn} onDone={done} onClose={onClose}>
      <p>{words.detail}</p>
      {purpose !== "live" && <p>{words.capped}</p>}
      {status === "suspended" && <p>{words.suspended}</p>}
    </ConfirmDialog>
  );
}

/** The one act without a way back: the name is typed, as the server also asks. */
function EraseDialog({ client, onClose }: { readonly client: Client; readonly onClose: () => void }) {
  const [name, setName] = useState("");
  const { action, run } = useAction();
  const erase = async () => {
    const outcome = await run((signal) => call<Erasure>("post", `${pathOf(client)}/erase`, { body: { name: name.trim() }, signal }));
    if (outcome.kind !== "ok") return;
    const rows = Object.values(outcome.value.rows).reduce((sum, count) => sum + count, 0);
    notify(fill(formatCount(rows, text.acts.erase.done_one, text.acts.erase.done_many), { name: client.name }));
    onClose();
    navigate("/agency/clients");
    refresh(`${PATH}?`, FIGURES);
  };
  return (
    <Dialog title={fill(text.acts.erase.title, { name: client.name })} size="narrow" onClose={onClose} isDismissable={false}>
      <Form action={action} fields={["/name"]} onSubmit={() => void erase()}>
        <div className="dialog-body">
          <Banner tone="danger"><p>{text.acts.erase.detail}</p></Banner>
          <TextInput name="/name" label={fill(text.acts.erase.type_name, { name: client.name })} value={name} onChange={setName} isRequired autoComplete="off" autoFocus />
        </div>
        <DialogFoot>
          <Button onPress={onClose}>{text.cancel}</Button>
          <Button type="submit" look="danger" isBusy={action.kind === "busy"} isDisabled={name.trim() !== client.name}>{text.acts.erase.button}</Button>
        </DialogFoot>
      </Form>
    </Dialog>
  );
}
