import { useId } from "react";

/**
 * A few choices below each other, each with a sentence that says what it means. The browser's own radio buttons: the
 * library's would add 6 KB to a page that has no other use for them.
 */
export function Choices<Value extends string>({ label, value, onChange, choices }: {
  readonly label: string;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly choices: readonly { readonly value: Value; readonly label: string; readonly hint: string }[];
}) {
  const name = useId();
  return (
    <fieldset className="choice-group">
      <legend className="label">{label}</legend>
      {choices.map((choice) => (
        <label key={choice.value} className="choice">
          <input type="radio" name={name} checked={choice.value === value} aria-describedby={`${name}-${choice.value}`} onChange={() => onChange(choice.value)} />
          <span className="choice-words"><span>{choice.label}</span> <span id={`${name}-${choice.value}`} className="hint">{choice.hint}</span></span>
        </label>
      ))}
    </fieldset>
  );
}
