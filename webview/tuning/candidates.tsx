import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { ranked, type CandidateState, type TuningState } from "../../src/protocol/index.ts";
import { sortRows, tabSeparated } from "../data-table.tsx";
import { count, countOf } from "../format.ts";
import { usePanel } from "../panel-context.ts";
import { Section } from "../section.tsx";
import type { CandidateSort } from "../view-state.ts";
import { candidateColumns, copiedColumns, type CandidateColumn } from "./candidate-columns.tsx";
import type { ShownMetric } from "./tuning-facts.ts";

export interface CandidatesProps {
  readonly tuning: TuningState;
  readonly metrics: readonly ShownMetric[];
  /** Those that are shown: all, or those inside the ranges that were drawn on the axes. */
  readonly shown: readonly CandidateState[];
  readonly best: CandidateState | null;
  /** What is read in detail. */
  readonly chosen: CandidateState | null;
  readonly pointed: string | null;
  readonly onPoint: (config: string | null) => void;
}

/** Pixels of a row, and how many rows are in sight at once: thousands of candidates are no more than that to draw. */
const ROW = 26;
const IN_SIGHT = 12;
const AROUND = 8;

/** One row a candidate, the best on top, live. Arrow keys go through them, and what is chosen is read in detail below. */
export function Candidates({ tuning, metrics, shown, best, chosen, pointed, onPoint }: CandidatesProps) {
  const { view, change, send } = usePanel();
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const focusing = useRef(false);

  const columns = useMemo(() => candidateColumns(tuning, metrics), [tuning, metrics]);
  const rows = useMemo(() => {
    const column = columns.find(({ name }) => name === view.candidateSort?.column);
    if (view.candidateSort !== null && column !== undefined)
      return sortRows(shown, column, view.candidateSort.down);
    const kept = new Set(shown.map(({ config }) => config));
    return ranked(tuning).filter(({ config }) => kept.has(config));
  }, [tuning, shown, columns, view.candidateSort]);
  const widths = useMemo(() => columnWidths(columns, tuning.candidates), [columns, tuning]);

  const at = rows.findIndex(({ config }) => config === chosen?.config);
  const from = Math.max(0, Math.min(rows.length - IN_SIGHT, Math.floor(top / ROW)) - AROUND);
  const to = Math.min(rows.length, Math.floor(top / ROW) + IN_SIGHT + AROUND);

  const choose = (i: number) => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, i))];
    if (row !== undefined) change({ candidate: row.config });
  };
  const keys = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? 0 : at - 1,
      PageDown: at + IN_SIGHT - 1,
      PageUp: at - IN_SIGHT + 1,
      Home: 0,
      End: rows.length - 1,
    };
    const step = steps[event.key];
    if (event.key === "Escape") change({ candidate: null });
    else if (event.key === "Enter" || event.key === " ") {
      const row = (event.target as Element).closest<HTMLElement>("tr[data-config]");
      if (row === null) return;
      change({ candidate: row.dataset["config"] ?? null });
    } else if (step !== undefined) choose(step);
    else return;
    focusing.current = true;
    event.preventDefault();
  };

  // The row that a key has moved to comes into sight, is drawn, and then takes the focus.
  useLayoutEffect(() => {
    const area = box.current;
    if (!focusing.current || area === null || at < 0) return;
    if (at * ROW < area.scrollTop) area.scrollTop = at * ROW;
    else if ((at + 1) * ROW > area.scrollTop + IN_SIGHT * ROW) area.scrollTop = (at + 1 - IN_SIGHT) * ROW;
    setTop(area.scrollTop);
  }, [at]);
  useEffect(() => {
    if (!focusing.current) return;
    const row = box.current?.querySelector<HTMLElement>('tr[aria-selected="true"]');
    if (row == null) return;
    focusing.current = false;
    row.focus({ preventScroll: true });
  });

  // A row that is moved to another rank loses the focus it has: it gets it back.
  const active = document.activeElement;
  const focused = active !== null && box.current?.contains(active) ? configAt(active) : null;
  useLayoutEffect(() => {
    if (focused === null || document.activeElement !== document.body) return;
    const row = [...(box.current?.querySelectorAll<HTMLElement>("tr[data-config]") ?? [])].find(
      (one) => one.dataset["config"] === focused,
    );
    row?.focus({ preventScroll: true });
  });

  const planned = tuning.started.candidates;
  const all = tuning.candidates.length;
  const note =
    shown.length < all
      ? `${count(shown.length)} of ${count(all)}, inside the ranges drawn`
      : planned !== null && planned > all
        ? `${count(all)} of ${count(planned)}`
        : count(all);
  // The place in the row of tab stops: what is chosen, or the first row where that is not here.
  const stop = at >= from && at < to ? at : from;
  return (
    <Section id="candidates" title="Candidates" note={note}>
      <div class="data-table candidates">
        <div
          class="scroll-x"
          ref={box}
          style={{ height: `${Math.min(IN_SIGHT, Math.max(rows.length, 1)) * ROW + 56}px` }}
          onScroll={(event) => setTop((event.currentTarget as HTMLElement).scrollTop)}
        >
          <table
            role="grid"
            aria-rowcount={rows.length + 1}
            onKeyDown={keys}
            onPointerOver={(event) => onPoint(configAt(event.target))}
            onPointerLeave={() => onPoint(null)}
            onClick={(event) => {
              const config = configAt(event.target);
              if (config !== null) change({ candidate: config });
            }}
          >
            <caption class="hidden">Candidates by {view.candidateSort?.column ?? "rank"}</caption>
            <colgroup>
              {widths.map((width, i) => (
                <col key={columns[i]?.name} style={{ width }} />
              ))}
            </colgroup>
            <thead>
              <tr aria-rowindex={1}>
                {columns.map((column) => (
                  <Head key={column.name} column={column} sort={view.candidateSort} />
                ))}
              </tr>
            </thead>
            <tbody>
              {from > 0 && <tr class="room" style={{ height: `${from * ROW}px` }} aria-hidden="true" />}
              {rows.slice(from, to).map((row, i) => (
                <tr
                  key={row.config}
                  data-config={row.config}
                  aria-rowindex={from + i + 2}
                  aria-selected={row.config === chosen?.config}
                  tabIndex={from + i === stop ? 0 : -1}
                  class={[
                    row.status,
                    row.config === best?.config ? "best" : "",
                    row.config === pointed ? "pointed" : "",
                  ].join(" ")}
                >
                  {columns.map((column, k) => (
                    <Cell
                      key={column.name}
                      column={column}
                      row={row}
                      first={k === 0}
                      best={row.config === best?.config}
                    />
                  ))}
                </tr>
              ))}
              {to < rows.length && (
                <tr class="room" style={{ height: `${(rows.length - to) * ROW}px` }} aria-hidden="true" />
              )}
            </tbody>
          </table>
          {rows.length === 0 && (
            <p class="quiet">
              {all === 0
                ? "Not yet: candidates appear as the search makes them."
                : "No candidate lies inside all the ranges drawn."}
            </p>
          )}
        </div>
        <button
          type="button"
          class="copy quiet"
          aria-label={`Copy ${countOf(rows.length, "candidates")} as tab-separated text`}
          onClick={() => send({ type: "copy", text: tabSeparated(copiedColumns(tuning, metrics), rows) })}
        >
          Copy
        </button>
      </div>
    </Section>
  );
}

