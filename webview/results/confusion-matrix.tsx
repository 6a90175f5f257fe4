import { useEffect, useRef, useState } from "preact/hooks";
import type { Evaluation } from "../../src/protocol/index.ts";
import { count, countOf, fraction } from "../format.ts";
import { usePanel } from "../panel-context.ts";
import { SearchField } from "../ui.ts";
import { useTheme } from "../use-theme.ts";
import { useWidth } from "../use-width.ts";
import { cellInk } from "./cell-ink.ts";
import { classesToShow, mostConfused, rightOf, sum } from "./confusion-facts.ts";

export interface ConfusionMatrixProps {
  readonly evaluation: Evaluation;
  /** What its rows are: `images` or `rows`. */
  readonly unit: string;
}

/** More classes than this get a search, a list of the most confused pairs, and dots for the many zeros. */
const MANY = 20;
/** More than this are not drawn at once: each is a row and a column of cells. */
const MOST = 50;

/**
 * Truth against estimate. The ink of a cell is its share of its row. A pointer or the arrow keys read a
 * cell out; a click, Enter or Space narrows the examples to it, Escape widens them again.
 */
export function ConfusionMatrix({ evaluation, unit }: ConfusionMatrixProps) {
  const { levels, confusion, n } = evaluation;
  const { view, change } = usePanel();
  const theme = useTheme();
  const [box, width] = useWidth<HTMLDivElement>(480);
  const grid = useRef<HTMLTableElement>(null);
  const [pointed, setPointed] = useState<Cell | null>(null);
  const [search, setSearch] = useState("");

  const shown = classesToShow(evaluation, MOST);
  const chosen = chosenCell(view.truth, view.estimate, levels);
  const [focus, setFocus] = useState<Cell>(chosen ?? { truth: shown[0] ?? 0, estimate: shown[0] ?? 0 });
  const found =
    search === "" ? -1 : levels.findIndex((level) => level.toLowerCase().includes(search.toLowerCase()));

  useEffect(() => {
    if (found >= 0)
      grid.current?.querySelector(`[data-truth="${found}"]`)?.scrollIntoView?.({ block: "nearest" });
  }, [found]);

  const longest = Math.max(...shown.map((i) => (levels[i] as string).length));
  const digits = Math.max(...shown.flatMap((t) => shown.map((e) => count(confusion[t]?.[e] ?? 0).length)));
  const small = shown.length > 12;
  const label = Math.min(small ? 84 : 112, Math.max(20, Math.ceil(longest * 6.8) + 8));
  const least = Math.max(small ? 20 : 28, Math.ceil(digits * (small ? 6 : 7)) + 6);
  const cell = Math.max(least, Math.min(44, Math.floor((width - label - 24) / shown.length)));
  const upright = longest * 7 + 4 > cell;

  const colours = {
    background: theme.colour("--vscode-editor-background", "#ffffff"),
    accent: theme.colour("--vscode-charts-blue", "#1a85ff"),
    foreground: theme.colour("--vscode-foreground", "#3b3b3b"),
  };

  const pick = ({ truth, estimate }: Cell) => {
    setFocus({ truth, estimate });
    const again = chosen?.truth === truth && chosen.estimate === estimate;
    change(
      again
        ? { truth: null, estimate: null }
        : {
            truth: levels[truth] ?? null,
            estimate: levels[estimate] ?? null,
            examples: "all",
            folded: view.folded.filter((id) => id !== "images"),
          },
    );
    if (!again) bringExamplesIntoSight();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = shown.indexOf(focus.truth);
    const column = shown.indexOf(focus.estimate);
    const last = shown.length - 1;
    const to: Record<string, readonly [number, number]> = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      Home: event.ctrlKey ? [0, 0] : [row, 0],
      End: event.ctrlKey ? [last, last] : [row, last],
    };
    const target = to[event.key];
    if (target !== undefined) {
      const truth = shown[Math.min(last, Math.max(0, target[0]))] as number;
      const estimate = shown[Math.min(last, Math.max(0, target[1]))] as number;
      setFocus({ truth, estimate });
      setPointed({ truth, estimate });
      grid.current
        ?.querySelector<HTMLElement>(`[data-truth="${truth}"][data-estimate="${estimate}"]`)
        ?.focus();
    } else if (event.key === "Enter" || event.key === " ") pick(focus);
    else if (event.key === "Escape") {
      setPointed(null);
      change({ truth: null, estimate: null });
    } else return;
    event.preventDefault();
  };

  const right = rightOf(confusion);
  const reading = pointed ?? chosen;
  return (
    <div class="confusion" ref={box} style={{ flexBasis: `${label + 28 + least * shown.length}px` }}>
      <p class="read-out">
        {reading === null ? (
          <span class="quiet">
            {count(n - right)} of {countOf(n, unit)} wrong
          </span>
        ) : (
          <CellReading cell={reading} evaluation={evaluation} />
        )}
      </p>
      {levels.length > MANY && <SearchField label="Find a class" value={search} onInput={setSearch} />}
      <div class="scroll-x">
        <table
          class={`matrix ${small ? "small" : ""} ${theme.highContrast ? "plain" : ""}`}
          role="grid"
          ref={grid}
          style={{ "--cell": `${cell}px`, "--label": `${label}px` }}
          onKeyDown={onKeyDown}
          onPointerOver={(event) => setPointed(cellOf(event.target))}
          onPointerLeave={() => setPointed(null)}
          onClick={(event) => {
            const at = cellOf(event.target);
            if (at !== null) pick(at);
          }}
          onFocusOut={() => setPointed(null)}
        >
          <caption class="hidden">
            Confusion matrix of {countOf(n, unit)}: {count(right)} right. Rows are truth, columns estimate.
          </caption>
          <thead>
            <tr>
              <th class="corner" colSpan={2} />
              <th class="axis" colSpan={shown.length} scope="colgroup">
                estimate
              </th>
            </tr>
            <tr>
              <th class="corner" colSpan={2} />
              {shown.map((e) => (
                <th
                  key={e}
                  scope="col"
                  title={levels[e]}
                  class={`level ${upright ? "upright" : ""} ${mark(e, reading?.estimate, found)}`}
                >
                  <span>{levels[e]}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((t, row) => {
              const total = sum(confusion[t] ?? []);
              return (
                <tr key={t}>
                  {row === 0 && (
                    <th class="axis truth" rowSpan={shown.length} scope="rowgroup">
                      <span>truth</span>
                    </th>
                  )}
                  <th scope="row" title={levels[t]} class={`level ${mark(t, reading?.truth, found)}`}>
                    <span>{levels[t]}</span>
                  </th>
                  {shown.map((e) => {
                    const held = confusion[t]?.[e] ?? 0;
                    const share = total === 0 ? 0 : held / total;
                    const ink = cellInk(share, colours);
                    const isChosen = chosen?.truth === t && chosen.estimate === e;
                    return (
                      <td
                        key={e}
                        role="gridcell"
                        data-truth={t}
                        data-estimate={e}
                        tabIndex={focus.truth === t && focus.estimate === e ? 0 : -1}
                        aria-selected={isChosen}
                        aria-label={`truth ${levels[t]}, estimate ${levels[e]}: ${count(held)}`}
                        class={`${t === e ? "diagonal" : ""} ${held === 0 ? "none" : ""} ${isChosen ? "chosen" : ""}`}
                        style={
                          theme.highContrast
                            ? { "--share": String(share) }
                            : held === 0
                              ? {}
                              : { background: ink.fill, color: ink.text }
                        }
                      >
                        {held === 0 && levels.length > MANY ? "·" : count(held)}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {shown.length < levels.length && (
        <p class="quiet">
          The {shown.length} of {count(levels.length)} classes with the most mistakes.
        </p>
      )}
      {levels.length > MANY && <MostConfused evaluation={evaluation} onPick={pick} />}
    </div>
  );
}

interface Cell {
  readonly truth: number;
  readonly estimate: number;
}

/** "7 taken for 1: 12 of 203": what a cell holds, and what share of its row that is. */
function CellReading({ cell, evaluation }: { cell: Cell; evaluation: Evaluation }) {
  const { levels, confusion } = evaluation;
  const held = confusion[cell.truth]?.[cell.estimate] ?? 0;
  const total = sum(confusion[cell.truth] ?? []);
  return (
    <>
      <span>
        <span class="quiet">truth </span>
        {levels[cell.truth]}
      </span>
      <span>
        <span class="quiet">estimate </span>
        {levels[cell.estimate]}
      </span>
      <span>
        {count(held)} of {count(total)}
      </span>
      {total > 0 && <span class="quiet">{fraction(held / total)} of the row</span>}
    </>
  );
}

function MostConfused({ evaluation, onPick }: { evaluation: Evaluation; onPick: (cell: Cell) => void }) {
  const pairs = mostConfused(evaluation).slice(0, 8);
  if (pairs.length === 0) return null;
  return (
    <div class="most-confused">
      <h3>Most confused</h3>
      <ol>
        {pairs.map((pair) => (
          <li key={`${pair.truth} ${pair.estimate}`}>
            <button type="button" class="plain-button" onClick={() => onPick(pair)}>
              <span class="pair">
                {evaluation.levels[pair.truth]}
                <span class="quiet"> taken for </span>
                {evaluation.levels[pair.estimate]}
              </span>
              <span class="number">{count(pair.count)}</span>
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}

function chosenCell(truth: string | null, estimate: string | null, levels: readonly string[]): Cell | null {
  if (truth === null || estimate === null) return null;
  const cell = { truth: levels.indexOf(truth), estimate: levels.indexOf(estimate) };
  return cell.truth < 0 || cell.estimate < 0 ? null : cell;
}

function cellOf(target: EventTarget | null): Cell | null {
  const { truth, estimate } = (target as HTMLElement | null)?.closest<HTMLElement>("td")?.dataset ?? {};
  return truth === undefined || estimate === undefined
    ? null
    : { truth: Number(truth), estimate: Number(estimate) };
}

function mark(level: number, reading: number | undefined, found: number): string {
  return level === reading ? "read" : level === found ? "found" : "";
}

/** A cell leads to its examples: where their heading is out of sight, the page moves to it. */
function bringExamplesIntoSight(): void {
  const heading = document.getElementById("images-title");
  const top = heading?.getBoundingClientRect().top ?? 0;
  if (top < 0 || top > window.innerHeight - 160) heading?.scrollIntoView({ block: "center" });
}
