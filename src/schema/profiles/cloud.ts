/** `machine.remote_profile` of BohriumContext and OpenAPIContext. */
import { fields } from "../field.ts";
import { flag, free, identifier, integer } from "../value_types.ts";
import { text } from "../text_types.ts";

export const bohrium = fields({
  email: {
    configName: "email",
    kind: text,
    default: null,
    whenChanged: "continue",
    doc: "E-mail address of the account.",
  },
  password: {
    configName: "password",
    kind: text,
    default: null,
    secret: true,
    whenChanged: "continue",
    doc: "Password of the account; not needed where BOHR_TICKET is set.",
  },
  phone: {
    configName: "phone",
    kind: text,
    default: null,
    whenChanged: "continue",
    doc: "Phone number of the account, in place of the e-mail address.",
  },
  program_id: {
    configName: "projectId",
    kind: integer(0),
    whenChanged: "newRun",
    aliases: ["project_id"],
    doc: "Project that the jobs belong to.",
  },
  retry_count: {
    configName: "platformRetries",
    kind: integer(0),
    default: 2,
    nullable: true,
    whenChanged: "continue",
    doc:
      "Accepted for old inputs and not used; machine.retry_count is what counts.",
  },
  ignore_exit_code: {
    configName: "ignoreExitCode",
    kind: flag,
    default: true,
    whenChanged: "continue",
    doc:
      "Takes a job that the platform ended with a non-zero exit code for finished.",
  },
  keep_backup: {
    configName: "keepBackup",
    kind: flag,
    default: true,
    whenChanged: "continue",
    doc:
      "Keeps the archives that were sent and fetched in the folder `backup`.",
  },
  input_data: {
    configName: "inputData",
    kind: free,
    whenChanged: "continue",
    doc:
      "The platform's own description of the job, passed on as it is: machine_type, image_name, job_type and so on.",
  },
});

export const openapi = fields({
  access_key: {
    configName: "accessKey",
    kind: text,
    default: null,
    secret: true,
    whenChanged: "continue",
    doc:
      "Access key; without it the environment's BOHRIUM_ACCESS_KEY or ACCESS_KEY.",
  },
  project_id: {
    configName: "projectId",
    kind: identifier,
    default: null,
    whenChanged: "newRun",
    doc:
      "Project that the jobs belong to; without it the environment's BOHRIUM_PROJECT_ID or PROJECT_ID.",
  },
  app_key: {
    configName: "appKey",
    kind: text,
    default: null,
    secret: true,
    whenChanged: "continue",
    doc:
      "Application key; without it the environment's BOHRIUM_APP_KEY or APP_KEY.",
  },
  job_name: {
    configName: "jobName",
    kind: text,
    default: null,
    whenChanged: "continue",
    doc: "Name of the jobs on the platform.",
  },
  machine_type: {
    configName: "machineType",
    kind: text,
    default: null,
    whenChanged: "continue",
    doc: "The platform's name of the kind of machine.",
  },
  image_address: {
    configName: "image",
    kind: text,
    default: null,
    whenChanged: "continue",
    doc: "Container image that the jobs run in.",
  },
  platform: {
    configName: "platform",
    kind: text,
    default: "ali",
    whenChanged: "continue",
    doc: "Cloud that the machines are of.",
  },
  real_user_id: {
    configName: "realUserId",
    kind: identifier,
    default: null,
    whenChanged: "continue",
    doc: "User that a service acts for.",
  },
  session_id: {
    configName: "sessionId",
    kind: identifier,
    default: null,
    whenChanged: "continue",
    doc: "Session that a service acts in.",
  },
  output_log: {
    configName: "outputLog",
    kind: flag,
    default: false,
    whenChanged: "continue",
    doc: "Prints the platform's log of each job.",
  },
  ignore_exit_code: bohrium.ignore_exit_code,
  keep_backup: bohrium.keep_backup,
});
