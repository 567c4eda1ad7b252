import { Radio, RadioGroup } from "react-aria-components/RadioGroup";
import { Label } from "react-aria-components/Label";

/** A few choices below each other, each with a sentence that says what it means. */
export function Choices<Value extends string>({ name, label, value, onChange, choices }: {
  readonly name: string;
  readonly label: string;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly choices: readonly { readonly value: Value; readonly label: string; readonly hint: string }[];
}) {
  return (
    <RadioGroup className="choice-group" name={name} value={value}
      onChange={(next) => {
        const choice = choices.find((it) => it.value === next);
        if (choice) onChange(choice.value);
      }}>
      <Label className="label">{label}</Label>
      {choices.map((choice) => (
        <Radio key={choice.value} value={choice.value} className="choice">
          <span className="dot" />
          <span className="choice-words"><span>{choice.label}</span> <span className="hint">{choice.hint}</span></span>
        </Radio>
      ))}
    </RadioGroup>
  );
}
