// Narrowing of JSON whose shape is not ours: an OpenAPI document is read field by field, and a field of the wrong
// type counts as missing.

export type Json = unknown;
export type Fields = Readonly<Record<string, Json>>;

export function fieldsOf(value: Json): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function listOf(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: Json): string {
  return typeof value === "string" ? value : "";
}

export function textsOf(value: Json): readonly string[] {
  return listOf(value).filter((item) => typeof item === "string");
}

/** A value as a reader would write it in JSON, on one line. */
export function shortText(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
