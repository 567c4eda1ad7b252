import { useState } from "react";
import { text as common } from "texts:common";
import { text } from "texts:instructions";
import { fill } from "../../shared/strings";
import { callClient, clientPath } from "../api";
import type { Schemas } from "../contract";
import { formatMoment } from "../format";
import { usePages, useQuery } from "../query";
import { Button } from "../ui/button";
import { ConfirmDialog, Dialog, DialogFoot } from "../ui/dialog";
import { SelectInput } from "../ui/select";
import { Empty, More, QueryView } from "../ui/states";

type View = Schemas["InstructionsView"];
type Version = Schemas["VersionView"];
type Restored = { readonly view: View; readonly etag: string | null };

export function TemplatesDialog({ client, isReplacing, onTake, onClose }: { readonly client: string; readonly isReplacing: boolean; readonly onTake: (instructions: string) => void; readonly onClose: () => void }) {
  const { query, reload } = useQuery(clientPath(client, "/api/instructions/templates"), (signal) => callClient(client, "get", "/api/instructions/templates", { signal }));
  const [trade, setTrade] = useState<string | null>(null);
  return (
    <Dialog title={text.templates} size="wide" onClose={onClose}>
      <QueryView query={query} onRetry={reload} lines={6}>
        {({ items }) => {
          const chosen = items.find((it) => it.trade === trade) ?? items[0];
          return (
            <>
              <div className="dialog-body">
                <p className="hint">{text.templates_lead}</p>
                <SelectInput name="trade" label={text.trade} value={chosen?.trade ?? ""} onChange={setTrade} choices={items.map((it) => ({ value: it.trade, label: it.title }))} />
                <pre className="reading" tabIndex={0}>{chosen?.instructions}</pre>
                {isReplacing && <p className="hint">{text.template_replaces}</p>}
              </div>
              <DialogFoot>
                <Button onPress={onClose}>{common.cancel}</Button>
                <Button look="primary" isDisabled={!chosen} onPress={() => chosen && onTake(chosen.instructions)}>{text.take_template}</Button>
              </DialogFoot>
            </>
          );
        }}
      </QueryView>
    </Dialog>
  );
}

export function VersionsDialog({ client, present, etag, mayWrite, onRestored, onClose }: { readonly client: string; readonly present: number; readonly etag: string | null; readonly mayWrite: boolean; readonly onRestored: (view: View, etag: string | null) => void; readonly onClose: () => void }) {
  const pages = usePages<Version>(clientPath(client, "/api/instructions/versions"), (cursor, signal) => callClient(client, "get", "/api/instructions/versions", { query: { cursor }, signal }));
  const [asked, setAsked] = useState<Version | null>(null);
  if (asked) {
    return (
      <ConfirmDialog title={fill(text.restore_title, { version: asked.version })} confirm={text.restore} tone="primary" onClose={() => setAsked(null)}
        onDone={(restored: Restored) => {
          onRestored(restored.view, restored.etag);
          onClose();
        }}
        work={async (signal) => {
          const outcome = await callClient(client, "post", "/api/instructions/rollback", { body: { version: asked.version }, ifMatch: etag, signal });
          return outcome.kind === "ok" ? { ...outcome, value: { view: outcome.value, etag: outcome.etag } } : outcome;
        }}>
        <p>{fill(text.restore_detail, { version: asked.version, next: present + 1 })}</p>
        <pre className="reading" tabIndex={0}>{asked.instructions}</pre>
      </ConfirmDialog>
    );
  }
  return (
    <Dialog title={text.versions} size="wide" onClose={onClose}>
      <div className="dialog-body">
        <QueryView query={pages.query} onRetry={pages.reload} lines={5}>
          {(versions) => versions.length === 0 ? <Empty icon="instructions" title={text.no_version} /> : (
            <ul className="rows">
              {versions.map((version) => (
                <li key={version.id}>
                  <details className="grow">
                    <summary>
                      <strong>{fill(text.version, { version: version.version })}</strong> <span className="hint">{formatMoment(version.created_at)}{version.restored_version != null && ` · ${fill(text.restored_from, { version: version.restored_version })}`}</span>
                    </summary>
                    <pre className="reading" tabIndex={0}>{version.instructions || text.empty_text}</pre>
                  </details>
                  {version.version === present ? <span className="hint">{text.in_use}</span> : mayWrite && <Button isSmall onPress={() => setAsked(version)} aria-label={fill(text.restore_title, { version: version.version })}>{text.restore}</Button>}
                </li>
              ))}
            </ul>
          )}
        </QueryView>
        <More pages={pages} />
      </div>
    </Dialog>
  );
}
