// An OpenAPI 3.1 document as the reference that people read: groups by tag, operations, who may call them, bodies
// and answers. Pure; `view.tsx` draws it.
//
// Two extensions are understood beside the standard: `x-access` (a sentence that says who may call an operation)
// and `x-problem-codes` (on an operation or a response: the codes of problem+json that it may answer).

import { docs as strings } from "../locales/en.json";
import { fill } from "../shared/strings";
import { fieldsOf, listOf, textOf, textsOf, type Fields, type Json } from "./json";
import { exampleOf, resolve, rowsOf, typeOf, type Row } from "./schema";

const METHODS = ["get", "post", "put", "patch", "delete", "head", "options"] as const;
const PROBLEM = "application/problem+json";

export type Body = {
  readonly mediaType: string;
  readonly type: string;
  readonly rows: readonly Row[];
  readonly examples: readonly { readonly name: string; readonly text: string }[];
};

export type Answer = {
  readonly status: string;
  readonly description: string;
  readonly codes: readonly string[];
  readonly headers: readonly string[];
  readonly bodies: readonly Body[];
};

export type Parameter = Row & { readonly place: string };

export type Operation = {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly isDeprecated: boolean;
  readonly access: string;
  readonly parameters: readonly Parameter[];
  readonly requestNote: string;
  readonly request: readonly Body[];
  readonly answers: readonly Answer[];
  readonly codes: readonly string[];
  readonly curl: string;
};

export type Group = { readonly name: string; readonly description: string; readonly operations: readonly Operation[] };

export type Reference = {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly credentials: readonly { readonly name: string; readonly description: string }[];
  readonly groups: readonly Group[];
};

export function referenceOf(json: Json, origin: string): Reference {
  const document = fieldsOf(json);
  const info = fieldsOf(document["info"]);
  return {
    title: textOf(info["title"]) || strings.title,
    version: textOf(info["version"]),
    description: textOf(info["description"]),
    credentials: Object.entries(schemesOf(document)).map(([name, scheme]) => ({ name, description: textOf(scheme["description"]) })),
    groups: groupsOf(document, origin),
  };
}

/** Groups in the order of the document's `tags`, then in the order in which further tags appear. */
function groupsOf(document: Fields, origin: string): readonly Group[] {
  const described = new Map(listOf(document["tags"]).map((tag) => [textOf(fieldsOf(tag)["name"]), textOf(fieldsOf(tag)["description"])]));
  const operations = new Map<string, Operation[]>([...described.keys()].map((name) => [name, []]));
  for (const [path, item] of Object.entries(fieldsOf(document["paths"]))) {
    for (const method of METHODS) {
      const operation = fieldsOf(fieldsOf(item)[method]);
      if (Object.keys(operation).length === 0) continue;
      const tag = textsOf(operation["tags"])[0] ?? strings.untagged;
      const known = operations.get(tag) ?? [];
      operations.set(tag, [...known, operationOf({ document, origin, path, method, item: fieldsOf(item), operation })]);
    }
  }
  return [...operations]
    .filter(([, list]) => list.length > 0)
    .map(([name, list]) => ({ name, description: described.get(name) ?? "", operations: list }));
}

type Place = {
  readonly document: Fields;
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly item: Fields;
  readonly operation: Fields;
};

function operationOf(place: Place): Operation {
  const { document, path, method, item, operation } = place;
  const request = resolve(document, operation["requestBody"]);
  const bodies = bodiesOf(document, request["content"]);
  const answers = Object.entries(fieldsOf(operation["responses"])).map(([status, answer]) => answerOf(document, status, answer));
  const id = textOf(operation["operationId"]) || `${method}${path.replace(/[^a-z0-9]+/gi, "-")}`;
  return {
    id,
    method: method.toUpperCase(),
    path,
    summary: textOf(operation["summary"]),
    description: textOf(operation["description"]),
    isDeprecated: operation["deprecated"] === true,
    access: accessOf(document, operation),
    parameters: [...listOf(item["parameters"]), ...listOf(operation["parameters"])].map((parameter) => parameterOf(document, parameter)),
    requestNote: textOf(request["description"]),
    request: bodies,
    answers,
    codes: textsOf(operation["x-problem-codes"]),
    curl: curlOf(place, bodies),
  };
}

function parameterOf(document: Fields, json: Json): Parameter {
  const fields = resolve(document, json);
  const [row] = rowsOf(document, fields["schema"] ?? {});
  return {
    depth: 0,
    name: textOf(fields["name"]),
    place: textOf(fields["in"]),
    type: typeOf(document, fields["schema"] ?? {}),
    isRequired: fields["required"] === true,
    description: textOf(fields["description"]) || (row?.description ?? ""),
    notes: row?.notes ?? [],
  };
}

function bodiesOf(document: Fields, content: Json): readonly Body[] {
  return Object.entries(fieldsOf(content)).map(([mediaType, value]) => {
    const media = fieldsOf(value);
    const hasSchema = media["schema"] !== undefined;
    return {
      mediaType,
      type: hasSchema ? typeOf(document, media["schema"]) : strings.any,
      rows: hasSchema ? rowsOf(document, media["schema"]) : [],
      examples: examplesOf(document, media, mediaType),
    };
  });
}

