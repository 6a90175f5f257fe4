import type { BuiltLayer, RunState } from "../../src/protocol/index.ts";
import { count, countOf, shape } from "../format.ts";
import { ChevronIcon, LockIcon } from "../icons.tsx";
import { usePanel } from "../panel-context.ts";
import { Section } from "../section.tsx";
import { blockGroups, isTrained, type BlockGroup } from "./block-groups.ts";

/** A block of more layers than this is closed at first: a pretrained base would bury the head. */
const FEW = 8;

/** What is fitted: layers by block, with the shape of what they put out and their parameters. */
export function Model({ state }: { state: RunState }) {
  if (state.layers.length === 0) return null;
  const { parameters } = state;
  return (
    <Section
      id="model"
      title="Model"
      {...(parameters === null
        ? {}
        : { note: `${countOf(parameters.total, "parameters")}, ${count(parameters.trainable)} trainable` })}
    >
      <div class="scroll-x">
        <table class="layers">
          <caption class="hidden">Layers by block</caption>
          <thead>
            <tr>
              <th scope="col">Block</th>
              <th scope="col">Layer</th>
              <th scope="col" class="numeric">
                Output
              </th>
              <th scope="col" class="numeric">
                Parameters
              </th>
            </tr>
          </thead>
          {blockGroups(state.layers).map((group) => (
            <BlockRows key={group.block} group={group} />
          ))}
        </table>
      </div>
    </Section>
  );
}

function BlockRows({ group }: { group: BlockGroup }) {
  const { view, change } = usePanel();
  const { block, layers } = group;
  const only = layers.length === 1 ? layers[0] : undefined;
  if (only !== undefined) {
    return (
      <tbody>
        <tr class="first">
          <th scope="row">{block}</th>
          <LayerCells layer={only} marked />
        </tr>
      </tbody>
    );
  }
  const toggled = view.toggledBlocks.includes(block);
  const open = layers.length <= FEW !== toggled;
  return (
    <tbody>
      <tr class="first">
        <th scope="row">
          <button
            type="button"
            class="fold block-fold"
            aria-expanded={open}
            onClick={() =>
              change({
                toggledBlocks: toggled
                  ? view.toggledBlocks.filter((one) => one !== block)
                  : [...view.toggledBlocks, block],
              })
            }
          >
            {block}
            <ChevronIcon />
          </button>
        </th>
        <td class="quiet">
          {countOf(layers.length, "layers")}
          {group.freezing !== "none" && (
            <Frozen words={group.freezing === "all" ? "frozen" : "partly frozen"} />
          )}
        </td>
        <td class="numeric shape">{open ? "" : shape(group.output)}</td>
        <td class="numeric">{open ? "" : parametersText(group.parameters)}</td>
      </tr>
      {open &&
        layers.map((layer) => (
          <tr key={layer.name}>
            <th />
            <LayerCells layer={layer} marked={group.freezing === "some"} />
          </tr>
        ))}
    </tbody>
  );
}

/** `marked`: whether a frozen layer says so itself; where its whole block is frozen the block has said it. */
function LayerCells({ layer, marked }: { layer: BuiltLayer; marked: boolean }) {
  return (
    <>
      <td title={layer.name}>
        {layer.class}
        {marked && !isTrained(layer) && layer.parameters > 0 && <Frozen words="frozen" />}
      </td>
      <td class="numeric shape">{shape(layer.output_shape)}</td>
      <td class="numeric">{parametersText(layer.parameters)}</td>
    </>
  );
}

function Frozen({ words }: { words: string }) {
  return (
    <span class="frozen quiet">
      <LockIcon />
      <span class="frozen-words">{words}</span>
    </span>
  );
}

/** A layer without parameters has a dash: a column of zeros hides the numbers. */
function parametersText(n: number): string {
  return n === 0 ? "–" : count(n);
}
