// Draws the blocks of `shared/prose.ts` with React; text becomes text nodes, never markup.

import { Fragment } from "react";
import { blocksOf, type Block, type Item, type Line, type Run } from "../../shared/prose";

export function Prose({ text }: { readonly text: string }) {
  return <div className="prose">{blocksOf(text).map((block, position) => <BlockView key={position} block={block} />)}</div>;
}

function BlockView({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case "paragraph":
      return <p><Lines lines={block.lines} /></p>;
    case "quote":
      return <blockquote><Lines lines={block.lines} /></blockquote>;
    case "heading":
      return <p><strong><Runs line={block.line} /></strong></p>;
    case "bullets":
      return <ul><Items items={block.items} /></ul>;
    case "numbers":
      return <ol start={block.first}><Items items={block.items} /></ol>;
    case "code":
      return <pre tabIndex={0}><code>{block.text}</code></pre>;
    case "rule":
      return <hr />;
    case "table":
      return (
        <div className="prose-table" tabIndex={0}>
          <table>
            <thead><tr>{block.head.map((cell, position) => <th key={position} scope="col"><Runs line={cell} /></th>)}</tr></thead>
            <tbody>{block.rows.map((row, line) => <tr key={line}>{row.map((cell, position) => <td key={position}><Runs line={cell} /></td>)}</tr>)}</tbody>
          </table>
        </div>
      );
  }
}

function Items({ items }: { readonly items: readonly Item[] }) {
  return <>{items.map(({ line, depth }, position) => <li key={position} className={depth > 0 ? "deep" : undefined}><Runs line={line} /></li>)}</>;
}

function Lines({ lines }: { readonly lines: readonly Line[] }) {
  return <>{lines.map((line, position) => <Fragment key={position}>{position > 0 && <br />}<Runs line={line} /></Fragment>)}</>;
}

function Runs({ line }: { readonly line: Line }) {
  return <>{line.map((run, position) => <RunView key={position} run={run} />)}</>;
}

function RunView({ run }: { readonly run: Run }) {
  switch (run.kind) {
    case "plain":
      return <>{run.text}</>;
    case "code":
      return <code>{run.text}</code>;
    case "reference":
      return <sup className="reference">{run.text}</sup>;
    case "bold":
      return <strong><Runs line={run.runs} /></strong>;
    case "emphasis":
      return <em><Runs line={run.runs} /></em>;
    case "link":
      return <a href={run.href} target="_blank" rel="noopener noreferrer"><Runs line={run.runs} /></a>;
  }
}
