// What the list of conversations is narrowed to, and what stands there when nothing fits.

import { useMemo } from "react";
import { text } from "texts:conversations";
import { fill } from "../../shared/strings";
import { callClient, clientPath, queryText } from "../api";
import { useQuery, useSettled } from "../query";
import { Button } from "../ui/button";
import { SearchInput } from "../ui/search";
import { SelectInput } from "../ui/select";
import { Empty } from "../ui/states";
import { isSameTag } from "./conversation-words";

const DAY_MS = 86_400_000;
/** Days back from now; null: all. */
const SPANS = { all: null, day: 1, week: 7, month: 30 } as const;
/** A bookmark is found again also where it was archived since. */
const SHOWS = {
  open: { archived: "exclude", bookmarked: null },
  bookmarked: { archived: "include", bookmarked: true },
  archived: { archived: "only", bookmarked: null },
  all: { archived: "include", bookmarked: null },
} as const;

export type Narrowing = {
  readonly words: string;
  readonly span: keyof typeof SPANS;
  readonly show: keyof typeof SHOWS;
  /** Empty: any. */
  readonly tag: string;
};
/** As the server's list and its export read it. */
export type ListQuery = { readonly q: string; readonly since: string | null; readonly archived: string; readonly bookmarked: true | null; readonly tag: string };
/** The narrowing once its words have rested, and what the server is asked for it. */
export type Asked = { readonly narrowing: Narrowing; readonly query: ListQuery; readonly key: string };

export const OPEN: Narrowing = { words: "", span: "all", show: "open", tag: "" };

export function useAsked(narrowing: Narrowing): Asked {
  const { span, show, tag } = narrowing;
  const words = useSettled(narrowing.words.trim());
  return useMemo(() => {
    const days = SPANS[span];
    const since = days === null ? null : new Date(Date.now() - days * DAY_MS).toISOString();
    const query = { q: words, since, ...SHOWS[show], tag };
    return { narrowing: { words, span, show, tag }, query, key: queryText({ ...query, since: span }) };
  }, [words, span, show, tag]);
}

/** Every tag of the client's conversations, in alphabetical order. */
export function useTags(client: string): readonly string[] {
  const path = "/api/conversations/tags";
  const { query } = useQuery(clientPath(client, path), (signal) => callClient(client, "get", path, { signal }));
  return useMemo(() => (query.kind === "ready" ? query.value.items.map(({ tag }) => tag).sort((one, other) => one.localeCompare(other)) : []), [query]);
}

export function Filters({ narrowing: { words, span, show, tag }, tags, onNarrow }: { readonly narrowing: Narrowing; readonly tags: readonly string[]; readonly onNarrow: (part: Partial<Narrowing>) => void }) {
  // The chosen one stays, also where the last conversation has lost it.
  const offered = tag === "" || tags.some((it) => isSameTag(it, tag)) ? tags : [tag, ...tags];
  return (
    <div className="toolbar">
      <SearchInput label={text.search} value={words} onChange={(value) => onNarrow({ words: value })} />
      <SelectInput name="show" label={text.show} isLabelHidden value={show} onChange={(value) => onNarrow({ show: value as Narrowing["show"] })}
        choices={Object.keys(SHOWS).map((value) => ({ value, label: text.shows[value as Narrowing["show"]] }))} />
      <SelectInput name="days" label={text.span} isLabelHidden value={span} onChange={(value) => onNarrow({ span: value as Narrowing["span"] })}
        choices={Object.keys(SPANS).map((value) => ({ value, label: text.spans[value as Narrowing["span"]] }))} />
      {offered.length > 0 && (
        <SelectInput name="tag" label={text.tag} isLabelHidden value={tag} onChange={(value) => onNarrow({ tag: value })}
          choices={[{ value: "", label: text.any_tag }, ...offered.map((value) => ({ value, label: value }))]} />
      )}
    </div>
  );
}

/** Why the list is empty, and the way on. */
export function NothingListed({ client, narrowing: { words, span, show, tag }, onNarrow }: { readonly client: string; readonly narrowing: Narrowing; readonly onNarrow: (part: Partial<Narrowing>) => void }) {
  const all = <Button onPress={() => onNarrow(OPEN)}>{text.show_all}</Button>;
  const isOnly = (part: Partial<Narrowing>) => {
    const { words: itsWords, span: itsSpan, show: itsShow, tag: itsTag } = { ...OPEN, ...part };
    return words === itsWords && span === itsSpan && show === itsShow && tag === itsTag;
  };
  if (isOnly({})) return <NothingOpen client={client} onNarrow={onNarrow} />;
  if (isOnly({ show: "all" })) return <Empty icon="chat" title={text.empty_title}>{text.empty}</Empty>;
  if (isOnly({ show: "bookmarked" })) return <Empty icon="bookmark" title={text.none_bookmarked} action={all}>{text.none_bookmarked_detail}</Empty>;
  if (isOnly({ show: "archived" })) return <Empty icon="archive" title={text.none_archived} action={all}>{text.none_archived_detail}</Empty>;
  if (isOnly({ span })) return <Empty icon="search" title={text.none_here} action={all} />;
  if (isOnly({ tag })) return <Empty icon="tag" title={fill(text.none_tagged, { tag })} action={all} />;
  const isOpenOnly = words !== "" && show === "open";
  return (
    <Empty icon="search" title={words === "" ? text.none_fits : fill(text.none_found, { words })}
      action={<>{isOpenOnly && <Button onPress={() => onNarrow({ show: "all" })}>{text.search_archive}</Button>}{all}</>}>
      {isOpenOnly && text.none_found_open}
    </Empty>
  );
}

/** Nobody has asked yet, or all is archived. */
function NothingOpen({ client, onNarrow }: { readonly client: string; readonly onNarrow: (part: Partial<Narrowing>) => void }) {
  const { query } = useQuery(`${clientPath(client, "/api/conversations")}?any`, (signal) => callClient(client, "get", "/api/conversations", { query: { limit: 1, archived: "only" }, signal }));
  const isArchived = query.kind === "ready" && query.value.items.length > 0;
  if (!isArchived) return <Empty icon="chat" title={text.empty_title}>{text.empty}</Empty>;
  return <Empty icon="archive" title={text.none_open} action={<Button onPress={() => onNarrow({ show: "archived" })}>{text.show_archive}</Button>}>{text.none_open_detail}</Empty>;
}
