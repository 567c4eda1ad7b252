// The stand-in's routes of people, of the agency and of a client.

import { idOf } from "./data.mjs";
import { checkEmail, invalid, json, pageOf, Refusal } from "./http.mjs";

export function memberRoutes({ response, method, path, query, body, need }, members, roles, { path: base, client }) {
  const [id, verb] = path.slice(base.length + 1).split("/");
  need(method === "GET" ? "members:read" : "members:write", client);
  if (method === "GET") {
    json(response, 200, pageOf(members, query));
    return true;
  }
  if (body.role !== undefined && !roles.includes(body.role)) throw invalid("/role", "There is no such role here.");
  if (!id) {
    checkEmail(body, "email");
    if (members.some(({ email }) => email === body.email)) throw invalid("/email", "This person is a member already.");
    const member = { id: idOf("mem"), person_id: null, name: null, email: body.email, role: body.role, state: "invited", invited_at: new Date().toISOString(), expires_at: new Date(Date.now() + 7 * 86_400_000).toISOString(), last_seen_at: null };
    members.push(member);
    json(response, 201, member);
    return true;
  }
  const member = members.find((it) => it.id === id);
  if (!member) throw new Refusal(404, "not_found");
  const isLastOwner = member.role === "owner" && members.filter(({ role, state }) => role === "owner" && state === "active").length === 1;
  if (isLastOwner && (method === "DELETE" || (body.role ?? "owner") !== "owner" || body.state === "off")) {
    throw new Refusal(409, "last_owner", { detail: "The last owner stays. Make somebody else an owner first." });
  }
  if (method === "DELETE") {
    members.splice(members.indexOf(member), 1);
    json(response, 204, null);
    return true;
  }
  if (verb !== "resend") Object.assign(member, body);
  json(response, 200, member);
  return true;
}
