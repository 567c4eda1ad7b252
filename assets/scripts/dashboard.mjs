// Builds the dashboard: one page, its style sheet, and one module per route with what routes share in modules of
// their own. Every file but the two pages carries its content's hash in its name and may be cached for good.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import * as esbuild from "esbuild";

/** What one route may load in scripts at most (gzip): 150 KB, counted in thousands (DSH-1). */
const ROUTE_GZIP_BYTES_MAX = 150_000;
const ENTRIES = ["dashboard/app.tsx", "dashboard/preview.ts"];

/** `texts:documents` is that section of the locale, so that a route carries its own texts only. */
function localeSections(root) {
  return {
    name: "locale-sections",
    setup(build) {
      build.onResolve({ filter: /^texts:/ }, ({ path: name }) => ({ path: name.slice("texts:".length), namespace: "texts" }));
      build.onLoad({ filter: /.*/, namespace: "texts" }, async ({ path: section }) => {
        const file = path.join(root, "locales/dashboard.json");
        const text = JSON.parse(await readFile(file, "utf8"))[section];
        if (!text) throw new Error(`locales/dashboard.json has no section ${section}`);
        return { contents: `export const text = ${JSON.stringify(text)};`, loader: "js", watchFiles: [file] };
      });
    },
  };
}

/** React Aria brings its own words in thirty languages; the dashboard has one. */
const oneLanguage = {
  name: "one-language",
  setup(build) {
    build.onLoad({ filter: /[\\/]react-(aria|stately)[\\/].*[\\/]intl[\\/].*[a-z]{2}-[A-Z]{2}\.m?js$/ }, ({ path: file }) =>
      file.includes("en-US") ? undefined : { contents: "export default {};", loader: "js" });
  },
};

/** Returns `{ files, routes }`: bytes by name, and the scripts that each route loads. */
export async function dashboard(root) {
  const scripts = await esbuild.build({
    absWorkingDir: root,
    entryPoints: ENTRIES,
    outdir: "out",
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    write: false,
    minify: true,
    metafile: true,
    charset: "utf8",
    target: "es2022",
    legalComments: "none",
    logLevel: "warning",
    jsx: "automatic",
    jsxImportSource: "react",
    define: { "process.env.NODE_ENV": '"production"' },
    plugins: [localeSections(root), oneLanguage],
  });
  const files = {};
  for (const output of scripts.outputFiles) files[`dashboard/${path.basename(output.path)}`] = Buffer.from(output.contents);
  const outputs = outputsByName(scripts.metafile);
  const style = await styleSheet(root);
  const styleName = `style-${createHash("sha256").update(style).digest("hex").slice(0, 8).toUpperCase()}.css`;
  files[`dashboard/${styleName}`] = style;
  const [app, preview] = ENTRIES.map((entry) => nameOf(outputs, entry));
  const preloads = [...closure(outputs, app)].filter((name) => name !== app).sort();
  files["dashboard/index.html"] = await page(root, "dashboard/index.html", {
    app,
    style: styleName,
    preloads: preloads.map((name) => `<link rel="modulepreload" href="/app/${name}">`).join("\n  "),
  });
  files["dashboard/preview.html"] = await page(root, "dashboard/preview.html", { preview, style: styleName });
  return { files, routes: routesOf(outputs, app) };
}

async function styleSheet(root) {
  const result = await esbuild.build({
    absWorkingDir: root,
    entryPoints: ["dashboard/styles/app.css"],
    bundle: true,
    write: false,
    minify: true,
    charset: "utf8",
    target: ["chrome123", "firefox121", "safari17.5"],
    logLevel: "warning",
  });
  return Buffer.from(result.outputFiles[0].contents);
}

async function page(root, file, values) {
  const source = await readFile(path.join(root, file), "utf8");
  return Buffer.from(source.replace(/\{\{(\w+)\}\}/g, (whole, key) => values[key] ?? whole));
}

function outputsByName(metafile) {
  return new Map(Object.entries(metafile.outputs).map(([file, output]) => [path.basename(file), output]));
}

function nameOf(outputs, entry) {
  const found = [...outputs].find(([, output]) => output.entryPoint === entry);
  if (!found) throw new Error(`the dashboard's build made no ${entry}`);
  return found[0];
}

/** An output and everything that it imports statically. */
function closure(outputs, name, into = new Set()) {
  if (into.has(name)) return into;
  into.add(name);
  for (const { path: file, kind } of outputs.get(name)?.imports ?? []) {
    if (kind === "import-statement") closure(outputs, path.basename(file), into);
  }
  return into;
}

/** The scripts of the whole first visit by route: what the page itself needs, and what the route adds. A dialog comes when it is opened, a secret when it is asked for. */
function routesOf(outputs, app) {
  const routes = {};
  for (const [name, { entryPoint }] of outputs) {
    const route = /^dashboard\/pages\/([\w-]+)\.tsx$/.exec(entryPoint ?? "")?.[1];
    if (route && !/-(dialogs?|wizard|secret)$/.test(route)) routes[route] = [...new Set([...closure(outputs, app), ...closure(outputs, name)])].sort();
  }
  return routes;
}

/** Bytes (gzip) by route, by the sizes in the manifest; fails where one is too heavy. */
export function weighRoutes(routes, manifest) {
  const weights = {};
  for (const route of Object.keys(routes).sort()) {
    weights[route] = routes[route].reduce((sum, name) => sum + manifest.files[`dashboard/${name}`].gzip_bytes, 0);
    if (weights[route] > ROUTE_GZIP_BYTES_MAX) {
      throw new Error(`the dashboard's route ${route} loads ${weights[route]} bytes gzip; at most ${ROUTE_GZIP_BYTES_MAX} are allowed`);
    }
  }
  return weights;
}
