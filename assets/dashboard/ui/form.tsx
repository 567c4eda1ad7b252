import { useMemo, type ReactNode } from "react";
import { Form as AriaForm } from "react-aria-components/Form";
import type { Failure } from "../api";
import type { Action } from "../query";
import { FailureBanner } from "./failure-banner";
import { FormErrorsContext, type FormErrors } from "./form-errors";

type Props = {
  readonly action: Action;
  /** Names of the fields in the form: what the server says about others is shown above it. */
  readonly fields: readonly string[];
  readonly onSubmit: () => void;
  /** Reads the present state, where an edit was made to an older one. What was typed stays. */
  readonly onReload?: (() => void) | undefined;
  readonly children: ReactNode;
  readonly id?: string;
};

/** A form keeps what was typed; the server's messages stand at their fields, or above. */
export function Form({ action, fields, onSubmit, onReload, children, id }: Props) {
  const failure = action.kind === "failed" ? action.failure : null;
  // By failure: a new one is news also where it says the same.
  const errors = useMemo(() => (failure ? fieldErrors(failure, fields) : {}), [failure]);
  return (
    <AriaForm
      className="form"
      // Not the browser's own validation: it would keep a refused field from being sent again after another one was mended.
      validationBehavior="aria"
      {...(id ? { id } : {})}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {failure && <FailureBanner failure={failure} fields={fields} onReload={onReload} />}
      <FormErrorsContext value={errors}>{children}</FormErrorsContext>
    </AriaForm>
  );
}

function fieldErrors(failure: Failure, fields: readonly string[]): FormErrors {
  return Object.fromEntries(failure.errors.filter(({ pointer }) => fields.includes(pointer)).map(({ pointer, detail }) => [pointer, detail]));
}
