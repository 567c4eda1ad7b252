// A table of data that becomes a list of cards on a narrow screen. A plain table: React Aria's grid would add 13 KB to
// every route, and screen readers know how to walk a table.

import type { ReactNode } from "react";

export type Column<Row> = {
  readonly id: string;
  readonly head: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  readonly align?: "end";
  /** Named by its content alone (the first column, the menu): no heading on a card. */
  readonly isBare?: boolean;
  readonly width?: "grow" | "fit";
};

export function Table<Row extends { readonly id: string }>({ label, columns, rows, isMarked }: {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly isMarked?: (row: Row) => boolean;
}) {
  return (
    <div className="table-frame">
      <table className="table" aria-label={label}>
        <thead>
          <tr>{columns.map((column) => <th key={column.id} scope="col" className={`${classOf(column) ?? ""} at-${column.id}`}>{column.head}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} className={isMarked?.(row) ? "marked" : undefined}>
              {columns.map((column) => (
                <td key={column.id} className={`${classOf(column) ?? ""} at-${column.id}`}>
                  {!column.isBare && typeof column.head === "string" && <span className="cell-label" aria-hidden="true">{column.head}</span>}
                  <div className="cell">{column.cell(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function classOf<Row>({ align, width, isBare }: Column<Row>): string | undefined {
  return [align, width, isBare && "bare"].filter(Boolean).join(" ") || undefined;
}
