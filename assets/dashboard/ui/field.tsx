// Fields of forms. A field's `name` is the JSON pointer of its value in the request, so that the server's
// `errors[].pointer` finds it.

import type { ReactNode } from "react";
import { FieldError } from "react-aria-components/FieldError";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { Text } from "react-aria-components/Text";
import { TextArea } from "react-aria-components/TextArea";
import { TextField, type TextFieldProps } from "react-aria-components/TextField";
import { text } from "texts:common";
import { useOwnError } from "./form-errors";

export type FieldProps = {
  readonly name: string;
  readonly label: string;
  readonly hint?: ReactNode;
  readonly value: string;
  readonly onChange: (value: string) => void;
};
type TextInputProps = FieldProps & Omit<TextFieldProps, "children" | "className" | "onChange" | "value" | "name"> & {
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
