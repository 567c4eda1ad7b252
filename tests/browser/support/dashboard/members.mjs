// The stand-in's routes of people, of the agency and of a client.

import { idOf } from "./data.mjs";
import { checkEmail, checkFields, invalid, json, pageOf, Refusal } from "./http.mjs";

export function memberRoutes({ response, method, path, query, body, session, need }, members, roles, { path: base, client }) {
  const [id, verb] = path.slice(base.length + 1).split("/");
  const kind = client === null ? "staff" : "members";
  need(method === "GET" ? `${kind}:read` : `${kind}:write`, client);
  if (method === "GET") {
    json(response, 200, pageOf(members, query));
    return true;
  }
  if (body.role !== undefined && !roles.includes(body.role)) throw invalid("/role", `The role \`${body.role}\` does not exist here.`);
  const owns = (role) => role === "owner" && need(client === null ? "agency:own" : "client:own", client);
  owns(body.role);
  if (body.role === "owner" && body.client_ids) throw invalid("/client_ids", "An owner sees every client; choose another role to limit them.");
  if (!id) {
    checkFields(body, ["email", "role", "message", ...(client === null ? ["client_ids"] : [])]);
    checkEmail(body, "email");
    if (members.some(({ email }) => email === body.email)) throw new Refusal(409, "wrong_state", { detail: "This address belongs to a member or an invitation here already." });
    const member = { id: idOf("member"), person_id: null, name: null, email: body.email, role: body.role, state: "invited", invited_at: new Date().toISOString(), expires_at: inAWeek(), last_seen_at: null, client_ids: body.client_ids ?? null };
    members.unshift(member);
    json(response, 201, member);
    return true;
  }
  const member = members.find((it) => it.id === id);
  if (!member) throw new Refusal(404, "not_found", { detail: "There is no member with this id. They may have been removed." });
  owns(member.role);
  const isLastOwner = member.role === "owner" && members.filter(({ role, state }) => role === "owner" && state === "active").length === 1;
  if (isLastOwner && (method === "DELETE" || (body.role ?? "owner") !== "owner" || body.state === "off")) {
    throw new Refusal(409, "wrong_state", { detail: "The last owner stays. Make somebody else an owner first." });
  }
  if (method === "DELETE") {
    members.splice(members.indexOf(member), 1);
    json(response, 204, null);
    return true;
  }
  if (verb === "ownership") {
    owns("owner");
    if (member.state !== "active") throw new Refusal(409, "wrong_state", { detail: "This can be done with a member who has accepted the invitation." });
    const own = members.find((it) => it.person_id !== null && it.person_id === session.person?.id);
    if (own?.role === "owner") own.role = client === null ? "admin" : "manager";
    Object.assign(member, { role: "owner", client_ids: null });
    json(response, 200, member);
    return true;
  }
  if (verb === "resend") {
    if (member.state !== "invited") throw new Refusal(409, "wrong_state", { detail: "This can be done with an invitation that was not accepted yet." });
    member.expires_at = inAWeek();
    json(response, 202, member);
    return true;
  }
  checkFields(body, ["role", "state", ...(client === null ? ["client_ids"] : [])]);
  json(response, 200, Object.assign(member, body));
  return true;
}

function inAWeek() {
  return new Date(Date.now() + 7 * 86_400_000).toISOString();
}
