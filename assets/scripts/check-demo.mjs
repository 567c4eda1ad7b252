// Holds the demo to its promises: every fact that the evaluation asks for stands in the document it names, the
// documents have a believable size, and the sites carry the widget's one line and nothing that a strict
// Content-Security-Policy refuses.

import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const DEMO = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../demo");
const WORDS = { min: 300, max: 900 };
const EVAL_LINES = 20;
const WIDGET_LINE = '<script src="/widget.js" data-client-id="{{client_id}}" async></script>';

/** Returns one sentence per broken promise. */
export async function checkDemo() {
  const problems = [];
  for (const entry of await readdir(DEMO, { withFileTypes: true })) {
    if (entry.isDirectory() && entry.name !== "site") problems.push(...(await checkBusiness(entry.name)));
  }
  const overview = await readFile(path.join(DEMO, "site/index.html"), "utf8");
  if (overview.includes("{{")) problems.push("demo/site/index.html contains a placeholder");
  return [...problems, ...pageProblems("demo/site/index.html", overview)];
}

async function checkBusiness(slug) {
  const folder = path.join(DEMO, slug);
  const read = (name) => readFile(path.join(folder, name), "utf8");
  const client = JSON.parse(await read("client.json"));
  const faqs = JSON.parse(await read("faqs.json"));
  const names = (await readdir(path.join(folder, "documents"))).sort();
  const documents = new Map(await Promise.all(names.map(async (name) => [name, await read(`documents/${name}`)])));
  const page = await read("site/index.html");
  return [
    ...(client.widget.suggestions.length === 4 ? [] : [`${slug}: client.json has not four suggestions`]),
    ...(faqs.length >= 8 && faqs.length <= 10 ? [] : [`${slug}: faqs.json has not eight to ten entries`]),
    ...[...documents].flatMap(([name, text]) => documentProblems(`${slug}/${name}`, text)),
    ...evalProblems(slug, await read("eval.jsonl"), documents),
    ...(page.split(WIDGET_LINE).length === 2 && page.split("{{").length === 2 ? [] : [`${slug}: site/index.html needs the widget's line once`]),
    ...pageProblems(`${slug}/site/index.html`, page),
  ];
}

function documentProblems(name, text) {
  const words = text.split(/\s+/).filter((word) => word !== "").length;
  const problems = [];
  if (words < WORDS.min || words > WORDS.max) problems.push(`${name} has ${words} words; ${WORDS.min} to ${WORDS.max} are wanted`);
  if (!/^# .+\n/.test(text)) problems.push(`${name} does not begin with a heading`);
  return problems;
}

function evalProblems(slug, text, documents) {
  const lines = text.trim().split("\n").map((line) => JSON.parse(line));
  const problems = lines.length === EVAL_LINES ? [] : [`${slug}: eval.jsonl has ${lines.length} lines`];
  for (const { question, expected, answer: fact } of lines) {
    const found = expected.some((name) => documents.get(name)?.includes(fact));
    if (!found) problems.push(`${slug}: "${fact}" (${question}) stands in none of ${expected.join(", ")}`);
  }
  return problems;
}

/** What `default-src 'self'` without inline script and style would refuse, and any address of elsewhere. */
function pageProblems(name, html) {
  const refused = [/\sstyle\s*=/i, /<style/i, /\son\w+\s*=/i, /<script(?![^>]*\ssrc=)/i, /https?:\/\/(?!www\.w3\.org\/)/i];
  return refused.filter((pattern) => pattern.test(html)).map((pattern) => `${name} contains ${pattern}`);
}
