// Fills a string of `locales/*.json`: `fill("Hello {name}", { name: "Ada" })`. Sections are imported by name
// from the locale file, so that the loader carries only its own.

export type Values = Readonly<Record<string, string | number>>;

/** Replaces each `{key}` by its value; a key without a value stays as it is, so that a test can see it. */
export function fill(template: string, values: Values): string {
  return template.replace(/\{(\w+)\}/g, (whole, key: string) => {
    const value = values[key];
    return value === undefined ? whole : String(value);
  });
}
