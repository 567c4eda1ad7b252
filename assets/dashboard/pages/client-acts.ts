import type { Client, Permission } from "../contract";

export type ClientAct = "suspend" | "deactivate" | "resume" | "erase";

/** What somebody may do to a client as it stands. */
export function actsOn({ status, deactivated_at }: Client, may: (permission: Permission) => boolean): readonly ClientAct[] {
  if (!may("clients:write")) return [];
  if (deactivated_at !== null) return may("agency:own") ? ["resume", "erase"] : ["resume"];
  return status === "active" ? ["suspend", "deactivate"] : ["resume", "deactivate"];
}
