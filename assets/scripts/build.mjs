// Builds `assets/dist`, which the binary embeds. Promises the same bytes on every machine that installed from
// the lockfile: no time, no absolute path, no random name goes into a file. `check.mjs` holds it to that.
//
// Start reading at `build`. Each output gets precompressed siblings `.gz` and `.br`, and one line in
// `manifest.json` (path, bytes, compressed bytes, integrity hash), so that the server and the bench need not
// measure again.

import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { dashboard, weighRoutes } from "./dashboard.mjs";

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** First script of a page that embeds the widget, and all that one visitor loads (gzip). */
const LOADER_GZIP_BYTES_MAX = 5 * 1024;
const VISITOR_GZIP_BYTES_MAX = 30 * 1024;

/** A style sheet imported by a module becomes text, for constructable style sheets. */
const cssAsText = {
  name: "css-as-text",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path: file }) => {
      const source = await readFile(file, "utf8");
      const { code } = await esbuild.transform(source, { loader: "css", minify: true, charset: "utf8" });
      return { contents: `export const css = ${JSON.stringify(code.trim())};`, loader: "js" };
    });
  },
};

async function bundle(entry, options) {
  const result = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    bundle: true,
    write: false,
    minify: true,
    charset: "utf8",
    target: "es2022",
    legalComments: "none",
    logLevel: "warning",
    plugins: [cssAsText],
    jsx: "automatic",
    jsxImportSource: "preact",
    ...options,
  });
  return Buffer.from(result.outputFiles[0].contents);
}

async function styleSheet(file) {
  const source = await readFile(path.join(ROOT, file), "utf8");
  const { code } = await esbuild.transform(source, { loader: "css", minify: true, charset: "utf8" });
  return Buffer.from(code);
}

function integrity(bytes) {
  return `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
}

function contentHash(bytes) {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}

function gzip(bytes) {
  const packed = gzipSync(bytes, { level: 9 });
  // RFC 1952: bytes 4 to 7 are the time, byte 9 the operating system; 255 means "unknown" on every machine.
  packed.fill(0, 4, 8);
  packed[9] = 255;
  return packed;
}

function brotli(bytes) {
  return brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
}

/** The loader knows the name and the hash of the one panel that it was built with. */
async function widget() {
  const panel = await bundle("widget/panel.tsx", { format: "esm" });
  const panelFile = `widget/panel-${contentHash(panel)}.js`;
  const loader = await bundle("widget/loader.ts", {
    format: "iife",
    define: {
      PANEL_FILE: JSON.stringify(panelFile),
      PANEL_INTEGRITY: JSON.stringify(integrity(panel)),
    },
  });
  // The same loader under its hash, for pages that pin it: the server keeps it long after an upgrade.
  return { "widget.js": loader, [`widget/loader-${contentHash(loader)}.js`]: loader, [panelFile]: panel };
}

async function docs() {
  return {
    "docs/index.html": await readFile(path.join(ROOT, "docs/index.html")),
    "docs/docs.js": await bundle("docs/docs.tsx", { format: "esm" }),
    "docs/docs.css": await styleSheet("docs/docs.css"),
  };
}

async function pages() {
  return { "pages/pages.css": await styleSheet("pages/pages.css") };
}

/** Fails the build where a promise about weight or names is broken. */
function enforce(files, manifest) {
  const loader = manifest.files["widget.js"];
  const panel = Object.entries(manifest.files).find(([name]) => name.startsWith("widget/panel-"))?.[1];
  if (!loader || !panel) throw new Error("the build made no loader or no panel");
  if (loader.gzip_bytes > LOADER_GZIP_BYTES_MAX) {
    throw new Error(`widget.js is ${loader.gzip_bytes} bytes gzip; at most ${LOADER_GZIP_BYTES_MAX} are allowed`);
  }
  if (loader.gzip_bytes + panel.gzip_bytes > VISITOR_GZIP_BYTES_MAX) {
    throw new Error(`loader and panel are over ${VISITOR_GZIP_BYTES_MAX} bytes gzip together`);
  }
  for (const [name, bytes] of Object.entries(files)) {
    if (/\bsnip\b/i.test(bytes.toString("utf8"))) throw new Error(`${name} shows the product's name to visitors`);
  }
}

/** Writes everything under `target`, which is emptied first; returns the manifest. */
export async function build(target) {
  const { files: dashboardFiles, routes } = await dashboard(ROOT);
  const files = { ...(await widget()), ...(await docs()), ...(await pages()), ...dashboardFiles };
  const manifest = { files: {}, dashboard_routes_gzip_bytes: {} };
  await rm(target, { recursive: true, force: true });
  for (const name of Object.keys(files).sort()) {
    const bytes = files[name];
    const [zipped, brotlied] = [gzip(bytes), brotli(bytes)];
    const file = path.join(target, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, bytes);
    await writeFile(`${file}.gz`, zipped);
    await writeFile(`${file}.br`, brotlied);
    manifest.files[name] = {
      bytes: bytes.length,
      gzip_bytes: zipped.length,
      brotli_bytes: brotlied.length,
      integrity: integrity(bytes),
    };
  }
  enforce(files, manifest);
  manifest.dashboard_routes_gzip_bytes = weighRoutes(routes, manifest);
  await writeFile(path.join(target, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const manifest = await build(path.join(ROOT, "dist"));
  for (const [name, size] of Object.entries(manifest.files)) {
    console.log(`${name}: ${size.bytes} bytes, ${size.gzip_bytes} gzip, ${size.brotli_bytes} brotli`);
  }
  for (const [route, bytes] of Object.entries(manifest.dashboard_routes_gzip_bytes)) {
    console.log(`dashboard route ${route}: ${bytes} bytes gzip of scripts`);
  }
}
