/** What people call what is fitted: a default export has no name of its own, and its model has. */
export function workflowTitle(spec: { readonly workflow: string; readonly model: string }): string {
  return spec.workflow === "default" ? spec.model : spec.workflow;
}
