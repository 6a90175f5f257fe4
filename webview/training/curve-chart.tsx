import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { useEffect, useState } from "preact/hooks";
import { count, fraction, measure } from "../format.ts";
import { isBounded } from "../metric-facts.ts";
import { useWidth } from "../use-width.ts";
import { anchor, epochTicks, nearest, tickText, valueAt, verticalAxis } from "./curve-axes.ts";
import type { CurvePair, CurvePoint } from "./curve-series.ts";
import { placeLabels } from "./place-labels.ts";
import { thinCurve } from "./thin-curve.ts";

export interface CurveChartProps {
  readonly pair: CurvePair;
  /** Last epoch of the axis. */
  readonly end: number;
  /** A logarithmic axis; only where every value is above 0. */
  readonly log: boolean;
  /** Curves that stand faint behind: of folds whose mean `pair` is. */
  readonly behind?: readonly CurvePair[];
}

const NOTHING_BEHIND: readonly CurvePair[] = [];

const LEFT = 40;
const TOP = 20;
const BOTTOM = 24;
const LABEL_HEIGHT = 16;

/**
 * The curves of one measure: training solid, validation dashed, named at their ends. A pointer or the
 * arrow keys choose an epoch, whose values stand in the line above; Escape lets it go.
 */
export function CurveChart({ pair, end, log, behind = NOTHING_BEHIND }: CurveChartProps) {
  const [box, width] = useWidth<HTMLDivElement>(640);
  const [pointed, setPointed] = useState<number | null>(null);
  useEffect(() => setPointed(null), [pair.metric]);

  const height = Math.round(Math.min(320, Math.max(184, (width * 6) / 16)));
  const right = width < 480 ? 88 : 112;
  const x = scaleLinear([1, end], [LEFT, width - right]);
  const { y, ticks } = verticalAxis(
    pair.metric,
    [pair, ...behind].flatMap(({ train, validation }) => [...train, ...validation]),
    log,
    [height - BOTTOM, TOP],
  );
  const write = isBounded(pair.metric) ? fraction : measure;

  const epochs = (pair.train.length > 0 ? pair.train : pair.validation).map((point) => point.epoch);
  const at = pointed === null ? null : nearest(epochs, pointed);
  const read = at ?? epochs.at(-1) ?? null;

  const curves = [
    { name: "train", points: pair.train },
    { name: "validation", points: pair.validation },
  ].filter((curve) => curve.points.length > 0);
  const ends = curves.flatMap((curve) => {
    const last = curve.points.findLast((point) => point.value !== null);
    return last === undefined ? [] : [{ name: curve.name, epoch: last.epoch, value: last.value as number }];
  });
  const labels = placeLabels(
    ends.map((one) => y(one.value)),
    LABEL_HEIGHT,
    TOP,
    height - BOTTOM - 6,
  );
  const labelX = Math.max(LEFT, ...ends.map((one) => x(one.epoch))) + 8;

  const draw = line<CurvePoint>()
    .defined((point) => point.value !== null && (!log || point.value > 0))
    .x((point) => x(point.epoch))
    .y((point) => y(point.value as number));
  const few = epochs.length <= 40;

  const keys = (event: KeyboardEvent) => {
    if (epochs.length === 0) return;
    const i = at === null ? epochs.length - 1 : epochs.indexOf(at);
    const page = Math.max(1, Math.round(epochs.length / 10));
    const steps: Record<string, number> = {
      ArrowRight: i + 1,
      ArrowUp: i + 1,
      ArrowLeft: i - 1,
      ArrowDown: i - 1,
      PageUp: i + page,
      PageDown: i - page,
      Home: 0,
      End: epochs.length - 1,
    };
    if (event.key === "Escape") setPointed(null);
    else if (steps[event.key] !== undefined) {
      const to = Math.min(epochs.length - 1, Math.max(0, steps[event.key] as number));
      setPointed(
        at === null && event.key.startsWith("Arrow") ? (epochs.at(-1) ?? null) : (epochs[to] ?? null),
      );
    } else return;
    event.preventDefault();
  };
  const point = (event: PointerEvent) => {
    const left = (event.currentTarget as Element).getBoundingClientRect().left;
    setPointed(Math.round(x.invert(event.clientX - left)));
  };

  const values = (epoch: number) =>
    curves.map((curve) => {
      const value = valueAt(curve.points, epoch);
      return { name: curve.name, text: value === null ? "not defined" : write(value) };
    });
  const bestAt = pair.best !== null && epochs.length > 1 ? pair.best : null;

  return (
    <figure class="curves">
      <p class="read-out">
        {read === null ? (
          <span class="quiet">No epoch is over yet.</span>
        ) : (
          <>
            <span>Epoch {count(read)}</span>
            {values(read).map((one) => (
              <span key={one.name}>
                <span class="quiet">{one.name} </span>
                {one.text}
              </span>
            ))}
            {bestAt?.epoch === read && <span class="quiet">best</span>}
          </>
        )}
      </p>
      <div class="plot" ref={box} style={{ height: `${height}px` }}>
        <svg
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          tabIndex={0}
          role="slider"
          aria-label={`${pair.metric} by epoch`}
          aria-orientation="horizontal"
          aria-valuemin={1}
          aria-valuemax={Math.max(1, epochs.at(-1) ?? 1)}
          aria-valuenow={read ?? 1}
          aria-valuetext={
            read === null
              ? "no epoch is over yet"
              : `epoch ${count(read)}: ${values(read)
                  .map((one) => `${one.name} ${one.text}`)
                  .join(", ")}`
          }
          onKeyDown={keys}
          onPointerMove={point}
          onPointerLeave={() => setPointed(null)}
          onBlur={() => setPointed(null)}
        >
          <g class="grid">
            {ticks.map((tick) => (
              <g key={tick}>
                <line
                  x1={LEFT}
                  x2={width - right}
                  y1={y(tick)}
                  y2={y(tick)}
                  class={tick === 0 ? "zero" : ""}
                />
                <text x={LEFT - 8} y={y(tick)} dy="0.35em" text-anchor="end">
                  {tickText(tick)}
                </text>
              </g>
            ))}
            {epochTicks(end, width - right - LEFT).map((tick) => (
              <text key={`x${tick}`} x={x(tick)} y={height - 6} text-anchor="middle">
                {count(tick)}
              </text>
            ))}
            <text x={width - right + 12} y={height - 6} text-anchor="start">
              epoch
            </text>
          </g>
          {behind.length > 0 && (
            <g class="behind">
              {behind.flatMap((one, i) =>
                [one.train, one.validation].map((points, k) => (
                  <path
                    key={`${i} ${k}`}
                    class={k === 1 ? "validation" : ""}
                    d={draw(thinCurve(points, Math.max(1, Math.round(width)))) ?? ""}
                  />
                )),
              )}
            </g>
          )}
          {bestAt !== null && (
            <g class="best">
              <line x1={x(bestAt.epoch)} x2={x(bestAt.epoch)} y1={TOP - 4} y2={height - BOTTOM} />
              <text
                x={x(bestAt.epoch)}
                y={TOP - 9}
                text-anchor={anchor(x(bestAt.epoch), LEFT, width - right)}
              >
                best: epoch {count(bestAt.epoch)}
              </text>
            </g>
          )}
          {curves.map((curve) => (
            <g key={curve.name} class={`curve ${curve.name}`}>
              <path d={draw(thinCurve(curve.points, Math.max(1, Math.round(width)))) ?? ""} />
              {few &&
                curve.points.map(
                  (one) =>
                    one.value !== null &&
                    (!log || one.value > 0) && (
                      <circle key={one.epoch} cx={x(one.epoch)} cy={y(one.value)} r={2.5} />
                    ),
                )}
            </g>
          ))}
          {bestAt !== null && (!log || bestAt.value > 0) && (
            <circle class="best-point" cx={x(bestAt.epoch)} cy={y(bestAt.value)} r={5} />
          )}
          {at !== null && (
            <g class="cross-hair">
              <line x1={x(at)} x2={x(at)} y1={TOP - 4} y2={height - BOTTOM} />
              {curves.map((curve) => {
                const value = valueAt(curve.points, at);
                return (
                  value !== null &&
                  (!log || value > 0) && <circle key={curve.name} cx={x(at)} cy={y(value)} r={4} />
                );
              })}
            </g>
          )}
          {ends.map((one, i) => (
            <text key={one.name} class={`end-label ${one.name}`} x={labelX} y={labels[i]} dy="0.35em">
              {one.name}
            </text>
          ))}
        </svg>
      </div>
      <figcaption class="hidden">{summary(pair, write)}</figcaption>
    </figure>
  );
}

/** The figure in words, for those who do not see it. */
function summary(pair: CurvePair, write: (value: number) => string): string {
  const parts = (["train", "validation"] as const).flatMap((name) => {
    const finite = pair[name].filter((point) => point.value !== null);
    const first = finite[0]?.value;
    const last = finite.at(-1)?.value;
    return first == null || last == null ? [] : [`${name} from ${write(first)} to ${write(last)}`];
  });
  const epochs = Math.max(pair.train.length, pair.validation.length);
  if (parts.length === 0) return `${pair.metric}: no epoch is over yet.`;
  const best =
    pair.best === null ? "" : `; best ${pair.best.of} ${write(pair.best.value)} at epoch ${pair.best.epoch}`;
  return `${pair.metric} over ${count(epochs)} epochs: ${parts.join(", ")}${best}.`;
}
