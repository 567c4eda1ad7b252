import { text } from "texts:keys";

export function scopeLabel(scope: string): string {
  return (text.scope_names as Readonly<Record<string, string>>)[scope] ?? scope;
}
