// Makes `shared/api-types.ts` from the OpenAPI document that the server's tests hold to the code
// (`tests/it/snapshots/openapi.snap`). Examples, and answers other than the successful ones, are left out first: all
// failures are one type, `Problem`.

import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import openapiTypes, { astToString } from "openapi-typescript";

const ASSETS = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const SNAPSHOT = path.join(ASSETS, "../tests/it/snapshots/openapi.snap");
export const API_TYPES = path.join(ASSETS, "shared/api-types.ts");
const HEAD = "// Generated from tests/it/snapshots/openapi.snap by `npm run api-types`. Do not edit.\n\n";

export async function generateApiTypes() {
  const snapshot = await readFile(SNAPSHOT, "utf8");
  const document = JSON.parse(snapshot.slice(snapshot.indexOf("\n---\n") + "\n---\n".length));
  for (const item of Object.values(document.paths)) {
    for (const operation of Object.values(item)) {
      if (!operation.responses) continue;
      const kept = Object.entries(operation.responses).filter(([status]) => status.startsWith("2"));
      operation.responses = Object.fromEntries(kept);
    }
  }
  return HEAD + astToString(await openapiTypes(withoutExamples(document)));
}

function withoutExamples(value) {
  if (Array.isArray(value)) return value.map(withoutExamples);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([key, held]) => key !== "examples" || !(Array.isArray(held) || typeof held === "object"));
  return Object.fromEntries(kept.map(([key, held]) => [key, withoutExamples(held)]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(API_TYPES, await generateApiTypes());
