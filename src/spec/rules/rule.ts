import type { BlockGraph, Span } from "../block-graph.ts";
import type { Fix, Related, Severity } from "../problem.ts";
import type { Model, SpecFile, Workflow } from "../spec-file.ts";

/** One kind of mistake. It looks at a graph, a model, a workflow or the whole file, and says what it finds there. */
export type Rule = GraphRule | ModelRule | WorkflowRule | FileRule;

interface About {
  /** Stable: it is what people search for, and what `--json` prints. */
  readonly code: string;
  readonly severity: Severity;
  /** One sentence for the list of rules: what is wrong when it speaks. */
  readonly about: string;
}
export interface GraphRule extends About {
  readonly on: "graph";
  check(graph: BlockGraph, use: Use): Iterable<Finding>;
}
export interface ModelRule extends About {
  readonly on: "model";
  check(model: Model): Iterable<Finding>;
}
export interface WorkflowRule extends About {
  readonly on: "workflow";
  /** Workflows that the file exports or that an exported tuning tries, each once. */
  check(workflow: Workflow): Iterable<Finding>;
}
export interface FileRule extends About {
  readonly on: "file";
  check(file: SpecFile): Iterable<Finding>;
}

/** What the file says about a spec's data and training; undefined where it says nothing, or its workflows differ. */
export interface Use {
  readonly outcomes: readonly string[] | undefined;
  readonly predictors: readonly string[] | undefined;
  readonly classes: number | undefined;
  /** Some model of the spec brings a loss of its own, which may take values that are no probabilities. */
  readonly own_loss: boolean;
}

export interface Finding {
  readonly message: string;
  readonly span?: Span | undefined;
  /** The rule's own, where absent. */
  readonly severity?: Severity | undefined;
  readonly related?: readonly Related[] | undefined;
  readonly fix?: Fix | undefined;
  readonly covers?: Span | undefined;
}
