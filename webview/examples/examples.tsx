import { useEffect, useRef, useState } from "preact/hooks";
import type { Evaluation, Example, RunState } from "../../src/protocol/index.ts";
import { Choice } from "../choice.tsx";
import { DataTable } from "../data-table.tsx";
import { count, countOf, fraction, measure } from "../format.ts";
import { CrossIcon } from "../icons.tsx";
import { usePanel } from "../panel-context.ts";
import { shownEvaluation, unitOf } from "../results/results.tsx";
import { Section } from "../section.tsx";
import { Button, Dropdown } from "../ui.ts";
import { chosenExamples, isWrong } from "./chosen-examples.ts";

/** So many tiles are shown at first, so that what follows stays near, and so many more at a time. */
const FIRST = 24;
const MORE = 96;

/** Rows of the test set with truth and estimate: tiles where they are images, else a table. */
export function Examples({ state }: { state: RunState }) {
  const { view, change } = usePanel();
  const evaluation = shownEvaluation(state, view.outcome);
  if (evaluation === null || evaluation.examples.length === 0) return null;
  const images = unitOf(evaluation) === "images";
  const classes = evaluation.levels.length > 0;
  const chosen = chosenExamples(evaluation, view);
  const narrowed = view.truth !== null || view.estimate !== null || view.examples !== "all";
  const levels = [
    { value: "", text: "any" },
    ...evaluation.levels.map((level) => ({ value: level, text: level })),
  ];
  return (
    <Section
      id="images"
      title={images ? "Images" : "Examples"}
      note={`${count(evaluation.examples.length)} of ${countOf(evaluation.n, unitOf(evaluation))}`}
    >
      <div class="controls">
        <Choice
          label="Which"
          options={[
            { value: "all" as const, text: "all" },
            { value: "wrong" as const, text: classes ? "wrong" : "largest error first" },
          ]}
          value={view.examples}
          onChange={(examples) => change({ examples })}
        />
        {classes && (
          <>
            <Dropdown
              label="truth"
              value={view.truth ?? ""}
              options={levels}
              onChange={(truth) => change({ truth: truth || null })}
            />
            <Dropdown
              label="estimate"
              value={view.estimate ?? ""}
              options={levels}
              onChange={(estimate) => change({ estimate: estimate || null })}
            />
          </>
        )}
        {classes && narrowed && (
          <button
            type="button"
            class="link"
            onClick={() => change({ truth: null, estimate: null, examples: "all" })}
          >
            Show all
          </button>
        )}
      </div>
      {chosen.length === 0 ? (
        <p class="quiet">{noneWords(evaluation, view.truth, view.estimate)}</p>
      ) : images ? (
        <Tiles key={`${view.examples} ${view.truth} ${view.estimate}`} examples={chosen} classes={classes} />
      ) : (
        <ExampleTable examples={chosen} classes={classes} />
      )}
    </Section>
  );
}

/** The run keeps some examples, not all: none of a cell is not the same as an empty cell. */
function noneWords(evaluation: Evaluation, truth: string | null, estimate: string | null): string {
  if (truth !== null && estimate !== null) {
    const held =
      evaluation.confusion[evaluation.levels.indexOf(truth)]?.[evaluation.levels.indexOf(estimate)] ?? 0;
    if (held > 0)
      return `None of the ${count(held)} with truth ${truth} and estimate ${estimate} is among the examples kept. All are in predictions.csv.`;
  }
  return "None of the examples kept is like that.";
}

