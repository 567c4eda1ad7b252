// Draws the blocks of `prose.ts` as DOM nodes; text becomes text nodes, never markup.

import { createContext } from "preact";
import { blocksOf, withoutReferences, type Block, type Item, type Line, type Run } from "./prose";

/** What a number in brackets refers to. */
export type Reference = { readonly number: number; readonly href: string | null; readonly label: string };

/** Numbers in brackets: plain words; sources that come with the end of the text; or these sources and no others. */
export type Numbers = "words" | "coming" | readonly Reference[];

const NumbersContext = createContext<Numbers>("words");

export function Prose({ text, numbers = "words" }: { readonly text: string; readonly numbers?: Numbers }) {
  const blocks = blocksOf(text).map((block, position) => <BlockView key={position} block={block} />);
  return <NumbersContext.Provider value={numbers}>{blocks}</NumbersContext.Provider>;
}

function BlockView({ block }: { block: Block }) {
  switch (block.kind) {
    case "paragraph":
      return <p><Lines lines={block.lines} /></p>;
    case "quote":
      return <blockquote><Lines lines={block.lines} /></blockquote>;
    case "heading":
      return <p class="heading"><strong><Runs line={block.line} /></strong></p>;
    case "bullets":
      return <ul><Items items={block.items} /></ul>;
    case "numbers":
      return <ol start={block.first}><Items items={block.items} /></ol>;
    case "code":
      return <pre tabIndex={0}><code>{block.text}</code></pre>;
    case "table":
      return <TableView {...block} />;
    case "rule":
      return <hr />;
  }
}

function TableView({ head, rows, sides }: Extract<Block, { kind: "table" }>) {
  return (
    <div class="table" tabIndex={0}>
      <table>
        <thead><tr>{head.map((cell, position) => <th key={position} scope="col" class={sides[position]}><Runs line={cell} /></th>)}</tr></thead>
        <tbody>
          {rows.map((row, line) => <tr key={line}>{row.map((cell, position) => <td key={position} class={sides[position]}><Runs line={cell} /></td>)}</tr>)}
        </tbody>
      </table>
    </div>
  );
}

function Items({ items }: { items: readonly Item[] }) {
  return <>{items.map(({ line, depth }, position) => <li key={position} class={depth > 0 ? `depth-${depth}` : undefined}><Runs line={line} /></li>)}</>;
}

function Lines({ lines }: { lines: readonly Line[] }) {
  return <>{lines.map((line, position) => [position > 0 && <br />, <Runs line={line} />])}</>;
}

function Runs({ line }: { line: Line }) {
  if (line.every(({ kind }) => kind !== "reference")) return <RunsOf line={line} numbers="words" />;
  return <NumbersContext.Consumer>{(numbers) => <RunsOf line={line} numbers={numbers} />}</NumbersContext.Consumer>;
}

function RunsOf({ line, numbers }: { line: Line; numbers: Numbers }) {
  const shown = numbers === "words" ? line : withoutReferences(line, (number) => numbers !== "coming" && !find(numbers, number));
  return <>{shown.map((run, position) => <RunView key={position} run={run} numbers={numbers} />)}</>;
}

function find(references: readonly Reference[], number: number): Reference | undefined {
  return references.find((reference) => reference.number === number);
}

function RunView({ run, numbers }: { run: Run; numbers: Numbers }) {
  switch (run.kind) {
    case "plain":
      return <>{run.text}</>;
    case "code":
      return <code>{run.text}</code>;
    case "reference":
      return <ReferenceView run={run} numbers={numbers} />;
    case "bold":
      return <strong><Runs line={run.runs} /></strong>;
    case "emphasis":
      return <em><Runs line={run.runs} /></em>;
    case "link":
      return <a href={run.href} target="_blank" rel="noopener noreferrer"><Runs line={run.runs} /></a>;
  }
}

function ReferenceView({ run, numbers }: { run: { readonly number: number; readonly text: string }; numbers: Numbers }) {
  if (numbers === "words") return <>{run.text}</>;
  const target = numbers === "coming" ? undefined : find(numbers, run.number);
  if (!target?.href) return <span class="reference" title={target?.label}>{run.number}</span>;
  return <a class="reference" href={target.href} target="_blank" rel="noopener" aria-label={target.label}>{run.number}</a>;
}
