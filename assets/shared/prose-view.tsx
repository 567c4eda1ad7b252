// Draws the blocks of `prose.ts` as DOM nodes; text becomes text nodes, never markup.

import { blocksOf, type Block, type Line } from "./prose";

export function Prose({ text }: { readonly text: string }) {
  return <>{blocksOf(text).map((block, position) => <BlockView key={position} block={block} />)}</>;
}

function BlockView({ block }: { block: Block }) {
  switch (block.kind) {
    case "paragraph":
      return <p>{block.lines.map((line, position) => [position > 0 && <br />, <Runs line={line} />])}</p>;
    case "bullets":
      return <ul>{block.items.map((item, position) => <li key={position}><Runs line={item} /></li>)}</ul>;
    case "numbers":
      return <ol start={block.first}>{block.items.map((item, position) => <li key={position}><Runs line={item} /></li>)}</ol>;
  }
}

function Runs({ line }: { line: Line }) {
  return (
    <>
      {line.map((run, position) => {
        if (run.kind === "bold") return <strong key={position}>{run.text}</strong>;
        return run.kind === "code" ? <code key={position}>{run.text}</code> : run.text;
      })}
    </>
  );
}
