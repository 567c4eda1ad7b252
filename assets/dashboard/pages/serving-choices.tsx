// How a client is served, as the wizard and the client's settings ask for it.

import { text } from "texts:serving";
import { PURPOSES, SERVICES, type Purpose, type Service } from "../contract";
import { Choices } from "../ui/choices";

type Props<Value> = { readonly value: Value; readonly onChange: (value: Value) => void };

export function ServiceChoice({ value, onChange }: Props<Service>) {
  return <Choices label={text.service} value={value} onChange={onChange} choices={SERVICES.map((it) => ({ value: it, ...text.services[it] }))} />;
}

export function PurposeChoice({ value, onChange }: Props<Purpose>) {
  return <Choices label={text.purpose} value={value} onChange={onChange} choices={PURPOSES.map((it) => ({ value: it, ...text.purposes[it] }))} />;
}
