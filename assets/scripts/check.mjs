// Holds `dist` to a rebuild, byte for byte, the API's types to its document, and the demo's texts to their own promises (`check-demo.mjs`).

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { API_TYPES, generateApiTypes } from "./api-types/generate.mjs";
import { build, ROOT } from "./build.mjs";
import { checkDemo } from "./check-demo.mjs";

async function filesUnder(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

async function compare(committed, rebuilt) {
  const [there, here] = [await filesUnder(committed), await filesUnder(rebuilt)];
  const problems = [];
  for (const name of new Set([...there, ...here])) {
    if (!here.includes(name)) problems.push(`dist/${name} is no longer built`);
    else if (!there.includes(name)) problems.push(`dist/${name} is missing`);
    else {
      const [left, right] = await Promise.all([readFile(path.join(committed, name)), readFile(path.join(rebuilt, name))]);
      if (!left.equals(right)) problems.push(`dist/${name} differs from a rebuild`);
    }
  }
  return problems;
}

async function checkApiTypes() {
  const isFresh = (await readFile(API_TYPES, "utf8")) === (await generateApiTypes());
  return isFresh ? [] : ["shared/api-types.ts is not what today's OpenAPI document gives; run `npm run api-types`"];
}

const temporary = await mkdtemp(path.join(os.tmpdir(), "assets-check-"));
try {
  await build(temporary);
  const problems = [...(await compare(path.join(ROOT, "dist"), temporary)), ...(await checkApiTypes()), ...(await checkDemo())];
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) {
    console.error(`${problems.length} problems. For dist: run \`npm ci && npm run build\` in assets and commit the result.`);
    process.exitCode = 1;
  } else {
    console.log("dist equals a rebuild; the demo keeps its promises");
  }
} finally {
  await rm(temporary, { recursive: true, force: true });
}
