/** Importing this gives the room the TypeScript that ships with KSpec. */
import typescript from "typescript";
import { useTypeScript } from "./typescript.ts";

useTypeScript(typescript);
