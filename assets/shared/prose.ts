// An answer's text as blocks that can be drawn with DOM nodes: paragraphs with line breaks, bullet and numbered
// lists, bold words and code. An allow-list: whatever else stands in the text is shown as the characters it is.
// Pure.

export type Run = { readonly kind: "plain" | "bold" | "code"; readonly text: string };
export type Line = readonly Run[];
export type Block =
  | { readonly kind: "paragraph"; readonly lines: readonly Line[] }
  | { readonly kind: "bullets"; readonly items: readonly Line[] }
  | { readonly kind: "numbers"; readonly first: number; readonly items: readonly Line[] };

const BULLET = /^\s*[-*•]\s+(.*)$/;
const NUMBER = /^\s*(\d{1,3})[.)]\s+(.*)$/;
const HEADING = /^\s*#{1,6}\s+(.*)$/;

/** Splits at empty lines and where a list begins or ends; empty text gives no block. */
export function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: { block: Block; lines: Line[] } | null = null;
  const into = (kind: Block["kind"], line: Line, first = 1) => {
    if (open?.block.kind !== kind) {
      const lines: Line[] = [];
      const block: Block = kind === "paragraph" ? { kind, lines } : kind === "bullets" ? { kind, items: lines } : { kind, first, items: lines };
      open = { block, lines };
      blocks.push(block);
    }
    open.lines.push(line);
  };
  for (const line of text.replace(/\r\n?/g, "\n").split("\n")) {
    const [bullet, number, heading] = [BULLET.exec(line), NUMBER.exec(line), HEADING.exec(line)];
    if (line.trim() === "") open = null;
    else if (heading) into("paragraph", [{ kind: "bold", text: heading[1] ?? "" }]);
    else if (bullet) into("bullets", runsOf(bullet[1] ?? ""));
    else if (number) into("numbers", runsOf(number[2] ?? ""), Number(number[1]));
    else into("paragraph", runsOf(line.trim()));
  }
  return blocks;
}

/** `**words**` are bold, words between backticks are code; an unpaired mark stays as it is. */
function runsOf(text: string): Line {
  const parts = text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).filter((part) => part !== "");
  return parts.map((part): Run => {
    if (/^\*\*[^*]+\*\*$/.test(part)) return { kind: "bold", text: part.slice(2, -2) };
    if (/^`[^`]+`$/.test(part)) return { kind: "code", text: part.slice(1, -1) };
    return { kind: "plain", text: part };
  });
}
