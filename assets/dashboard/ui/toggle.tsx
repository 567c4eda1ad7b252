// What is on or off. Apart from the other fields, so that a table with switches carries no forms.

import { useId, type ReactNode } from "react";
import { Checkbox } from "react-aria-components/Checkbox";
import { Switch } from "react-aria-components/Switch";
import { Icon } from "./icons";

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
