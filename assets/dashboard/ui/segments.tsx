import { Radio, RadioGroup } from "react-aria-components/RadioGroup";

/** A few choices side by side, one of them taken. */
export function Segments<Value extends string>({ label, value, onChange, choices, name }: {
  readonly label: string;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly choices: readonly { readonly value: Value; readonly label: string }[];
  readonly name?: string;
}) {
  return (
    <RadioGroup className="segments" aria-label={label} value={value} orientation="horizontal" {...(name ? { name } : {})}
      onChange={(next) => {
        const choice = choices.find((it) => it.value === next);
        if (choice) onChange(choice.value);
      }}>
      {choices.map((choice) => <Radio key={choice.value} value={choice.value} className="segment">{choice.label}</Radio>)}
    </RadioGroup>
  );
}
