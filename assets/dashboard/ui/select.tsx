import { useId } from "react";
import type { FieldProps } from "./field";
import { useOwnError } from "./form-errors";
import { Icon } from "./icons";

export type Choice = { readonly value: string; readonly label: string };

/** The browser's own list: it is at home on every phone. */
export function SelectInput({ name, label, hint, value, onChange, choices, isDisabled = false, isLabelHidden = false }: FieldProps & {
  readonly choices: readonly Choice[];
  readonly isDisabled?: boolean;
  readonly isLabelHidden?: boolean;
}) {
  const id = useId();
  const { error, forget } = useOwnError(name);
  const choose = (chosen: string) => {
    forget();
    onChange(chosen);
  };
  return (
    <div className="field">
      <label className={isLabelHidden ? "visually-hidden" : "label"} htmlFor={id}>{label}</label>
      <span className="select">
        <select id={id} name={name} className="input" value={value} disabled={isDisabled} aria-invalid={error ? true : undefined}
          aria-describedby={hint || error ? `${id}-hint` : undefined} onChange={(event) => choose(event.target.value)}>
          {choices.map((choice) => <option key={choice.value} value={choice.value}>{choice.label}</option>)}
        </select>
        <Icon name="chevron" />
      </span>
      {(error ?? hint) && <span id={`${id}-hint`} className={error ? "field-error" : "hint"}>{error ?? hint}</span>}
    </div>
  );
}
