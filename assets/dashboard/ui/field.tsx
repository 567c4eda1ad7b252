// Fields of forms. A field's `name` is the JSON pointer of its value in the request, so that the server's
// `errors[].pointer` finds it.

import { useId, type ReactNode } from "react";
import { Checkbox } from "react-aria-components/Checkbox";
import { FieldError } from "react-aria-components/FieldError";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { Switch } from "react-aria-components/Switch";
import { Text } from "react-aria-components/Text";
import { TextArea } from "react-aria-components/TextArea";
import { TextField, type TextFieldProps } from "react-aria-components/TextField";
import { text } from "texts:common";
import { useOwnError } from "./form-errors";
import { Icon } from "./icons";

type Common = {
  readonly name: string;
  readonly label: string;
  readonly hint?: ReactNode;
  readonly value: string;
  readonly onChange: (value: string) => void;
};
type TextInputProps = Common & Omit<TextFieldProps, "children" | "className" | "onChange" | "value" | "name"> & {
  readonly placeholder?: string;
  readonly isMono?: boolean;
};

export function TextInput({ label, hint, placeholder, isMono, ...rest }: TextInputProps) {
  const { error, forget } = useOwnError(rest.name);
  return (
    <TextField {...rest} onChange={andForget(rest.onChange, forget)} isInvalid={error !== undefined} className="field">
      <FieldLabel label={label} isRequired={rest.isRequired} />
      <Input className={isMono ? "input mono" : "input"} placeholder={placeholder ?? ""} />
      {hint && <Text slot="description" className="hint">{hint}</Text>}
      <FieldError className="field-error">{error}</FieldError>
    </TextField>
  );
}

export function TextBlock({ label, hint, placeholder, isMono, rows = 4, ...rest }: TextInputProps & { readonly rows?: number }) {
  const { error, forget } = useOwnError(rest.name);
  return (
    <TextField {...rest} onChange={andForget(rest.onChange, forget)} isInvalid={error !== undefined} className="field">
      <FieldLabel label={label} isRequired={rest.isRequired} />
      <TextArea className={isMono ? "input mono" : "input"} rows={rows} placeholder={placeholder ?? ""} />
      <div className="field-foot">
        {hint && <Text slot="description" className="hint">{hint}</Text>}
        {rest.maxLength && rest.value.length > rest.maxLength * 0.8 && <span className="hint counter">{rest.value.length} / {rest.maxLength}</span>}
      </div>
      <FieldError className="field-error">{error}</FieldError>
    </TextField>
  );
}

function andForget(onChange: (value: string) => void, forget: () => void): (value: string) => void {
  return (value) => {
    forget();
    onChange(value);
  };
}

function FieldLabel({ label, isRequired }: { readonly label: string; readonly isRequired: boolean | undefined }) {
  return <Label className="label">{label}{isRequired === false && <span className="optional"> {text.optional}</span>}</Label>;
}

export type Choice = { readonly value: string; readonly label: string };

/** The browser's own list: it is at home on every phone. */
export function SelectInput({ name, label, hint, value, onChange, choices, isDisabled = false, isLabelHidden = false }: Common & {
  readonly choices: readonly Choice[];
  readonly isDisabled?: boolean;
  readonly isLabelHidden?: boolean;
}) {
  const id = useId();
  const { error, forget } = useOwnError(name);
  return (
    <div className="field">
      <label className={isLabelHidden ? "visually-hidden" : "label"} htmlFor={id}>{label}</label>
      <span className="select">
        <select id={id} name={name} className="input" value={value} disabled={isDisabled} aria-invalid={error ? true : undefined}
          aria-describedby={hint || error ? `${id}-hint` : undefined} onChange={(event) => andForget(onChange, forget)(event.target.value)}>
          {choices.map((choice) => <option key={choice.value} value={choice.value}>{choice.label}</option>)}
        </select>
        <Icon name="chevron" />
      </span>
      {(error ?? hint) && <span id={`${id}-hint`} className={error ? "field-error" : "hint"}>{error ?? hint}</span>}
    </div>
  );
}

export function SwitchInput({ label, hint, isOn, onChange, isDisabled = false, isLabelHidden = false }: {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly isDisabled?: boolean;
  readonly isLabelHidden?: boolean;
}) {
  const id = useId();
  return (
    <div className="switch-field">
      <Switch className="switch" isSelected={isOn} onChange={onChange} isDisabled={isDisabled}
        {...(isLabelHidden ? { "aria-label": label } : {})} {...(hint ? { "aria-describedby": id } : {})}>
        <span className="track"><span className="thumb" /></span>
        {!isLabelHidden && label}
      </Switch>
      {hint && <p id={id} className="hint">{hint}</p>}
    </div>
  );
}

export function CheckInput({ label, isOn, isMixed = false, onChange, isLabelHidden = false }: {
  /** A hidden label is text. */
  readonly label: ReactNode;
  readonly isOn: boolean;
  readonly isMixed?: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly isLabelHidden?: boolean;
}) {
  return (
    <Checkbox className="check" isSelected={isOn} isIndeterminate={isMixed} onChange={onChange} {...(isLabelHidden ? { "aria-label": String(label) } : {})}>
      <span className="box">{isMixed ? <i /> : <Icon name="check" />}</span>
      {!isLabelHidden && label}
    </Checkbox>
  );
}

export function SearchInput({ label, value, onChange, placeholder, hasFocus = false }: { readonly label: string; readonly value: string; readonly onChange: (value: string) => void; readonly placeholder?: string; readonly hasFocus?: boolean }) {
  return (
    <span className="search">
      <Icon name="search" />
      <input className="input" type="search" autoFocus={hasFocus} aria-label={label} placeholder={placeholder ?? label} value={value} onChange={(event) => onChange(event.target.value)} />
    </span>
  );
}
