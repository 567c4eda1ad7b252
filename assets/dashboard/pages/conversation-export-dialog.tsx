import { useState } from "react";
import { text as common } from "texts:common";
import { text } from "texts:conversation_export";
import { text as conversations } from "texts:conversations";
import { fill } from "../../shared/strings";
import { clientPath, queryText } from "../api";
import { formatCount } from "../format";
import { Button } from "../ui/button";
import { Choices } from "../ui/choices";
import { Dialog, DialogFoot } from "../ui/dialog";
import { Icon } from "../ui/icons";
import { Banner } from "../ui/states";
import type { Asked } from "./conversation-filters";

/** One conversation, those that were chosen, or all that the list is narrowed to. */
export type Exported = { readonly kind: "one" | "chosen"; readonly ids: readonly string[] } | { readonly kind: "list"; readonly asked: Asked };
type Format = keyof typeof text.formats;
const FORMATS = Object.keys(text.formats) as readonly Format[];

/** A plain link: the browser saves the file as it comes, and shows how far it is. */
export function ExportDialog({ client, what, onClose }: { readonly client: string; readonly what: Exported; readonly onClose: () => void }) {
  const [format, setFormat] = useState<Format>("markdown");
  const [isBegun, setBegun] = useState(false);
  const asked = what.kind === "list" ? what.asked.query : { ids: what.ids.join(",") };
  const address = clientPath(client, "/api/conversations/export") + queryText({ format, ...asked });
  return (
    <Dialog title={text.title} onClose={onClose}>
      <div className="dialog-body">
        <p>{saidOf(what)}</p>
        {what.kind === "list" && <p><strong>{narrowedTo(what.asked)}</strong></p>}
        <Choices label={text.format} value={format} onChange={setFormat} choices={FORMATS.map((value) => ({ value, ...text.formats[value] }))} />
        <p className="hint">{text.personal}</p>
        <div role="status">{isBegun && <Banner tone="info"><p>{text.begun}</p></Banner>}</div>
      </div>
      <DialogFoot>
        <Button onPress={onClose}>{common.close}</Button>
        <a className="button primary" href={address} download="" onClick={() => setBegun(true)}><Icon name="download" /><span className="button-text">{text.download}</span></a>
      </DialogFoot>
    </Dialog>
  );
}

function saidOf(what: Exported): string {
  if (what.kind === "one") return text.one;
  return what.kind === "chosen" ? formatCount(what.ids.length, text.chosen_one, text.chosen_many) : text.list;
}

function narrowedTo({ narrowing: { show, span, tag, words } }: Asked): string {
  const parts = [conversations.shows[show], conversations.spans[span], tag !== "" && fill(text.tag, { tag }), words !== "" && fill(text.words, { words })];
  return parts.filter(Boolean).join(" · ");
}
