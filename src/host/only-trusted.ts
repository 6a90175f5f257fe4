import * as vscode from "vscode";

/** Whether the workspace is trusted; where it is not, a person is told what that is for, and can change it. */
export async function isTrusted(why: string): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const manage = "Manage trust";
  const chosen = await vscode.window.showWarningMessage(why, manage);
  if (chosen === manage) await vscode.commands.executeCommand("workbench.trust.manage");
  return false;
}
