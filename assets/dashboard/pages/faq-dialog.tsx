import { useState } from "react";
import { text as common } from "texts:common";
import { text } from "texts:faqs";
import { callClient, clientPath } from "../api";
import type { Schemas } from "../contract";
import { mintId } from "../ids";
import { refresh, useAction, useQuery } from "../query";
import { useMay } from "../session";
import { Button, IconButton } from "../ui/button";
import { Dialog, DialogFoot } from "../ui/dialog";
import { TextBlock, TextInput } from "../ui/field";
import { Form } from "../ui/form";
import { Banner, QueryView } from "../ui/states";
import { notify } from "../ui/toast";
import { SwitchInput } from "../ui/toggle";
import type { Faq } from "./faqs";

const PHRASINGS_MAX = 20;
const PHRASING_CHARS_MAX = 500;

/** What a form holds while it is open. */
type Typed = { readonly question: string; readonly answer: string; readonly phrasings: readonly string[]; readonly category: string; readonly language: string; readonly priority: string; readonly enabled: boolean };

function typedOf(faq: Faq | null, question = ""): Typed {
  if (!faq) return { question, answer: "", phrasings: [], category: "", language: "", priority: "0", enabled: true };
  const { answer, phrasings, category, language, priority, enabled } = faq;
  return { question: faq.question, answer, phrasings, category: category ?? "", language: language ?? "", priority: String(priority), enabled };
}

/** Writes a new FAQ, or edits one; a draft is made ready by saving it. `question` begins a new one. */
export function FaqDialog({ client, start, question = "", onSaved, onClose }: {
  readonly client: string;
  readonly start: Faq | null;
  readonly question?: string;
  readonly onSaved?: () => void;
  readonly onClose: () => void;
}) {
  const mayWrite = useMay(client)("knowledge:write");
  const title = start === null ? text.create : start.status === "draft" ? text.review_title : mayWrite ? text.edit_title : text.title_one;
  const shared = { client, question, onSaved, onClose, mayWrite };
  return (
    <Dialog title={title} size="wide" onClose={onClose} isDismissable={false}>
      {start === null ? <FaqForm {...shared} faq={null} etag={null} onReload={undefined} /> : <Existing {...shared} id={start.id} />}
    </Dialog>
  );
}

type FormProps = {
  readonly client: string;
  readonly question: string;
  readonly onSaved: (() => void) | undefined;
  readonly onClose: () => void;
  readonly mayWrite: boolean;
};

/** Read anew when it is opened, for its entity tag. */
function Existing({ id, ...rest }: FormProps & { readonly id: string }) {
  const { query, reload } = useQuery<Faq>(clientPath(rest.client, "/api/faqs/{id}", { id }), (signal) => callClient(rest.client, "get", "/api/faqs/{id}", { path: { id }, signal }));
  return (
    <QueryView query={query} onRetry={reload} lines={6}>
      {(faq) => <FaqForm {...rest} faq={faq} etag={query.kind === "ready" ? query.etag : null} onReload={reload} />}
    </QueryView>
  );
}

