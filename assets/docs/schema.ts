// JSON Schema 2020-12, as far as people read it: a schema becomes rows of a field table, and an example where the
// document gives none. Pure. References lead into `#/components/…` of the same document; a schema that contains
// itself is listed once (the trail of its ancestors is carried along), and depth is limited besides.

import { docs as strings } from "../locales/en.json";
import { fill } from "../shared/strings";
import { fieldsOf, listOf, shortText, textOf, textsOf, type Fields, type Json } from "./json";

/** Nested objects are shown down to here; below, the type's name must do. */
const DEPTH_MAX = 4;
/** Lists of lists and choices of choices are followed down to here, should one contain itself. */
const HOPS_MAX = 8;

export type Row = {
  readonly depth: number;
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string;
  readonly notes: readonly string[];
};

/** Follows `$ref` to its target; what stands beside the reference (a description, say) wins. */
export function resolve(document: Fields, schema: Json): Fields {
  let fields = fieldsOf(schema);
  for (let hops = 0; hops < 8; hops += 1) {
    const reference = textOf(fields["$ref"]);
    if (!reference.startsWith("#/")) break;
    const { $ref: _, ...beside } = fields;
    fields = { ...targetOf(document, reference), ...beside };
  }
  const parts = listOf(fields["allOf"]);
  return parts.length === 0 ? fields : merge(fields, parts.map((part) => resolve(document, part)));
}