function examplesOf(document: Fields, media: Fields, mediaType: string): Body["examples"] {
  const named = Object.entries(fieldsOf(media["examples"])).map(([name, example]) => {
    const fields = resolve(document, example);
    return { name: textOf(fields["summary"]) || name, text: exampleText(fields["value"]) };
  });
  if (named.length > 0) return named;
  if (media["example"] !== undefined) return [{ name: strings.example, text: exampleText(media["example"]) }];
  if (!mediaType.includes("json") || media["schema"] === undefined) return [];
  return [{ name: strings.example, text: exampleText(exampleOf(document, media["schema"])) }];
}

function exampleText(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

function answerOf(document: Fields, status: string, json: Json): Answer {
  const fields = resolve(document, json);
  return {
    status,
    description: textOf(fields["description"]),
    codes: codesOf(document, fields),
    headers: Object.keys(fieldsOf(fields["headers"])),
    bodies: bodiesOf(document, fields["content"]),
  };
}

/** Codes that a problem answer may carry: said outright, or read from its examples or from its schema. */
function codesOf(document: Fields, answer: Fields): readonly string[] {
  const media = fieldsOf(fieldsOf(answer["content"])[PROBLEM]);
  const code = fieldsOf(fieldsOf(resolve(document, media["schema"])["properties"])["code"]);
  const examples = Object.values(fieldsOf(media["examples"])).map((example) => fieldsOf(example)["value"]);
  const shown = [media["example"], ...examples].map((value) => textOf(fieldsOf(value)["code"]));
  const all = [...textsOf(answer["x-problem-codes"]), ...shown, ...textsOf(resolve(document, code)["enum"]), textOf(code["const"])];
  return [...new Set(all.filter((text) => text !== ""))];
}

function schemesOf(document: Fields): Readonly<Record<string, Fields>> {
  const schemes = fieldsOf(fieldsOf(document["components"])["securitySchemes"]);
  return Object.fromEntries(Object.entries(schemes).map(([name, scheme]) => [name, resolve(document, scheme)]));
}

function requirementsOf(document: Fields, operation: Fields): readonly (readonly string[])[] {
  return listOf(operation["security"] ?? document["security"]).map((requirement) => Object.keys(fieldsOf(requirement)));
}

function accessOf(document: Fields, operation: Fields): string {
  const said = textOf(operation["x-access"]);
  if (said !== "") return said;
  const requirements = requirementsOf(document, operation);
  const named = requirements.filter((names) => names.length > 0).map((names) => names.join(" + "));
  if (named.length === 0) return strings.access_public;
  const template = named.length < requirements.length ? strings.access_optional : strings.access_schemes;
  return fill(template, { schemes: named.join(", ") });
}

function curlOf({ document, origin, path, method, operation }: Place, bodies: readonly Body[]): string {
  const json = bodies.find((body) => body.mediaType.includes("json"));
  const form = bodies.find((body) => body.mediaType === "multipart/form-data");
  const example = json?.examples[0]?.text;
  const credential = credentialOf(document, operation);
  const lines = [
    `curl${method === "get" ? "" : ` -X ${method.toUpperCase()}`} '${origin}${path}'`,
    ...(credential === null ? [] : [`-H '${credential}'`]),
    ...(example === undefined ? [] : ["-H 'content-type: application/json'", `-d '${compact(example).replaceAll("'", "'\\''")}'`]),
    ...(form === undefined ? [] : form.rows.filter((row) => row.depth === 0 && row.name !== "").map((row) => `-F '${row.name}=${row.type.includes("binary") ? "@file" : "…"}'`)),
  ];
  return lines.join(" \\\n  ");
}

function compact(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

/** The header of the first scheme that a program would use; a cookie is for browsers and is not shown. */
function credentialOf(document: Fields, operation: Fields): string | null {
  const schemes = schemesOf(document);
  for (const name of requirementsOf(document, operation).flat()) {
    const scheme = schemes[name] ?? {};
    if (scheme["type"] === "http" && textOf(scheme["scheme"]).toLowerCase() === "bearer") return "authorization: Bearer API_KEY";
    if (scheme["type"] === "apiKey" && scheme["in"] === "header") return `${textOf(scheme["name"])}: API_KEY`;
  }
  return null;
}

/** Operations of which method, path, name or texts contain every word of `query`. */
export function filterGroups(groups: readonly Group[], query: string): readonly Group[] {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const matches = (operation: Operation) => {
    const { id, method, path, summary, description } = operation;
    const text = [id, method, path, summary, description].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return groups
    .map((group) => ({ ...group, operations: group.operations.filter(matches) }))
    .filter((group) => group.operations.length > 0);
}

export function countOf(groups: readonly Group[]): number {
  return groups.reduce((sum, group) => sum + group.operations.length, 0);
}