function FaqForm({ client, question, faq, etag, mayWrite, onReload, onSaved, onClose }: FormProps & { readonly faq: Faq | null; readonly etag: string | null; readonly onReload: (() => void) | undefined }) {
  const [changed, setChanged] = useState<Partial<Typed>>({});
  // Only what was typed is held: a reload brings what others changed beside it.
  const typed = { ...typedOf(faq, question), ...changed };
  const [idempotencyKey] = useState(() => mintId());
  const { action, run, clear } = useAction();
  const put = (next: Partial<Typed>) => setChanged((before) => ({ ...before, ...next }));
  const save = async () => {
    const outcome = await run((signal) => faq === null
      ? callClient(client, "post", "/api/faqs", { body: bodyOf(typed), idempotencyKey, signal })
      : callClient(client, "patch", "/api/faqs/{id}", { path: { id: faq.id }, body: { ...bodyOf(typed), status: "ready" } as Schemas["FaqPatch"], ifMatch: etag, signal }));
    if (outcome.kind !== "ok") return;
    notify(faq === null ? text.created : faq.status === "draft" ? text.accepted : text.saved);
    refresh(clientPath(client, "/api/faqs"));
    onSaved?.();
    onClose();
  };
  const reload = onReload && (() => {
    clear();
    onReload();
  });
  const fields = ["/question", "/answer", "/category", "/language", "/priority", ...typed.phrasings.map((_, position) => `/phrasings/${position}`)];
  return (
    <Form action={action} fields={fields} onSubmit={() => void save()} onReload={reload}>
      <div className="dialog-body">
        {faq?.status === "draft" && <Banner tone="info"><p>{text.draft_detail}</p></Banner>}
        <TextBlock name="/question" label={text.question} hint={text.question_hint} value={typed.question} onChange={(it) => put({ question: it })} rows={2} isRequired maxLength={500} autoFocus={faq === null} isReadOnly={!mayWrite} />
        <TextBlock name="/answer" label={text.answer} hint={text.answer_hint} value={typed.answer} onChange={(it) => put({ answer: it })} rows={6} isRequired maxLength={5000} isReadOnly={!mayWrite} />
        <Phrasings phrasings={typed.phrasings} onChange={(phrasings) => put({ phrasings })} mayWrite={mayWrite} />
        <div className="field-row">
          <TextInput name="/category" label={text.category} value={typed.category} onChange={(it) => put({ category: it })} isRequired={false} maxLength={100} isReadOnly={!mayWrite} />
          <TextInput name="/language" label={text.language} hint={text.language_hint} value={typed.language} onChange={(it) => put({ language: it })} isRequired={false} isReadOnly={!mayWrite} />
          <TextInput name="/priority" label={text.priority} hint={text.priority_hint} value={typed.priority} onChange={(it) => put({ priority: it })} inputMode="numeric" isReadOnly={!mayWrite} />
        </div>
        {mayWrite && <SwitchInput label={text.in_use_label} hint={text.in_use_hint} isOn={typed.enabled} onChange={(enabled) => put({ enabled })} />}
      </div>
      {mayWrite && (
        <DialogFoot>
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button type="submit" look="primary" isBusy={action.kind === "busy"}>{faq?.status === "draft" ? text.accept : common.save}</Button>
        </DialogFoot>
      )}
    </Form>
  );
}

function bodyOf({ question, answer, phrasings, category, language, priority, enabled }: Typed): Schemas["NewFaq"] {
  return {
    question: question.trim(),
    answer: answer.trim(),
    phrasings: phrasings.map((it) => it.trim()).filter((it) => it !== ""),
    category: category.trim() || null,
    language: language.trim() || null,
    priority: Number(priority) || 0,
    enabled,
  };
}

function Phrasings({ phrasings, onChange, mayWrite }: { readonly phrasings: readonly string[]; readonly onChange: (phrasings: readonly string[]) => void; readonly mayWrite: boolean }) {
  return (
    <fieldset className="phrasings">
      <legend className="label">{text.phrasings}</legend>
      <p className="hint">{text.phrasings_hint}</p>
      {phrasings.map((phrasing, position) => (
        <div key={position} className="field-line">
          <TextInput name={`/phrasings/${position}`} label={`${text.phrasing} ${position + 1}`} value={phrasing} maxLength={PHRASING_CHARS_MAX} isReadOnly={!mayWrite}
            onChange={(it) => onChange(phrasings.map((before, at) => (at === position ? it : before)))} autoFocus={phrasing === ""} />
          {mayWrite && <IconButton icon="trash" label={`${text.remove_phrasing} ${position + 1}`} onPress={() => onChange(phrasings.filter((_, at) => at !== position))} />}
        </div>
      ))}
      {mayWrite && phrasings.length < PHRASINGS_MAX && <Button isSmall icon="plus" onPress={() => onChange([...phrasings, ""])}>{text.add_phrasing}</Button>}
    </fieldset>
  );
}
