// Draws the blocks of `prose.ts` as DOM nodes; text becomes text nodes, never markup.

import { createContext } from "preact";
import { blocksOf, type Block, type Item, type Line, type Run } from "./prose";

/** What a number in brackets refers to. */
export type Reference = { readonly number: number; readonly href: string | null; readonly label: string };

const References = createContext<readonly Reference[]>([]);

export function Prose({ text, references = [] }: { readonly text: string; readonly references?: readonly Reference[] }) {
  const blocks = blocksOf(text).map((block, position) => <BlockView key={position} block={block} />);
  return <References.Provider value={references}>{blocks}</References.Provider>;
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
      return <TableView head={block.head} rows={block.rows} />;
  }
}

function TableView({ head, rows }: { head: readonly Line[]; rows: readonly (readonly Line[])[] }) {
  return (
    <div class="table" tabIndex={0}>
      <table>
        <thead><tr>{head.map((cell, position) => <th key={position} scope="col"><Runs line={cell} /></th>)}</tr></thead>
        <tbody>
          {rows.map((row, line) => <tr key={line}>{row.map((cell, position) => <td key={position}><Runs line={cell} /></td>)}</tr>)}
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
  return <>{line.map((run, position) => <RunView key={position} run={run} />)}</>;
}

function RunView({ run }: { run: Run }) {
  switch (run.kind) {
    case "plain":
      return <>{run.text}</>;
    case "code":
      return <code>{run.text}</code>;
    case "reference":
      return <References.Consumer>{(all) => <ReferenceView run={run} target={all.find(({ number }) => number === run.number)} />}</References.Consumer>;
    case "bold":
      return <strong><Runs line={run.runs} /></strong>;
    case "emphasis":
      return <em><Runs line={run.runs} /></em>;
    case "link":
      return <a href={run.href} target="_blank" rel="noopener noreferrer"><Runs line={run.runs} /></a>;
  }
}

/** A number that refers to nothing known stays the text that it is. */
function ReferenceView({ run, target }: { run: { readonly number: number; readonly text: string }; target: Reference | undefined }) {
  if (!target?.href) return <>{run.text}</>;
  return <a class="reference" href={target.href} target="_blank" rel="noopener" aria-label={target.label}>{run.number}</a>;
}
