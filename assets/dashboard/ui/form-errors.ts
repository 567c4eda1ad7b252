// What the server said of the fields of a form, by JSON pointer.

import { createContext, useContext, useState } from "react";

export type FormErrors = Readonly<Record<string, string>>;

const NONE: FormErrors = {};
export const FormErrorsContext = createContext<FormErrors>(NONE);

export type OwnError = { readonly error: string | undefined; readonly forget: () => void };

/**
 * What was said of this field, until something else is typed. Not until the field is left, as the library has it: the
 * form would shrink below the pointer that is about to press its button, and the press would be lost.
 */
export function useOwnError(name: string): OwnError {
  const errors = useContext(FormErrorsContext);
  const [forgotten, forget] = useState(NONE);
  return { error: forgotten === errors ? undefined : errors[name], forget: () => forget(errors) };
}