function Head({ column, sort }: { column: CandidateColumn; sort: CandidateSort | null }) {
  const { change } = usePanel();
  const sorted = sort?.column === column.name ? sort : null;
  return (
    <th
      scope="col"
      class={`${column.kind} ${column.numeric ? "numeric" : ""}`}
      aria-sort={sorted === null ? undefined : sorted.down ? "descending" : "ascending"}
    >
      <button
        type="button"
        class="sort"
        title={column.meaning ?? column.name}
        onClick={() => change({ candidateSort: nextSort(sort, column) })}
      >
        {column.name}
        <span aria-hidden="true">{sorted === null ? "" : sorted.down ? " ↓" : " ↑"}</span>
      </button>
      {column.note !== undefined && <span class="th-note quiet">{column.note}</span>}
    </th>
  );
}

function Cell({
  column,
  row,
  first,
  best,
}: {
  column: CandidateColumn;
  row: CandidateState;
  first: boolean;
  best: boolean;
}) {
  if (first)
    return (
      <th scope="row" class="number" title={row.config}>
        {best && <span class="best-mark">best</span>}
        {column.text(row)}
      </th>
    );
  return (
    <td
      class={`${column.kind} ${column.numeric ? "numeric" : ""}`}
      {...(column.numeric ? {} : { title: column.text(row) })}
    >
      {(column.show ?? column.text)(row)}
    </td>
  );
}

/** A metric is first sorted from its best, anything else from the smallest; a second click turns round, a third gives the rank. */
export function nextSort(
  sort: CandidateSort | null,
  { name, downFirst }: Pick<CandidateColumn, "name" | "downFirst">,
): CandidateSort | null {
  if (sort?.column !== name) return { column: name, down: downFirst };
  return sort.down === downFirst ? { column: name, down: !downFirst } : null;
}

/** Widths by the longest text of all rows, those out of sight too: columns stay where they are while the table is scrolled. */
function columnWidths(columns: readonly CandidateColumn[], rows: readonly CandidateState[]): string[] {
  return columns.map((column) => {
    if (column.kind === "number") return `calc(${count(rows.length).length}ch + 48px)`;
    const head = (column.name.length + 2) * 0.85;
    const longest = rows.reduce((most, row) => Math.max(most, column.text(row).length), 0);
    const most = column.kind === "status" ? 40 : 28;
    // The error of a mean is set smaller.
    const wide = column.kind === "metric" ? longest * 0.94 : longest;
    return `calc(${Math.min(most, Math.max(head, wide)).toFixed(1)}ch + 16px)`;
  });
}

function configAt(target: EventTarget | null): string | null {
  return (target as Element | null)?.closest<HTMLElement>("tr[data-config]")?.dataset["config"] ?? null;
}
