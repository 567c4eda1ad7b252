import { text as common } from "texts:common";
import type { Member } from "../contract";
import { formatCode } from "../format";

export function nameOf({ name, email }: Member): string {
  return name || email;
}

export function roleLabel(role: string): string {
  return (common.roles as Readonly<Record<string, string>>)[role] ?? formatCode(role);
}
