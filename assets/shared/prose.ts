// An answer's text as blocks that can be drawn with DOM nodes: a safe part of Markdown. An allow-list: whatever else
// stands in the text, markup too, is shown as the characters it is. Pure.

export type Run =
  | { readonly kind: "plain" | "code"; readonly text: string }
  | { readonly kind: "bold" | "emphasis"; readonly runs: Line }
  /** `[2]`: the second source, where there are sources. */
  | { readonly kind: "reference"; readonly number: number; readonly text: string }
  | { readonly kind: "link"; readonly href: string; readonly runs: Line };
export type Line = readonly Run[];
export type Item = { readonly line: Line; readonly depth: number };
export type Block =
  | { readonly kind: "paragraph" | "quote"; readonly lines: readonly Line[] }
  | { readonly kind: "heading"; readonly line: Line }
  | { readonly kind: "bullets"; readonly items: readonly Item[] }
  | { readonly kind: "numbers"; readonly first: number; readonly items: readonly Item[] }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "rule" }
  | { readonly kind: "table"; readonly head: readonly Line[]; readonly rows: readonly (readonly Line[])[]; readonly sides: readonly Side[] };
/** Where a column's cells stand, in the direction of writing; as ever where the text does not say. */
export type Side = "center" | "end" | undefined;

const DEPTH_MAX = 3;
const NESTING_MAX = 4;
const FENCE = /^\s*(?:```|~~~)/;
const HEADING = /^\s*#{1,6}\s+(.*?)\s*#*$/;
const QUOTE = /^\s*>\s?(.*)$/;
const BULLET = /^(\s*)[-*•+]\s+(.*)$/;
const NUMBER = /^(\s*)(\d{1,4})[.)]\s+(.*)$/;
const ROW = /^\s*\|.*\|\s*$/;
/** Between a table's head and its body. */
const DIVIDER = /^\s*\|(?:\s*:?-+:?\s*\|)+\s*$/;
const RULE = /^\s{0,3}([-*_])(?:\s*\1){2,}\s*$/;
/** Code, bold, emphasis, link, reference, bare address, in the order in which they are looked for. */
const RUN = /`[^`]+`|\*\*(?:[^*]|\*(?!\*))+\*\*|__[^_]+__|\*[^*\s](?:[^*]*[^*\s])?\*|(?<!\w)_[^_\s](?:[^_]*[^_\s])?_(?!\w)|!?\[[^\]]+\]\([^()\s]+\)|\[\d{1,2}\]|https?:\/\/[^\s<>"'`|]+/g;
/** An image becomes a link to it: pictures of elsewhere are not loaded unasked. */
const LINK = /^!?\[([^\]]+)\]\(([^()\s]+)\)$/;
/** What ends a sentence is not a part of the address before it. */
const TRAILING = /[.,;:!?)\]*_]+$/;

/** Splits at empty lines and where the kind of line changes; empty text gives no block. */
export function blocksOf(text: string): readonly Block[] {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; ) {
    const [block, length] = blockAt(lines, at);
    if (block) blocks.push(block);
    at += length;
  }
  return blocks;
}

/** The block that begins at a line, and how many lines it takes; none at an empty line. */
function blockAt(lines: readonly string[], at: number): readonly [Block | null, number] {
  const line = lines[at] ?? "";
  if (line.trim() === "") return [null, 1];
  if (FENCE.test(line)) return codeAt(lines, at);
  const heading = HEADING.exec(line);
  if (heading) return [{ kind: "heading", line: runsOf(heading[1] ?? "") }, 1];
  if (RULE.test(line)) return [{ kind: "rule" }, 1];
  if (ROW.test(line) && DIVIDER.test(lines[at + 1] ?? "")) return tableAt(lines, at);
  const kind = kindOf(line);
  let length = 1;
  while (kindOf(lines[at + length] ?? "") === kind) length += 1;
  return [blockOf(kind, lines.slice(at, at + length)), length];
}

type LineKind = "empty" | "paragraph" | "quote" | "bullets" | "numbers" | "other";

function kindOf(line: string): LineKind {
  if (line.trim() === "") return "empty";
  if (FENCE.test(line) || HEADING.test(line) || RULE.test(line)) return "other";
  if (BULLET.test(line)) return "bullets";
  if (NUMBER.test(line)) return "numbers";
  return QUOTE.test(line) ? "quote" : "paragraph";
}

function blockOf(kind: LineKind, lines: readonly string[]): Block {
  switch (kind) {
    case "bullets":
      return { kind, items: lines.map((line) => itemOf(BULLET.exec(line), 2)) };
    case "numbers":
      return { kind, first: Number(NUMBER.exec(lines[0] ?? "")?.[2] ?? 1), items: lines.map((line) => itemOf(NUMBER.exec(line), 3)) };
    case "quote":
      return { kind, lines: lines.map((line) => runsOf(QUOTE.exec(line)?.[1] ?? "")) };
    default:
      return { kind: "paragraph", lines: lines.map((line) => runsOf(line.trim())) };
  }
}

