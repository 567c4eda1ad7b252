// The list of conversations, and what is done with those that are chosen in it.

import { useEffect, useRef, useState } from "react";
import { text } from "texts:conversations";
import { fill } from "../../shared/strings";
import { formatAgo, formatCount, formatNumber } from "../format";
import { useAction } from "../query";
import { Button, IconButton } from "../ui/button";
import { FailureBanner } from "../ui/failure-banner";
import { Icon } from "../ui/icons";
import { ActionMenu } from "../ui/menu";
import { Badge } from "../ui/states";
import { notify } from "../ui/toast";
import { CheckInput } from "../ui/toggle";
import { AT_ONCE_MAX, changeMany, tellChanged, type Reversible } from "./conversation-acts";
import { nameAndOpening, nameOf, pathOf, type Conversation } from "./conversation-words";

const TAGS_SHOWN_MAX = 3;
const NONE: ReadonlySet<string> = new Set();

export type Choice = {
  readonly selected: readonly Conversation[];
  readonly choose: (id: string, isOn: boolean) => void;
  readonly chooseAll: (isOn: boolean) => void;
};

/** Those that are chosen and shown. `listed` is null while the list is read. */
export function useChoice(listed: readonly Conversation[] | null): Choice {
  const [chosen, setChosen] = useState(NONE);
  // What has left the list is not acted on, nor when it comes back.
  const isGone = (id: string) => listed !== null && !listed.some((it) => it.id === id);
  if ([...chosen].some(isGone)) setChosen(new Set([...chosen].filter((id) => !isGone(id))));
  const most = fill(text.chosen_most, { count: formatNumber(AT_ONCE_MAX) });
  return {
    selected: (listed ?? []).filter(({ id }) => chosen.has(id)),
    choose: (id, isOn) => {
      if (isOn && chosen.size >= AT_ONCE_MAX) return notify(most);
      setChosen(new Set(isOn ? [...chosen, id] : [...chosen].filter((it) => it !== id)));
    },
    chooseAll: (isOn) => {
      const all = isOn ? (listed ?? []) : [];
      if (all.length > AT_ONCE_MAX) notify(most);
      setChosen(new Set(all.slice(0, AT_ONCE_MAX).map(({ id }) => id)));
    },
  };
}

export function ConversationList({ client, conversations, opened, choice }: { readonly client: string; readonly conversations: readonly Conversation[]; readonly opened: string | null; readonly choice: Choice }) {
  const chosen = new Set(choice.selected.map(({ id }) => id));
  return (
    <ul className="conversation-list">
      {conversations.map((it) => <Entry key={it.id} client={client} conversation={it} isOpened={it.id === opened} isChosen={chosen.has(it.id)} onChoose={choice.choose} />)}
    </ul>
  );
}

function Entry({ client, conversation, isOpened, isChosen, onChoose }: {
  readonly client: string;
  readonly conversation: Conversation;
  readonly isOpened: boolean;
  readonly isChosen: boolean;
  readonly onChoose: (id: string, isOn: boolean) => void;
}) {
  const { id, opening, message_count, last_message_at, visit, bookmarked_at, archived_at, tags } = conversation;
  const page = visit?.page_url ? pathOf(visit.page_url) : null;
  const isMarked = archived_at !== null || tags.length > 0;
  return (
    <li>
      <CheckInput label={fill(text.choose_one, { name: nameAndOpening(conversation) })} isLabelHidden isOn={isChosen} onChange={(isOn) => onChoose(id, isOn)} />
      <a href={`#/clients/${client}/conversations/${id}`} aria-current={isOpened ? "true" : undefined}>
        <span className="entry-head">
          <strong>{nameOf(conversation)}</strong>
          {bookmarked_at !== null && <span className="entry-bookmark"><Icon name="bookmark" /><span className="visually-hidden">{text.bookmarked}</span></span>}
          <time dateTime={last_message_at} className="hint">{formatAgo(last_message_at)}</time>
        </span>
        {opening && <span className="entry-opening" dir="auto">{opening}</span>}
        <span className="hint">{[formatCount(message_count, text.messages_one, text.messages_many), page, visit?.device && text.devices[visit.device]].filter(Boolean).join(" · ")}</span>
        {isMarked && (
          <span className="entry-marks">
            {archived_at !== null && <Badge>{text.archived}</Badge>}
            {tags.slice(0, TAGS_SHOWN_MAX).map((tag) => <span key={tag} className="tag" dir="auto">{tag}</span>)}
            {tags.length > TAGS_SHOWN_MAX && <span className="hint">{fill(text.more_tags, { count: tags.length - TAGS_SHOWN_MAX })}</span>}
          </span>
        )}
      </a>
    </li>
  );
}