function targetOf(document: Fields, reference: string): Fields {
  let value: Json = document;
  for (const key of reference.slice(2).split("/")) {
    value = fieldsOf(value)[key.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return fieldsOf(value);
}

function merge(own: Fields, parts: readonly Fields[]): Fields {
  const all = [...parts, own];
  return {
    ...Object.assign({}, ...parts),
    ...own,
    properties: Object.assign({}, ...all.map((part) => fieldsOf(part["properties"]))),
    required: all.flatMap((part) => textsOf(part["required"])),
  };
}

/** Rows of the fields of an object schema, or one nameless row for any other schema. */
export function rowsOf(document: Fields, schema: Json): readonly Row[] {
  const fields = resolve(document, schema);
  const rows = fieldRows(document, fields, []);
  if (rows.length > 0) return rows;
  return [rowOf(document, schema, { name: "", depth: 0, isRequired: true })];
}

/** `trail` holds the `properties` of the schemas that this one stands in, the outermost first. */
function fieldRows(document: Fields, schema: Fields, trail: readonly Json[]): readonly Row[] {
  const depth = trail.length;
  if (depth > DEPTH_MAX || trail.includes(schema["properties"])) return [];
  const required = textsOf(schema["required"]);
  return Object.entries(fieldsOf(schema["properties"])).flatMap(([name, property]) => [
    rowOf(document, property, { name, depth, isRequired: required.includes(name) }),
    ...fieldRows(document, objectWithin(document, property), [...trail, schema["properties"]]),
  ]);
}

/** The object whose fields are worth listing under a property: itself, its items, or its one non-null choice. */
function objectWithin(document: Fields, property: Json, hops = 0): Fields {
  if (hops > HOPS_MAX) return {};
  const fields = resolve(document, property);
  if (fields["properties"] !== undefined) return fields;
  const choices = choicesOf(document, fields);
  if (choices.length === 1) return objectWithin(document, choices[0], hops + 1);
  return fields["items"] === undefined ? {} : objectWithin(document, fields["items"], hops + 1);
}

function rowOf(document: Fields, schema: Json, place: Pick<Row, "name" | "depth" | "isRequired">): Row {
  const fields = resolve(document, schema);
  return { ...place, type: typeOf(document, schema), description: textOf(fields["description"]), notes: notesOf(fields) };
}

function choicesOf(document: Fields, fields: Fields): readonly Fields[] {
  const choices = [...listOf(fields["oneOf"]), ...listOf(fields["anyOf"])];
  return choices.map((choice) => resolve(document, choice)).filter((choice) => choice["type"] !== "null");
}

export function typeOf(document: Fields, schema: Json, hops = 0): string {
  if (hops > HOPS_MAX) return strings.any;
  const fields = resolve(document, schema);
  const types = typeof fields["type"] === "string" ? [fields["type"]] : textsOf(fields["type"]);
  const hasNull = types.includes("null") || [...listOf(fields["oneOf"]), ...listOf(fields["anyOf"])].some((choice) => fieldsOf(choice)["type"] === "null");
  const names = types.filter((type) => type !== "null").map((type) => typeName(document, type, fields, hops + 1));
  const choices = choicesOf(document, fields).map((choice) => typeOf(document, choice, hops + 1));
  const all = [...new Set(names.length > 0 ? names : choices)];
  const text = all.length > 0 ? all.join(" | ") : constantType(fields);
  return hasNull ? `${text} ${strings.nullable}` : text;
}

function typeName(document: Fields, type: string, fields: Fields, hops: number): string {
  const format = textOf(fields["format"]);
  if (type === "array") return fill(strings.list_of, { type: typeOf(document, fields["items"], hops) });
  if (type === "object" && fields["properties"] === undefined && fieldsOf(fields["additionalProperties"])["type"] !== undefined) {
    return fill(strings.map_of, { type: typeOf(document, fields["additionalProperties"], hops) });
  }
  return format === "" ? type : `${type} (${format})`;
}

function constantType(fields: Fields): string {
  if (fields["const"] !== undefined) return typeof fields["const"];
  if (fields["enum"] !== undefined) return typeof listOf(fields["enum"])[0];
  return fields["properties"] === undefined ? strings.any : "object";
}

function notesOf(fields: Fields): readonly string[] {
  const values = fields["const"] === undefined ? listOf(fields["enum"]) : [fields["const"]];
  const bound = (key: string, template: string, value: string) =>
    typeof fields[key] === "number" ? [fill(template, { [value]: Number(fields[key]) })] : [];
  return [
    ...(values.length > 0 ? [fill(strings.allowed, { values: values.map(shortText).join(", ") })] : []),
    ...bound("minimum", strings.range_from, "min"),
    ...bound("maximum", strings.range_to, "max"),
    ...bound("minLength", strings.length_from, "min"),
    ...bound("maxLength", strings.length_to, "max"),
    ...bound("minItems", strings.items_from, "min"),
    ...bound("maxItems", strings.items_to, "max"),
    ...(textOf(fields["pattern"]) === "" ? [] : [fill(strings.pattern, { pattern: textOf(fields["pattern"]) })]),
    ...(fields["default"] === undefined ? [] : [fill(strings.default, { value: shortText(fields["default"]) })]),
    ...(fields["deprecated"] === true ? [strings.deprecated] : []),
  ];
}

/** An example made from the schema: given examples first, then defaults, then a plain value of the type. */
export function exampleOf(document: Fields, schema: Json, trail: readonly Json[] = []): Json {
  const fields = resolve(document, schema);
  const given = [fields["example"], listOf(fields["examples"])[0], fields["const"], fields["default"], listOf(fields["enum"])[0]];
  const found = given.find((value) => value !== undefined && value !== null);
  if (found !== undefined) return found;
  if (trail.length > HOPS_MAX) return null;
  const [choice] = choicesOf(document, fields);
  if (choice) return exampleOf(document, choice, [...trail, null]);
  return plainExample(document, fields, trail);
}

function plainExample(document: Fields, fields: Fields, trail: readonly Json[]): Json {
  const types = typeof fields["type"] === "string" ? [fields["type"]] : textsOf(fields["type"]);
  const type = types.find((name) => name !== "null") ?? (fields["properties"] === undefined ? "" : "object");
  if (type === "object") {
    const within = [...trail, fields["properties"]];
    const properties = Object.entries(fieldsOf(fields["properties"]))
      .filter(([, property]) => !within.includes(objectWithin(document, property)["properties"]))
      .map(([name, property]) => [name, exampleOf(document, property, within)] as const);
    return Object.fromEntries(properties);
  }
  if (type === "array") return fields["items"] === undefined ? [] : [exampleOf(document, fields["items"], [...trail, null])];
  if (type === "integer" || type === "number") return typeof fields["minimum"] === "number" ? fields["minimum"] : 1;
  if (type === "boolean") return true;
  if (type === "string") return textExample(textOf(fields["format"]));
  return null;
}

function textExample(format: string): string {
  const examples: Readonly<Record<string, string>> = {
    "date-time": "2026-03-01T09:30:00Z",
    date: "2026-03-01",
    email: "person@example.com",
    uri: "https://www.example.com/",
    uuid: "3f0c9a52-6c1e-4d39-9a55-0a8d1f1f7c21",
  };
  return examples[format] ?? "text";
}
