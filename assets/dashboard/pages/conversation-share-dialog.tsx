// Links by which anybody reads a conversation: made here, copied, and revoked.

import { useEffect, useRef, useState } from "react";
import { text as common } from "texts:common";
import { text } from "texts:conversation_share";
import { fill } from "../../shared/strings";
import { callClient, clientPath } from "../api";
import type { Schemas } from "../contract";
import { formatAgo, formatMoment } from "../format";
import { refresh, useAction, useQuery } from "../query";
import { Button } from "../ui/button";
import { CopyButton, Secret } from "../ui/copy";
import { ConfirmDialog, Dialog, DialogFoot } from "../ui/dialog";
import { TextInput } from "../ui/field";
import { Form } from "../ui/form";
import { SelectInput } from "../ui/select";
import { QueryView } from "../ui/states";

type Share = Schemas["ShareView"];
const SPANS = ["1", "7", "30", "90", "365"] as const;
const PATH = "/api/conversations/{id}/shares";

export function ShareDialog({ client, id, onClose }: { readonly client: string; readonly id: string; readonly onClose: () => void }) {
  const path = clientPath(client, PATH, { id });
  const { query, reload } = useQuery(path, (signal) => callClient(client, "get", PATH, { path: { id }, signal }));
  const [created, setCreated] = useState<Share | null>(null);
  const [asked, setAsked] = useState<Share | null>(null);
  if (asked) {
    return (
      <ConfirmDialog title={text.revoke_title} confirm={text.revoke} done={text.revoked} onClose={() => setAsked(null)}
        onDone={() => {
          if (created?.id === asked.id) setCreated(null);
          refresh(path);
        }}
        work={(signal) => callClient(client, "delete", `${PATH}/{share_id}`, { path: { id, share_id: asked.id }, signal })}>
        <p><code>{asked.url}</code></p>
        <p>{text.revoke_detail}</p>
      </ConfirmDialog>
    );
  }
  return (
    <Dialog title={text.title} onClose={onClose} isDismissable={false}>
      <div className="dialog-body">
        <div className="prose">
          <p>{text.lead}</p>
          <ul>{Object.values(text.shows).map((it) => <li key={it}>{it}</li>)}</ul>
        </div>
        <NewShare client={client} id={id} onCreated={(share) => {
          setCreated(share);
          refresh(path);
        }} />
        <div role="status">
          {created && <Created key={created.id} url={created.url} />}
        </div>
        <section className="tag-group" aria-labelledby="open-shares">
          <h3 id="open-shares">{text.open}</h3>
          <QueryView query={query} onRetry={reload} lines={2}>
            {({ items }) => items.length === 0 ? <p className="hint">{text.none}</p> : <ul className="rows">{items.map((it) => <OpenShare key={it.id} share={it} onRevoke={() => setAsked(it)} />)}</ul>}
          </QueryView>
        </section>
      </div>
      <DialogFoot><Button onPress={onClose}>{common.close}</Button></DialogFoot>
    </Dialog>
  );
}

function NewShare({ client, id, onCreated }: { readonly client: string; readonly id: string; readonly onCreated: (share: Share) => void }) {
  const [days, setDays] = useState<(typeof SPANS)[number]>("7");
  const [password, setPassword] = useState("");
  const { action, run } = useAction();
  const create = async () => {
    const outcome = await run((signal) => callClient(client, "post", PATH, { path: { id }, body: { expires_in_days: Number(days), password: password === "" ? null : password }, signal }));
    if (outcome.kind !== "ok") return;
    setPassword("");
    onCreated(outcome.value);
  };
  return (
    <Form action={action} fields={["/expires_in_days", "/password"]} onSubmit={() => void create()}>
      <div className="field-row">
        <SelectInput name="/expires_in_days" label={text.expires} value={days} onChange={(value) => setDays(value as typeof days)} choices={SPANS.map((value) => ({ value, label: text.spans[value] }))} />
        <TextInput name="/password" type="password" label={text.password_label} hint={text.password_hint} value={password} onChange={setPassword} isRequired={false} autoComplete="new-password" />
      </div>
      <div className="form-foot"><Button type="submit" look="primary" icon="link" isBusy={action.kind === "busy"}>{text.create}</Button></div>
    </Form>
  );
}

/** Comes below what was looked at: it is brought into sight. */
function Created({ url }: { readonly url: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return <div className="tag-group" ref={place}><h3>{text.created}</h3><Secret value={url} label={text.link} /></div>;
}

function OpenShare({ share: { url, has_password, created_at, expires_at }, onRevoke }: { readonly share: Share; readonly onRevoke: () => void }) {
  const moment = formatMoment(expires_at);
  return (
    <li>
      <div className="grow">
        <p className="share-link"><code>{url}</code></p>
        <p className="hint">{[fill(text.until, { moment }), has_password ? text.with_password : text.without_password, fill(text.made, { ago: formatAgo(created_at) })].join(" · ")}</p>
      </div>
      <CopyButton value={url} label={text.copy} />
      <Button isSmall icon="trash" aria-label={fill(text.revoke_until, { moment })} onPress={onRevoke}>{text.revoke}</Button>
    </li>
  );
}
