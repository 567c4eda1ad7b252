// Tags of one conversation, and of many at once.

import { useRef, useState, type ReactNode } from "react";
import { text as common } from "texts:common";
import { text } from "texts:conversation_tags";
import { fill } from "../../shared/strings";
import { callClient, clientPath, type Outcome } from "../api";
import { formatCount, formatNumber } from "../format";
import { refresh, useAction } from "../query";
import { Button, IconButton } from "../ui/button";
import { Dialog, DialogFoot } from "../ui/dialog";
import { TextInput } from "../ui/field";
import { Form } from "../ui/form";
import { notify, notifyFailure } from "../ui/toast";
import { changeMany, changeOne, tellChanged } from "./conversation-acts";
import { useTags } from "./conversation-filters";
import { isSameTag, type Conversation } from "./conversation-words";

const SUGGESTED_MAX = 8;
type Tags = readonly string[];

const has = (tags: Tags, tag: string) => tags.some((it) => isSameTag(it, tag));

/** With single spaces, and as it was written before, where it was; null where nothing was typed. */
function written(typed: string, known: Tags): string | null {
  const tag = typed.trim().replace(/\s+/g, " ");
  return tag === "" ? null : (known.find((it) => isSameTag(it, tag)) ?? tag);
}

export function TagsDialog({ client, conversation: { id, tags: atFirst }, etag: atFirstEtag, onSet, onClose }: {
  readonly client: string;
  readonly conversation: Conversation;
  readonly etag: string | null;
  readonly onSet: (conversation: Conversation, etag: string | null) => void;
  readonly onClose: () => void;
}) {
  const known = useTags(client);
  const [base, setBase] = useState<{ readonly tags: Tags; readonly etag: string | null }>({ tags: atFirst, etag: atFirstEtag });
  const [tags, setTags] = useState<Tags>(atFirst);
  const [typed, setTyped] = useState("");
  const { action, run } = useAction();
  const field = useRef<HTMLDivElement>(null);
  const focus = () => field.current?.querySelector("input")?.focus();
  const add = (tag: string) => {
    if (!has(tags, tag)) setTags([...tags, tag]);
    setTyped("");
    focus();
  };
  const remove = (tag: string) => {
    setTags(tags.filter((it) => it !== tag));
    focus();
  };
  const save = async () => {
    const pending = written(typed, known);
    const all = pending === null || has(tags, pending) ? tags : [...tags, pending];
    const outcome = await run(async (signal) => atField(await changeOne(client, id, { tags: [...all] }, { ifMatch: base.etag, signal })));
    if (outcome.kind !== "ok") return;
    onSet(outcome.value, outcome.etag);
    refresh(clientPath(client, "/api/conversations"));
    notify(text.saved);
    onClose();
  };
  /** What somebody else has changed in the meantime, with one's own changes on top. */
  const reload = async () => {
    const outcome = await callClient(client, "get", "/api/conversations/{id}", { path: { id } });
    if (outcome.kind === "failed") notifyFailure(outcome.failure.message);
    if (outcome.kind !== "ok") return;
    const theirs = outcome.value.tags;
    const kept = theirs.filter((tag) => has(tags, tag) || !has(base.tags, tag));
    setTags([...kept, ...tags.filter((tag) => !has(base.tags, tag) && !has(kept, tag))]);
    setBase({ tags: theirs, etag: outcome.etag });
  };
  const enter = () => {
    const tag = written(typed, known);
    if (tag === null) return void save();
    add(tag);
  };
  return (
    <Dialog title={text.title} onClose={onClose} isDismissable={false}>
      <Form action={action} fields={["/tags"]} onSubmit={enter} onReload={() => void reload()}>
        <div className="dialog-body">
          {tags.length === 0 ? <p className="hint">{text.none}</p> : (
            <ul className="chips" aria-label={text.present}>
              {tags.map((tag) => (
                <li key={tag} className="tag"><span dir="auto">{tag}</span><IconButton icon="close" label={fill(text.remove, { tag })} onPress={() => remove(tag)} /></li>
              ))}
            </ul>
          )}
          <div ref={field}>
            <NewTag name="/tags" hint={text.new_hint} value={typed} onChange={setTyped} add={<Button type="submit" isDisabled={typed.trim() === ""}>{text.add}</Button>} />
          </div>
          <Suggestions typed={typed} known={known.filter((tag) => !has(tags, tag))} onUse={add} />
        </div>
        <DialogFoot>
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button look="primary" isBusy={action.kind === "busy"} onPress={() => void save()}>{common.save}</Button>
        </DialogFoot>
      </Form>
    </Dialog>
  );
}