/** Above the list: choosing all, and then what is done with the chosen ones. */
export function ListHead({ client, count, mayWrite, choice: { selected, chooseAll }, onTag, onExport, onDelete }: {
  readonly client: string;
  /** How many are shown. */
  readonly count: number;
  readonly mayWrite: boolean;
  readonly choice: Choice;
  readonly onTag: () => void;
  /** The chosen ones; where none is chosen, all that the list is narrowed to. */
  readonly onExport: () => void;
  readonly onDelete: () => void;
}) {
  const head = useFocusWhereItWas(selected.length > 0);
  const { action, run } = useAction();
  const act = async (reversible: Reversible) => {
    const what = { action: reversible, tag: null };
    const outcome = await run((signal) => changeMany(client, what, selected.map(({ id }) => id), signal));
    if (outcome.kind !== "ok") return;
    chooseAll(false);
    tellChanged(client, what, outcome.value);
  };
  const isChosen = selected.length > 0;
  const some = (is: (conversation: Conversation) => boolean) => selected.some(is);
  const first = some(({ archived_at }) => archived_at === null) ? "archive" : "unarchive";
  const doing = (reversible: Exclude<Reversible, "add_tag" | "remove_tag">, icon: "archive" | "bookmark") => ({ id: reversible, label: text[reversible], icon, act: () => void act(reversible) });
  return (
    <div className={isChosen ? "list-head has-chosen" : "list-head"} role="group" aria-label={text.chosen} tabIndex={-1} ref={head}>
      <CheckInput label={text.choose_all} isLabelHidden={isChosen} isOn={isChosen && selected.length === Math.min(count, AT_ONCE_MAX)} isMixed={isChosen && selected.length < Math.min(count, AT_ONCE_MAX)} onChange={chooseAll} />
      <strong role="status">{isChosen && formatCount(selected.length, text.chosen_one, text.chosen_many)}</strong>
      <div className="list-acts">
        {isChosen && mayWrite && <Button isSmall isBusy={action.kind === "busy"} onPress={() => void act(first)}>{text[first]}</Button>}
        {isChosen && mayWrite && <Button isSmall onPress={onTag}>{text.tag_chosen}</Button>}
        {(!isChosen || !mayWrite) && <Button isSmall look={isChosen ? "secondary" : "quiet"} icon="download" onPress={onExport}>{text.export}</Button>}
        {isChosen && mayWrite && (
          <ActionMenu label={text.acts_chosen} actions={[
            first === "archive" && some(({ archived_at }) => archived_at !== null) && doing("unarchive", "archive"),
            some(({ bookmarked_at }) => bookmarked_at === null) && doing("bookmark", "bookmark"),
            some(({ bookmarked_at }) => bookmarked_at !== null) && doing("unbookmark", "bookmark"),
            { id: "export", label: text.export, icon: "download", act: onExport },
            { id: "delete", label: text.delete_ask, icon: "trash", isDanger: true, act: onDelete },
          ]} />
        )}
        {isChosen && <IconButton icon="close" label={text.choose_none} onPress={() => chooseAll(false)} />}
      </div>
      {isChosen && action.kind === "failed" && <FailureBanner failure={action.failure} />}
    </div>
  );
}

/** Where the acts go with the choice, the focus stays at their place. */
function useFocusWhereItWas(isChosen: boolean) {
  const place = useRef<HTMLDivElement>(null);
  const was = useRef(isChosen);
  useEffect(() => {
    const isOver = was.current && !isChosen;
    was.current = isChosen;
    if (!isOver) return;
    // After a dialog has given the focus back to what is there no longer.
    const frame = requestAnimationFrame(() => requestAnimationFrame(() => document.activeElement === document.body && place.current?.focus({ preventScroll: true })));
    return () => cancelAnimationFrame(frame);
  }, [isChosen]);
  return place;
}
