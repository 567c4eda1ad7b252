// Draws the blocks of `prose.ts` as DOM nodes; text becomes text nodes, never markup.

import { blocksOf, type Block, type Item, type Line, type Run } from "./prose";

export function Prose({ text }: { readonly text: string }) {
  return <>{blocksOf(text).map((block, position) => <BlockView key={position} block={block} />)}</>;
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
    case "bold":
      return <strong><Runs line={run.runs} /></strong>;
    case "emphasis":
      return <em><Runs line={run.runs} /></em>;
    case "link":
      return <a href={run.href} target="_blank" rel="noopener noreferrer"><Runs line={run.runs} /></a>;
  }
}