function Tiles({ examples, classes }: { examples: readonly Example[]; classes: boolean }) {
  const { folder } = usePanel();
  const list = useRef<HTMLUListElement>(null);
  const [limit, setLimit] = useState(FIRST);
  const [at, setAt] = useState(0);
  const [read, setRead] = useState<Example | null>(null);
  useEffect(() => setAt((now) => Math.min(now, examples.length - 1)), [examples.length]);
  const shown = examples.slice(0, limit);

  const keys = (event: KeyboardEvent) => {
    const tiles = [...(list.current?.querySelectorAll<HTMLElement>(".tile") ?? [])];
    const top = tiles[0]?.offsetTop;
    const across = Math.max(1, tiles.filter((tile) => tile.offsetTop === top).length);
    const steps: Record<string, number> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at + across,
      ArrowUp: at - across,
      Home: 0,
      End: shown.length - 1,
    };
    const to = steps[event.key];
    if (event.key === "Escape") setRead(null);
    else if (to === undefined) return;
    else if (to >= 0 && to < shown.length) {
      setAt(to);
      setRead(shown[to] ?? null);
      tiles[to]?.focus();
    }
    event.preventDefault();
  };

  return (
    <>
      <p class="read-out">
        {read === null ? (
          <span class="quiet">
            {classes
              ? "Truth above; the estimate below where it is wrong; the bar is its probability."
              : "Truth above, estimate below."}
          </span>
        ) : (
          <TileReading example={read} />
        )}
      </p>
      <ul class="tiles" ref={list} onKeyDown={keys}>
        {shown.map((example, i) => (
          <li key={example.row}>
            <div
              class={`tile ${isWrong(example) ? "wrong" : ""}`}
              role="img"
              aria-label={tileWords(example)}
              tabIndex={i === at ? 0 : -1}
              onFocus={() => {
                setAt(i);
                setRead(example);
              }}
              onBlur={() => setRead(null)}
              onPointerEnter={() => setRead(example)}
              onPointerLeave={() => setRead(null)}
            >
              <span class="truth">{write(example.truth)}</span>
              <Picture example={example} folder={folder} />
              {example.probability !== undefined && (
                <span class="probability">
                  <span style={{ width: `${100 * example.probability}%` }} />
                </span>
              )}
              <span class="estimate">
                {isWrong(example) ? (
                  <>
                    <CrossIcon />
                    <span>{write(example.estimate)}</span>
                  </>
                ) : classes ? (
                  "\u00a0"
                ) : (
                  write(example.estimate)
                )}
              </span>
            </div>
          </li>
        ))}
      </ul>
      {shown.length < examples.length && (
        <Button onClick={() => setLimit(limit + MORE)}>
          Show {count(Math.min(MORE, examples.length - shown.length))} more
        </Button>
      )}
    </>
  );
}

/** Small images keep their pixels; large ones are smoothed. */
function Picture({ example, folder }: { example: Example; folder: string | null }) {
  const [small, setSmall] = useState(true);
  if (folder === null || example.image === undefined) return <span class="picture" />;
  return (
    <img
      class={`picture ${small ? "pixels" : ""}`}
      src={`${folder.replace(/\/$/, "")}/${example.image}`}
      alt=""
      loading="lazy"
      draggable={false}
      onLoad={(event) => setSmall(event.currentTarget.naturalWidth < 64)}
    />
  );
}

function TileReading({ example }: { example: Example }) {
  return (
    <>
      <span>
        <span class="quiet">truth </span>
        {write(example.truth)}
      </span>
      <span>
        <span class="quiet">estimate </span>
        {write(example.estimate)}
      </span>
      {example.probability !== undefined && (
        <span>
          <span class="quiet">probability </span>
          {fraction(example.probability)}
        </span>
      )}
      <span class="quiet">row {count(example.row)}</span>
    </>
  );
}

function tileWords(example: Example): string {
  const probability =
    example.probability === undefined ? "" : `, probability ${fraction(example.probability)}`;
  const wrong = isWrong(example) ? ", wrong" : "";
  return `Row ${count(example.row)}: truth ${write(example.truth)}, estimate ${write(example.estimate)}${probability}${wrong}`;
}

function ExampleTable({ examples, classes }: { examples: readonly Example[]; classes: boolean }) {
  const [all, setAll] = useState(false);
  const shown = all ? examples : examples.slice(0, 12);
  return (
    <>
      <DataTable
        caption="Examples with truth and estimate"
        sortable
        columns={[
          { name: "Row", numeric: true, text: (one) => count(one.row), order: (one) => one.row },
          { name: "Truth", numeric: !classes, text: (one) => write(one.truth), order: (one) => one.truth },
          {
            name: "Estimate",
            numeric: !classes,
            text: (one) => write(one.estimate),
            order: (one) => one.estimate,
            show: (one) =>
              isWrong(one) ? (
                <span class="wrong-word">
                  <CrossIcon />
                  {write(one.estimate)}
                </span>
              ) : (
                write(one.estimate)
              ),
          },
          classes
            ? {
                name: "Probability",
                numeric: true,
                text: (one) => (one.probability === undefined ? "–" : fraction(one.probability)),
                order: (one) => one.probability ?? null,
              }
            : {
                name: "Error",
                numeric: true,
                text: (one) => measure(Number(one.estimate) - Number(one.truth)),
                order: (one) => Number(one.estimate) - Number(one.truth),
              },
        ]}
        rows={shown}
        rowKey={(one) => String(one.row)}
      />
      {shown.length < examples.length && (
        <Button onClick={() => setAll(true)}>Show {count(examples.length - shown.length)} more</Button>
      )}
    </>
  );
}

const write = (value: string | number): string => (typeof value === "number" ? measure(value) : value);
