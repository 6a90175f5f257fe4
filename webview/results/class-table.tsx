import type { Evaluation } from "../../src/protocol/index.ts";
import { DataTable } from "../data-table.tsx";
import { count, fraction } from "../format.ts";
import { classRows } from "./confusion-facts.ts";

const share = (x: number | null) => (x === null ? "–" : fraction(x));

/** How well each class is found: precision, recall and their harmonic mean, sortable. */
export function ClassTable({ evaluation }: { evaluation: Evaluation }) {
  return (
    <DataTable
      caption="Metrics by class"
      sortable
      columns={[
        { name: "Class", text: (row) => row.level },
        {
          name: "Precision",
          numeric: true,
          text: (row) => share(row.precision),
          order: (row) => row.precision,
        },
        { name: "Recall", numeric: true, text: (row) => share(row.recall), order: (row) => row.recall },
        { name: "F", numeric: true, text: (row) => share(row.f), order: (row) => row.f },
        { name: "n", numeric: true, text: (row) => count(row.n), order: (row) => row.n },
      ]}
      rows={classRows(evaluation)}
      rowKey={(row) => row.level}
    />
  );
}