function itemOf(match: RegExpExecArray | null, text: number): Item {
  const indent = (match?.[1] ?? "").replace(/\t/g, "    ").length;
  return { line: runsOf(match?.[text] ?? ""), depth: Math.min(Math.floor(indent / 2), DEPTH_MAX) };
}

/** A fence that is still open takes what is there: the text may be on its way. */
function codeAt(lines: readonly string[], at: number): readonly [Block, number] {
  let end = at + 1;
  while (end < lines.length && !FENCE.test(lines[end] ?? "")) end += 1;
  return [{ kind: "code", text: lines.slice(at + 1, end).join("\n") }, end - at + 1];
}

function tableAt(lines: readonly string[], at: number): readonly [Block, number] {
  let end = at + 2;
  while (ROW.test(lines[end] ?? "")) end += 1;
  const cells = (line = "") => line.trim().slice(1, -1).split("|").map((cell) => cell.trim());
  const lineOf = (line = "") => cells(line).map((cell) => runsOf(cell));
  const head = lineOf(lines[at]);
  const rows = lines.slice(at + 2, end).map((line) => lineOf(line).slice(0, head.length));
  return [{ kind: "table", head, rows, sides: cells(lines[at + 1]).map(sideOf) }, end - at];
}

function sideOf(dashes: string): Side {
  if (!dashes.endsWith(":")) return undefined;
  return dashes.startsWith(":") ? "center" : "end";
}

/** An unpaired mark stays as it is. */
export function runsOf(text: string, nesting = 0): Line {
  if (nesting > NESTING_MAX) return [{ kind: "plain", text }];
  const runs: Run[] = [];
  let plainFrom = 0;
  for (const { 0: found, index } of text.matchAll(RUN)) {
    const [run, length] = runOf(found, nesting);
    if (!run) continue;
    if (index > plainFrom) runs.push({ kind: "plain", text: text.slice(plainFrom, index) });
    runs.push(run);
    plainFrom = index + length;
  }
  if (plainFrom < text.length) runs.push({ kind: "plain", text: text.slice(plainFrom) });
  return runs;
}

/** The line without references that lead nowhere; where nothing needs the space before one, it closes up. Those that
 *  stay do not leave the word before them at the end of a row. */
export function withoutReferences(line: Line, leadsNowhere: (number: number) => boolean): Line {
  const kept: Run[] = [];
  for (const [position, run] of line.entries()) {
    const [before, after] = [kept[kept.length - 1], line[position + 1]];
    const isKept = run.kind !== "reference" || !leadsNowhere(run.number);
    if (run.kind === "reference" && before?.kind === "plain" && (isKept || isBreak(after))) {
      const text = isKept ? before.text.replace(/ $/, "\u00a0") : before.text.trimEnd();
      kept.splice(-1, 1, { kind: "plain", text });
    }
    if (isKept) kept.push(run);
  }
  return kept;
}

/** The line's end, a space or a full stop. */
function isBreak(run: Run | undefined): boolean {
  return !run || (run.kind === "plain" && /^[^\p{L}\p{N}]/u.test(run.text));
}

function runOf(found: string, nesting: number): readonly [Run | null, number] {
  const inner = (marks: number) => runsOf(found.slice(marks, -marks), nesting + 1);
  if (found.startsWith("`")) return [{ kind: "code", text: found.slice(1, -1) }, found.length];
  if (found.startsWith("**") || found.startsWith("__")) return [{ kind: "bold", runs: inner(2) }, found.length];
  if (found.startsWith("*") || found.startsWith("_")) return [{ kind: "emphasis", runs: inner(1) }, found.length];
  if (/^\[\d+\]$/.test(found)) return [{ kind: "reference", number: Number(found.slice(1, -1)), text: found }, found.length];
  const link = LINK.exec(found);
  const address = link ? (link[2] ?? "") : found.replace(TRAILING, "");
  const href = safeHref(address);
  if (href === null) return [null, 0];
  const runs = link ? runsOf(link[1] ?? "", NESTING_MAX) : [{ kind: "plain" as const, text: address }];
  return [{ kind: "link", href, runs }, link ? found.length : address.length];
}

/** Only what opens a page, a mail or a call; never a script, never an address of the host page. */
function safeHref(address: string): string | null {
  if (!/^(?:https?:\/\/|mailto:|tel:)/i.test(address) || !URL.canParse(address)) return null;
  return new URL(address).href;
}
