// What is done to conversations, and how it is taken back.

import { text } from "texts:conversations";
import { fill } from "../../shared/strings";
import { callClient, clientPath, type Outcome } from "../api";
import { formatCount } from "../format";
import { refresh } from "../query";
import { notify, notifyFailure } from "../ui/toast";
import type { Conversation } from "./conversation-words";

/** With the word that takes it back. */
const OPPOSITES = { archive: "unarchive", unarchive: "archive", bookmark: "unbookmark", unbookmark: "bookmark", add_tag: "remove_tag", remove_tag: "add_tag" } as const;

export type Reversible = keyof typeof OPPOSITES;
/** `tag` belongs to `add_tag` and `remove_tag`, and is null with the others. */
export type Act = { readonly action: Reversible | "delete"; readonly tag: string | null };
export type Changed = { readonly changed: readonly string[] };

/** How many the server changes at once. */
export const AT_ONCE_MAX = 100;

/** Answers with those that are otherwise than before: what was so already, or is gone, is left out. */
export function changeMany(client: string, { action, tag }: Act, ids: readonly string[], signal?: AbortSignal): Promise<Outcome<Changed>> {
  return callClient(client, "post", "/api/conversations/bulk", { body: { ids: [...ids], action, tag }, signal });
}

/** Says what was done, with the way back, and reads again what is shown. */
export function tellChanged(client: string, act: Act, { changed }: Changed): void {
  const { action, tag } = act;
  refresh(clientPath(client, "/api/conversations"));
  if (changed.length === 0) return notify(text.unchanged);
  const { one, many } = text.done[action];
  const said = fill(formatCount(changed.length, one, many), { tag: tag ?? "" });
  if (action === "delete") return notify(said);
  notify(said, () => void takeBack(client, { action: OPPOSITES[action], tag }, changed));
}

async function takeBack(client: string, act: Act, ids: readonly string[]): Promise<void> {
  const outcome = await changeMany(client, act, ids);
  if (outcome.kind === "failed") notifyFailure(outcome.failure.message);
  if (outcome.kind === "ok") notify(text.undone);
  refresh(clientPath(client, "/api/conversations"));
}

type Patch = { readonly bookmarked: boolean } | { readonly archived: boolean } | { readonly tags: string[] };

export function changeOne(client: string, id: string, patch: Patch, options: { readonly ifMatch?: string | null; readonly signal?: AbortSignal } = {}): Promise<Outcome<Conversation>> {
  return callClient(client, "patch", "/api/conversations/{id}", { path: { id }, body: patch, ...options });
}