/** What the server says of one tag among many stands at the field, too; of all of them it says only that the list is too long. */
function atField<Value>(outcome: Outcome<Value>): Outcome<Value> {
  if (outcome.kind !== "failed") return outcome;
  const errors = outcome.failure.errors.map(({ pointer, detail }) => {
    if (pointer === "/tags") return { pointer, detail: text.too_many };
    return { pointer: pointer.startsWith("/tags/") ? "/tags" : pointer, detail };
  });
  return { kind: "failed", failure: { ...outcome.failure, errors } };
}

/** One tag is added to all of them, or taken from those that have it; either can be taken back. */
export function TagManyDialog({ client, conversations, known, onDone, onClose }: {
  readonly client: string;
  readonly conversations: readonly Conversation[];
  readonly known: Tags;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [typed, setTyped] = useState("");
  const { action, run } = useAction();
  const all = conversations.length;
  const counts = countsOf(conversations);
  const act = async (what: "add_tag" | "remove_tag", tag: string) => {
    const outcome = await run((signal) => changeMany(client, { action: what, tag }, conversations.map(({ id }) => id), signal));
    if (outcome.kind !== "ok") return;
    onClose();
    onDone();
    tellChanged(client, { action: what, tag }, outcome.value);
  };
  const enter = () => {
    const tag = written(typed, known);
    if (tag !== null) void act("add_tag", tag);
  };
  const isNew = (tag: string) => (counts.find(([it]) => isSameTag(it, tag))?.[1] ?? 0) < all;
  return (
    <Dialog title={formatCount(all, text.title_one, text.title_many)} onClose={onClose} isDismissable={false}>
      <Form action={action} fields={["/tag"]} onSubmit={enter}>
        <div className="dialog-body">
          <NewTag name="/tag" hint={text.new_hint_many} value={typed} onChange={setTyped} add={<Button type="submit" look="primary" isBusy={action.kind === "busy"} isDisabled={typed.trim() === ""}>{text.add_many}</Button>} />
          <Suggestions typed={typed} known={known.filter(isNew)} onUse={(tag) => void act("add_tag", tag)} />
          {counts.length > 0 && (
            <section className="tag-group" aria-labelledby="present-tags">
              <h3 id="present-tags">{text.present_many}</h3>
              <ul className="chips">
                {counts.map(([tag, count]) => (
                  <li key={tag} className="tag">
                    <span><bdi>{tag}</bdi> <span className="hint">{fill(text.of_many, { count: formatNumber(count), all: formatNumber(all) })}</span></span>
                    <IconButton icon="close" label={fill(text.remove, { tag })} onPress={() => void act("remove_tag", tag)} />
                  </li>
                ))}
              </ul>
            </section>
          )}
        </div>
        <DialogFoot><Button onPress={onClose}>{common.cancel}</Button></DialogFoot>
      </Form>
    </Dialog>
  );
}

/** The tags that any of them has, with how many have it. */
function countsOf(conversations: readonly Conversation[]): readonly (readonly [string, number])[] {
  const tags = conversations.flatMap((it) => it.tags);
  const names = tags.filter((tag, at) => tags.findIndex((it) => isSameTag(it, tag)) === at);
  return names.map((name) => [name, tags.filter((tag) => isSameTag(tag, name)).length] as const).sort(([one], [other]) => one.localeCompare(other));
}

function NewTag({ add, ...field }: { readonly name: string; readonly hint: string; readonly value: string; readonly onChange: (value: string) => void; readonly add: ReactNode }) {
  return <div className="tag-line"><TextInput {...field} label={text.new} autoFocus autoComplete="off" />{add}</div>;
}

function Suggestions({ typed, known, onUse }: { readonly typed: string; readonly known: Tags; readonly onUse: (tag: string) => void }) {
  const words = typed.trim().toLowerCase();
  const fitting = known.filter((tag) => tag.toLowerCase() !== words && tag.toLowerCase().includes(words)).slice(0, SUGGESTED_MAX);
  if (fitting.length === 0) return null;
  return (
    <section className="tag-group" aria-labelledby="used-tags">
      <h3 id="used-tags">{text.used}</h3>
      <ul className="chips">
        {fitting.map((tag) => <li key={tag}><Button isSmall icon="plus" aria-label={fill(text.use, { tag })} onPress={() => onUse(tag)}>{tag}</Button></li>)}
      </ul>
    </section>
  );
}
