// Which clients somebody of the agency sees: all of them, or those that are chosen from a search.

import { useState } from "react";
import { text } from "texts:members";
import { formatCount } from "../format";
import { useSession } from "../session";
import { useClientSearch } from "../shell/client-choice";
import { useClientName } from "../shell/client-switcher";
import { SearchInput } from "../ui/search";
import { Segments } from "../ui/segments";
import { QueryView } from "../ui/states";
import { CheckInput } from "../ui/toggle";

type Reach = readonly string[] | null;

export function ReachInput({ reach, onChange }: { readonly reach: Reach; readonly onChange: (reach: Reach) => void }) {
  return (
    <fieldset className="checks reach">
      <legend className="label">{text.reach}</legend>
      <Segments label={text.reach} value={reach === null ? "all" : "chosen"} onChange={(value) => onChange(value === "all" ? null : (reach ?? []))}
        choices={[{ value: "all", label: text.all_clients }, { value: "chosen", label: text.chosen_clients }]} />
      {reach === null ? <p className="hint">{text.all_clients_hint}</p> : <ClientChecks chosen={reach} onChange={onChange} />}
    </fieldset>
  );
}

function ClientChecks({ chosen, onChange }: { readonly chosen: readonly string[]; readonly onChange: (chosen: readonly string[]) => void }) {
  const [words, setWords] = useState("");
  const { query, reload } = useClientSearch(words);
  const set = (id: string, isOn: boolean) => onChange(isOn ? [...chosen, id] : chosen.filter((it) => it !== id));
  return (
    <>
      <p className="hint" role="status">{formatCount(chosen.length, text.clients_one, text.clients_many)}</p>
      <SearchInput label={text.search_clients} value={words} onChange={setWords} />
      <QueryView query={query} onRetry={reload} lines={3}>
        {({ items }) => {
          const elsewhere = chosen.filter((id) => items.every((it) => it.id !== id));
          return (
            <div className="reach-list">
              {elsewhere.map((id) => <ChosenElsewhere key={id} id={id} onDrop={() => set(id, false)} />)}
              {items.map(({ id, name }) => <CheckInput key={id} label={name} isOn={chosen.includes(id)} onChange={(isOn) => set(id, isOn)} />)}
              {items.length === 0 && <p className="hint">{text.no_client_found}</p>}
            </div>
          );
        }}
      </QueryView>
    </>
  );
}

/** Chosen, and not among those that the search shows. */
function ChosenElsewhere({ id, onDrop }: { readonly id: string; readonly onDrop: () => void }) {
  return <CheckInput label={useClientName(useSession(), id) || id} isOn onChange={onDrop} />;
}
