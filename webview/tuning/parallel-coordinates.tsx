import { useMemo, useRef, useState } from "preact/hooks";
import { ranked, type CandidateState } from "../../src/protocol/index.ts";
import { usePanel } from "../panel-context.ts";
import { useWidth } from "../use-width.ts";
import { readingText } from "./candidate-reading.tsx";
import type { FigureProps } from "./figures.tsx";
import { pointClass } from "./parameter-plots.tsx";
import type { TuningAxis } from "./tuning-axes.ts";

const LEFT = 32;
const RIGHT = 48;
const TOP = 28;
const BOTTOM = 12;
const HEIGHT = 240;
/** A pointer this near to an axis is on it; one farther than REACH from every line is at none. */
const ON_AXIS = 10;
const REACH = 16;
/** A stroke shorter than this part of an axis is a click. */
const LEAST = 0.02;
const STEP = 0.05;

export interface ParallelCoordinatesProps extends FigureProps {
  /** From left to right; the metric is the last one. */
  readonly axes: readonly TuningAxis[];
  readonly metric: TuningAxis;
}

/**
 * One axis a hyperparameter and one for the metric, one line a candidate, the inkier the better. A stroke along an axis narrows the
 * candidates to those that cross it there; a click on the axis lets them go.
 */
export function ParallelCoordinates(props: ParallelCoordinatesProps) {
  const { axes, metric, tuning, shownMetric, inside, best, chosen, pointed, onPoint, onChoose } = props;
  const { view, change } = usePanel();
  const [box, width] = useWidth<HTMLDivElement>(640);
  const svg = useRef<SVGSVGElement>(null);
  const [stroke, setStroke] = useState<{ id: string; from: number; to: number } | null>(null);

  const gap = (width - LEFT - RIGHT) / Math.max(1, axes.length - 1);
  const x = (i: number) => LEFT + i * gap;
  const y = (at: number) => HEIGHT - BOTTOM - at * (HEIGHT - BOTTOM - TOP);

  const lines = useMemo(() => {
    const means = tuning.candidates.map(({ summary }) => Math.abs(summary[shownMetric.key]?.mean ?? 0));
    const farthest = Math.max(0, ...means);
    return tuning.candidates.flatMap((one) => {
      const places = axes.map((axis) => axis.place(one));
      const share = metric.place(one);
      // A line needs its value of the metric; a parameter that is not there (of another search space) is passed by.
      if (share === null) return [];
      const corners = places.flatMap((at, i) => (at === null ? [] : [[x(i), y(at)] as const]));
      const mean = Math.abs(one.summary[shownMetric.key]?.mean ?? 0);
      const good = {
        maximize: share,
        minimize: 1 - share,
        zero: farthest === 0 ? 1 : 1 - mean / farthest,
      }[shownMetric.direction];
      return [
        {
          one,
          corners,
          good,
          path: `M${corners.map(([a, b]) => `${a.toFixed(1)},${b.toFixed(1)}`).join("L")}`,
        },
      ];
    });
  }, [tuning, axes, metric, width]);
  // As in the small plots: what does not depend on the pointer is drawn once.
  const still = useMemo(
    () => (
      <svg
        class="still lines"
        width={width}
        height={HEIGHT}
        viewBox={`0 0 ${width} ${HEIGHT}`}
        aria-hidden="true"
        style={{ "--thin": Math.max(0.06, Math.min(1, 80 / lines.length)).toFixed(3) }}
      >
        {lines
          .toSorted((a, b) => a.good - b.good)
          .map(({ one, path, good }) => (
            <path
              key={one.config}
              class={pointClass(one, inside)}
              d={path}
              style={{ "--good": good.toFixed(3) }}
            />
          ))}
      </svg>
    ),
    [lines, inside],
  );
  const order = useMemo(() => {
    const there = new Set(lines.map(({ one }) => one.config));
    const metricThere = tuning.started.metrics.find(({ name }) => name === shownMetric.name);
    return ranked(tuning, metricThere).filter(
      ({ config }) => there.has(config) && (inside === null || inside.has(config)),
    );
  }, [lines, inside]);

  const place = (event: PointerEvent | MouseEvent) => {
    const area = svg.current?.getBoundingClientRect();
    return [event.clientX - (area?.left ?? 0), event.clientY - (area?.top ?? 0)] as const;
  };
  const axisAt = (left: number) => {
    const i = Math.round((left - LEFT) / gap);
    return Math.abs(x(i) - left) <= ON_AXIS ? axes[i] : undefined;
  };
  const along = (top: number) => Math.min(1, Math.max(0, (HEIGHT - BOTTOM - top) / (HEIGHT - BOTTOM - TOP)));
  const nearest = (left: number, top: number): CandidateState | null => {
    let least = REACH;
    let found: CandidateState | null = null;
    for (const { one, corners } of lines) {
      if (inside !== null && !inside.has(one.config)) continue;
      const k = corners.findIndex(([at]) => at >= left);
      const [a, b] = [corners[k - 1], corners[k]];
      if (a === undefined || b === undefined) continue;
      const height = a[1] + ((b[1] - a[1]) * (left - a[0])) / (b[0] - a[0]);
      const d = Math.abs(height - top);
      if (d < least) [least, found] = [d, one];
    }
    return found;
  };
  const narrow = (id: string, range: readonly [number, number] | null) => {
    const { [id]: _, ...others } = view.narrowed;
    change({ narrowed: range === null ? others : { ...others, [id]: range } });
  };

  const down = (event: PointerEvent) => {
    const [left, top] = place(event);
    const axis = axisAt(left);
    if (axis === undefined) return;
    setStroke({ id: axis.id, from: along(top), to: along(top) });
    (event.currentTarget as Element).setPointerCapture?.(event.pointerId);
    event.preventDefault();
  };
  const move = (event: PointerEvent) => {
    const [left, top] = place(event);
    if (stroke !== null) setStroke({ ...stroke, to: along(top) });
    else onPoint(nearest(left, top));
  };
  const up = () => {
    if (stroke === null) return;
    const [low, high] = [Math.min(stroke.from, stroke.to), Math.max(stroke.from, stroke.to)];
    setStroke(null);
    if (high - low >= LEAST) narrow(stroke.id, [low, high]);
    else if (view.narrowed[stroke.id] !== undefined) narrow(stroke.id, null);
  };
  const click = (event: MouseEvent) => {
    const [left, top] = place(event);
    const one = axisAt(left) === undefined ? nearest(left, top) : null;
    if (one !== null) onChoose(one);
  };

  const keys = (event: KeyboardEvent) => {
    const at = order.findIndex(({ config }) => config === (pointed ?? chosen)?.config);
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowRight: at + 1,
      ArrowUp: at - 1,
      ArrowLeft: at - 1,
      Home: 0,
      End: order.length - 1,
    };
    const step = steps[event.key];
    if (event.key === "Escape") onPoint(null);
    else if ((event.key === "Enter" || event.key === " ") && pointed !== null) onChoose(pointed);
    else if (step !== undefined) onPoint(order[Math.min(order.length - 1, Math.max(0, step))] ?? null);
    else return;
    event.preventDefault();
  };
  const axisKeys = (axis: TuningAxis) => (event: KeyboardEvent) => {
    const [low, high] = view.narrowed[axis.id] ?? [0, 1];
    const by = event.key === "ArrowUp" ? STEP : event.key === "ArrowDown" ? -STEP : 0;
    if (event.key === "Escape") narrow(axis.id, null);
    else if (by !== 0) {
      const next: [number, number] = event.shiftKey
        ? [low, Math.min(1, Math.max(low + STEP, high + by))]
        : [Math.max(0, Math.min(high - STEP, low + by)), high];
      narrow(axis.id, next[0] <= 0 && next[1] >= 1 ? null : next);
    } else return;
    event.stopPropagation();
    event.preventDefault();
  };

  const line = (one: CandidateState | null) => lines.find((each) => each.one.config === one?.config);
  const marked = [
    { name: "best", line: line(best) },
    { name: "chosen", line: chosen === best ? undefined : line(chosen) },
    { name: "pointed", line: pointed === null ? undefined : line(pointed) },
  ];
  const read = pointed ?? chosen;
  const letters = Math.max(3, Math.floor((gap - 10) / 7));
  return (
    <figure class="parallel layers-of-figure" ref={box}>
      {still}
      <svg
        ref={svg}
        width={width}
        height={HEIGHT}
        viewBox={`0 0 ${width} ${HEIGHT}`}
        role="group"
        aria-label="Parallel coordinates"
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={() => setStroke(null)}
        onPointerLeave={() => stroke === null && onPoint(null)}
        onClick={click}
      >
        <rect
          class="candidates-stop"
          x={1}
          y={1}
          width={Math.max(0, width - 2)}
          height={HEIGHT - 2}
          tabindex={0}
          role="slider"
          aria-label="Candidates by rank"
          aria-valuemin={Math.min(1, order.length)}
          aria-valuemax={order.length}
          aria-valuenow={order.findIndex(({ config }) => config === read?.config) + 1}
          aria-valuetext={read === null ? "none" : readingText(read, tuning, shownMetric)}
          onKeyDown={keys}
          onBlur={() => onPoint(null)}
        />
        {marked.map(
          ({ name, line }) =>
            line !== undefined && (
              <g key={name}>
                <path class="halo" d={line.path} />
                <path class={`line-${name}`} d={line.path} />
              </g>
            ),
        )}
        {axes.map((axis, i) => {
          const drawing = stroke?.id === axis.id ? stroke : null;
          const range = drawing
            ? ([Math.min(drawing.from, drawing.to), Math.max(drawing.from, drawing.to)] as const)
            : view.narrowed[axis.id];
          const anchor = i === 0 ? "start" : i === axes.length - 1 ? "end" : "middle";
          const name = axis.title.length > letters ? `${axis.title.slice(0, letters - 1)}…` : axis.title;
          return (
            <g
              key={axis.id}
              class="axis"
              tabindex={0}
              role="slider"
              aria-orientation="vertical"
              aria-label={`Narrow by ${axis.title}: arrows move the lower end, with Shift the upper one`}
              aria-valuemin={0}
              aria-valuemax={100}
              aria-valuenow={Math.round((range?.[0] ?? 0) * 100)}
              aria-valuetext={
                range === undefined
                  ? "all"
                  : `from ${Math.round(range[0] * 100)} to ${Math.round(range[1] * 100)} percent of the axis`
              }
              onKeyDown={axisKeys(axis)}
            >
              <rect
                class="handle"
                x={x(i) - ON_AXIS}
                y={TOP}
                width={2 * ON_AXIS}
                height={HEIGHT - TOP - BOTTOM}
              />
              <line x1={x(i)} x2={x(i)} y1={y(0)} y2={y(1)} />
              {range !== undefined && (
                <rect
                  class="range"
                  x={x(i) - 4}
                  y={y(range[1])}
                  width={8}
                  height={Math.max(1, y(range[0]) - y(range[1]))}
                />
              )}
              <text
                class="name"
                x={i === 0 ? 0 : i === axes.length - 1 ? width : x(i)}
                y={12}
                text-anchor={anchor}
              >
                {name}
                {name !== axis.title && <title>{axis.title}</title>}
              </text>
              {axis.ticks.map((tick) => (
                <text key={tick.full} class="tick" x={x(i) + 6} y={y(tick.at)} dy="0.35em">
                  {tick.text.length > Math.max(4, letters) ? `${tick.text.slice(0, letters)}…` : tick.text}
                </text>
              ))}
            </g>
          );
        })}
      </svg>
    </figure>
  );
}
