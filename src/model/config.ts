/** The input after validation, in the field's words. What each value means stands in the tables of `schema/`. */
import type { Values } from "../schema/field.ts";
import type { machine } from "../schema/machine.ts";
import type { resources } from "../schema/resources.ts";
import type { submission, task } from "../schema/submission.ts";

export interface Script {
  /** Absolute path. */
  readonly path: string;
  /** The whole file without its `[tool.dpdispatcher]` table: what is copied to the execution side. */
  readonly text: string;
  /** The file without its `[tool.dpdispatcher]` table: what is computed, for task keys. */
  readonly code: string;
}

/** `scheduler` and `context` are canonical names; `profile` has the values of the context's profile table. */
export type Machine = Values<typeof machine>;

/** An environment value as the user wrote it: number and boolean text is Python's. */
export type EnvValue = string;

/** `options` has the values of the batch type's kwargs table; `envs` pairs in order, a list giving several of one name. */
export type Resources = Values<typeof resources>;

/** One row of `task_list`; its folder may be a glob. */
export type TaskRow = Values<typeof task>;

export interface Config extends Values<typeof submission> {
  readonly script: Script;
  /** The text of the user's header template, filled in; null: the scheduler's header. */
  readonly header: string | null;
}
